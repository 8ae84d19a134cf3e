//! The reasons for which the policy refuses an action.

use super::define_messages;

define_messages! { "access";
    role_forbids();
    role_forbids_person();
    role_forbids_grant();
    own_account();
    not_submitted();
    caller_contributed();
    principal_contributed();
    nothing_to_act_on();
    nothing_visible();
}
