//! Faults of the shape of a JSON body.

use crate::domain::message::define_messages;

define_messages! { "body";
    broken_json(line: usize, column: usize);
    json_ends_early();
    json_goes_on(line: usize, column: usize);
    different_type();
    unknown_field(field: &str, known: &str);
    unknown_field_beside_one(field: &str, known: &str);
    unknown_field_beside_none(field: &str);
    duplicate_field(field: &str);
    text();
    number();
    whole_number();
    boolean();
    list();
    object();
    text_or_list();
}
