//! Reports, from the first draft to the queue of those who decide.

mod approved_copies;
mod content;
mod cut_off;
mod first_submission;
mod queue;
mod refusal_order;
mod report_actions;
mod report_deadlines;
mod report_readiness;
mod report_workflow;
mod two_keys_rule;
mod unsubmitted_drafts;
