//! What a demo starts with: an open cycle and an account for every role.
