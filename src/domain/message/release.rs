//! Refusals of releases and of shares.

use chrono::NaiveDate;

use super::{Message, define_messages};

define_messages! { "release";
    cycle_not_closed(state: Message);
    nothing_approved();
    nothing_changed(release: &str);
    key_too_long(fault: Message);
    no_json_form();
    share_day(first: NaiveDate, last: NaiveDate);
    share_path_text();
    share_path_base();
    share_path_unknown();
    share_parameter(parameter: &str);
    share_parameter_fault(parameter: &str, fault: Message);
    share_format();
}
