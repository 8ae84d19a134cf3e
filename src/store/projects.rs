//! Projects: the working copy and the approved copy, their lists.
