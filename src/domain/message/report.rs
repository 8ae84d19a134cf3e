//! Faults of reports and of their comments, and of actions on many reports.

use chrono::NaiveDate;

use super::{Message, define_messages};

define_messages! { "report";
    complete_needs_all();
    future_day();
    after_cut_off(cut_off: NaiveDate);
    part_gone(part: Message);
    unknown_milestone();
    unknown_indicator();
    no_milestones();
    milestones_differ(percent: f64, reached: i64, total: i64);
    percent_formula();
    changed_from(before: &str);
    changed_from_list(count: usize);
    no_earlier_report();
    no_report();
    not_ready();
    not_ready_fields(fields: &str);
    question_open();
    cycle_closed();
    question_unanswered();
    reply_settled();
    reply_pointer();
    unknown_comment();
    field_pointer();
    never_returned();
    never_submitted();
    in_no_release();
    no_version(version: i64);
    version_dropped(version: i64);
    bulk_digest_required();
    bulk_items_and_filter();
    bulk_items_or_filter();
    bulk_version();
    bulk_listed_already();
    bulk_unchanged_needs_cycle();
    bulk_unchanged_has_no_state();
    bulk_limit(limit: usize, items: Message);
    bulk_filter_limit(limit: Message);
    bulk_not_all();
    bulk_changed_since();
}
