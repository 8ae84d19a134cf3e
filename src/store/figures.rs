//! Rows that figures are computed from.
