//! Action plans of cities.
