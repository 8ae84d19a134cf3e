//! Reporting cycles.
