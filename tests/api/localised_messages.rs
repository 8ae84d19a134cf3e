//! Messages are in the language of the caller.

mod localised_answers;
