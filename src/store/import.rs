//! Importing the published history.
