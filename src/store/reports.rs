//! Reports: the working copy and the approved copy, their queue.
