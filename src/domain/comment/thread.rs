//! Comment threads: a comment with its replies, and whose turn it is to answer.

use super::{Comment, CommentKind};
use crate::domain::{id::Id, value::text_enum};

text_enum! {
    /// Who has to answer next in an open thread.
    pub(crate) ThreadTurn(turn) {
        /// The city.
        City = "city",
        /// The reviewers.
        Review = "review",
    }
}

/// The first comment of a thread, with its replies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CommentThread {
    /// The first comment.
    pub id: Id<Comment>,
    /// The field that the thread is about, as a JSON pointer; none for the whole report.
    pub pointer: Option<String>,
    pub kind: CommentKind,
    /// The replies, oldest first.
    pub replies: Vec<Id<Comment>>,
    /// Who has to answer next; none if the thread is resolved.
    pub turn: Option<ThreadTurn>,
}

/// The parts of a comment that are needed to group comments into threads.
#[derive(Debug, Clone)]
pub(crate) struct ThreadEntry {
    pub id: Id<Comment>,
    /// The first comment of the thread; none if this comment begins a thread.
    pub reply_to: Option<Id<Comment>>,
    pub pointer: Option<String>,
    pub kind: CommentKind,
    pub resolved: bool,
    /// Whether the author wrote for the city; none for comments from before there were threads.
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

/// Groups the comments on a report into threads. `entries` must be in the order in which they were written.
#[must_use]
pub(crate) fn group_into_threads(entries: Vec<ThreadEntry>) -> Vec<CommentThread> {
    let mut threads: Vec<CommentThread> = Vec::new();
    for e in entries {
        let next = if e.from_city == Some(true) { ThreadTurn::Review } else { ThreadTurn::City };
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
    /// Returns `true` if the city has to answer before it submits the report again. The comment of a return or a
    /// reopening does not block: the new submission is the answer to it. The comment of an approval asks nothing.
    #[must_use]
    pub(crate) fn blocks_submission(&self) -> bool {
        match self.kind {
            CommentKind::Note => self.turn == Some(ThreadTurn::City),
            CommentKind::Return | CommentKind::Approve | CommentKind::Reopen => false,
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
        assert_eq!(turn(vec![entry(1, None, false)]), Some(ThreadTurn::City));
        assert_eq!(turn(vec![entry(1, None, true)]), Some(ThreadTurn::Review));
        let answered = vec![entry(1, None, false), entry(2, Some(1), true)];
        assert_eq!(turn(answered.clone()), Some(ThreadTurn::Review));
        let again = [answered.clone(), vec![entry(3, Some(1), false)]].concat();
        assert_eq!(turn(again), Some(ThreadTurn::City));
        let mut settled = answered;
        settled[0].resolved = true;
        assert_eq!(turn(settled), None);
    }

    #[test]
    fn an_open_question_blocks_and_the_words_of_a_decision_do_not() {
        let mut asked = entry(1, None, false);
        assert!(group_into_threads(vec![asked.clone()])[0].blocks_submission());
        assert!(
            !group_into_threads(vec![asked.clone(), entry(2, Some(1), true)])[0]
                .blocks_submission()
        );
        for decision in [CommentKind::Return, CommentKind::Approve, CommentKind::Reopen] {
            asked.kind = decision;
            assert!(!group_into_threads(vec![asked.clone()])[0].blocks_submission());
            // The reviewers write more in the thread: it stays the thread of a decision.
            let more = vec![asked.clone(), entry(2, Some(1), true), entry(3, Some(1), false)];
            assert!(!group_into_threads(more)[0].blocks_submission());
        }
        assert!(!group_into_threads(vec![entry(1, None, true)])[0].blocks_submission());
    }
}
