//! Answers kept as bytes, under everything that they depend on.
