//! Faults of accounts, grants and passwords.

use super::define_messages;

define_messages! { "account";
    email_taken();
    grant_held();
    too_many_grants(limit: usize);
    last_before_first();
    no_key_with_network();
    role_not_for_scope(role: &str, scope: &str);
    unfit_principal();
    current_password();
    password_too_short(limit: usize);
    password_too_long(limit: usize);
    password_control_character();
    password_too_common();
    password_own_address();
}
