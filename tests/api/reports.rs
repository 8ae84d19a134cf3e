//! Reports, from the first draft to the queue of those who decide.

mod content;
mod faces;
mod keys;
mod life;
mod queue;
mod refusals;
mod windows;
