//! Threads: a comment with its replies, and whose turn it is.

use super::{Comment, CommentKind};
use crate::domain::{id::Id, value::words};

words! {
    /// Who has to say the next word in an open thread.
    pub(crate) Turn("turn") {
        /// The city.
        City = "city",
        /// Those who review.
        Review = "review",
    }
}

/// A comment that began a thread, with what was said in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CommentThread {
    /// The comment that it began with.
    pub id: Id<Comment>,
    /// The field it is about; none for the whole report.
    pub pointer: Option<String>,
    /// What it came with.
    pub kind: CommentKind,
    /// The replies, in the order of their writing.
    pub replies: Vec<Id<Comment>>,
    /// Who has to say the next word; none once it was settled.
    pub turn: Option<Turn>,
}

/// What a thread needs to know of a comment.
#[derive(Debug, Clone)]
pub(crate) struct ThreadEntry {
    /// The comment.
    pub id: Id<Comment>,
    /// The comment that its thread began with.
    pub reply_to: Option<Id<Comment>>,
    /// The field it is about.
    pub pointer: Option<String>,
    /// What it came with.
    pub kind: CommentKind,
    /// Whether it was settled.
    pub resolved: bool,
    /// Whether it was written for the city.
    pub from_city: Option<bool>,
}

impl From<&Comment> for ThreadEntry {
    fn from(c: &Comment) -> Self {
        Self {
            id: c.id,
            reply_to: c.reply_to,
            pointer: c.pointer.clone(),
            kind: c.kind,
            resolved: c.resolved_at.is_some(),
            from_city: c.from_city,
        }
    }
}

/// Gathers the comments on a report, in the order of their writing, into threads.
#[must_use]
pub(crate) fn group_into_threads(entries: Vec<ThreadEntry>) -> Vec<CommentThread> {
    let mut threads: Vec<CommentThread> = Vec::new();
    for e in entries {
        let next = if e.from_city == Some(true) { Turn::Review } else { Turn::City };
        match e.reply_to {
            None => threads.push(CommentThread {
                id: e.id,
                pointer: e.pointer,
                kind: e.kind,
                replies: Vec::new(),
                turn: (!e.resolved).then_some(next),
            }),
            Some(root) => {
                if let Some(thread) = threads.iter_mut().find(|t| t.id == root) {
                    thread.replies.push(e.id);
                    thread.turn = thread.turn.map(|_before| next);
                }
            }
        }
    }
    threads
}

impl CommentThread {
    /// Says whether the city has to answer before it hands the report in again. The words of a return or a reopening are
    /// answered by the new submission itself.
    #[must_use]
    pub(crate) fn blocks_submission(&self) -> bool {
        match self.kind {
            CommentKind::Note => self.turn == Some(Turn::City),
            CommentKind::Return | CommentKind::Reopen => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn entry(id: u128, reply_to: Option<u128>, from_city: bool) -> ThreadEntry {
        ThreadEntry {
            id: Id::new(Uuid::from_u128(id)),
            reply_to: reply_to.map(|id| Id::new(Uuid::from_u128(id))),
            pointer: None,
            kind: CommentKind::Note,
            resolved: false,
            from_city: Some(from_city),
        }
    }

    #[test]
    fn the_turn_is_that_of_the_side_that_did_not_speak_last() {
        let turn =
            |entries: Vec<ThreadEntry>| group_into_threads(entries).first().and_then(|t| t.turn);
        assert_eq!(turn(vec![entry(1, None, false)]), Some(Turn::City));
        assert_eq!(turn(vec![entry(1, None, true)]), Some(Turn::Review));
        let answered = vec![entry(1, None, false), entry(2, Some(1), true)];
        assert_eq!(turn(answered.clone()), Some(Turn::Review));
        let again = [answered.clone(), vec![entry(3, Some(1), false)]].concat();
        assert_eq!(turn(again), Some(Turn::City));
        let mut settled = answered;
        settled[0].resolved = true;
        assert_eq!(turn(settled), None);
    }

    #[test]
    fn an_open_question_blocks_and_the_words_of_a_return_do_not() {
        let mut asked = entry(1, None, false);
        assert!(group_into_threads(vec![asked.clone()])[0].blocks_submission());
        assert!(
            !group_into_threads(vec![asked.clone(), entry(2, Some(1), true)])[0]
                .blocks_submission()
        );
        asked.kind = CommentKind::Return;
        assert!(!group_into_threads(vec![asked])[0].blocks_submission());
        assert!(!group_into_threads(vec![entry(1, None, true)])[0].blocks_submission());
    }
}
