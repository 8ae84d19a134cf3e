//! The details of problems that concern the request as a whole.

use crate::domain::message::{Argument, Message, define_messages};

define_messages! { "request";
    unauthenticated();
    wrong_password();
    forbidden(reason: Message);
    not_found();
    method_not_allowed();
    body_too_large(limit: usize);
    json_expected();
    media_type_expected(media_type: Argument);
    malformed();
    precondition_required();
    stale();
    unusable_tag();
    unexpected_tag();
    takes_no_tag();
    invalid();
    too_many_waiting();
    busy();
    unavailable();
    internal();
    not_well_formed();
    body_did_not_arrive();
    body_too_slow();
    body_encoded();
}
