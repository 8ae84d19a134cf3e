//! Transitions that the state of a record forbids: the actions, and the states as they complete a sentence.

use super::{Message, define_messages};

define_messages! { "transition";
    impossible(action: Message, state: Message);
    edit();
    submit();
    withdraw();
    return_report();
    approve();
    reopen();
    open_cycle();
    close_cycle();
    in_draft();
    in_submitted();
    in_returned();
    in_approved();
    in_scheduled();
    in_open();
    in_closed();
    in_other_plan_cycle();
    in_unopened_cycle();
    in_closed_cycle();
    in_released_cycle();
}
