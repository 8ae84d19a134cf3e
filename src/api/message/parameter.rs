//! Faults of query parameters and headers.

use crate::domain::message::define_messages;

define_messages! { "parameter";
    too_many(limit: usize);
    text();
    number();
    boolean();
    one_value();
    whole_number();
    different_value();
    none_taken();
    unknown(nearest: &str);
    number_between(first: i64, last: i64);
    number_from(first: i64);
    number_of_the_feed();
    cursor();
    cursor_with_filters();
    whole_list();
    member_names();
    user_id();
    instant();
    hash();
    needed_with_seq();
    needed_with_hash();
    other_dimension();
    cycle_or_day();
    since_or_range();
    since_or_from();
    to_without_from();
    sheet_needs_csv();
    sheet_of_a_workbook();
    digest_needs_writing();
}
