//! Faults of single values, whatever record they belong to.

use super::{Message, define_messages};

define_messages! { "value";
    required();
    no_such(thing: Message);
    with_nearest(fault: Message, nearest: &str);
    control_character();
    too_long(limit: usize);
    empty();
    too_many(limit: usize);
    in_list_already();
    immutable(current: &str);
    slug();
    https_url();
    day();
    year(first: i32, last: i32);
    percent();
    measured_number();
    degrees(limit: f64);
    coordinates_together();
    minor_units();
    currency();
    time_zone();
    country_code();
    email();
}
