//! Faults of the shape of a JSON body.

use crate::domain::message::define_messages;

define_messages! { "body";
    broken_json(reason: &str);
    unreadable(reason: &str);
}
