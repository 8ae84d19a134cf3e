//! Comments on reports.
