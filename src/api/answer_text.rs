//! Texts of an answer that depend on the caller's language.

use serde::{Serialize, Serializer};

use crate::domain::{language::Language, message::Message};

/// A text of an answer. It is a message until the language of the caller is known, and then words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerText(Content);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Content {
    Message(Message),
    Words(String),
}

impl AnswerText {
    /// Puts the text into words. Words that it has already stay.
    pub(crate) fn word(&mut self, language: Language) {
        if let Content::Message(message) = &self.0 {
            self.0 = Content::Words(message.to_text(language));
        }
    }
}

impl From<Message> for AnswerText {
    fn from(message: Message) -> Self {
        Self(Content::Message(message))
    }
}

impl From<String> for AnswerText {
    fn from(words: String) -> Self {
        Self(Content::Words(words))
    }
}

/// Writes the words. A message that is not in words yet is written in English.
impl Serialize for AnswerText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Content::Message(message) => serializer.collect_str(message),
            Content::Words(words) => serializer.serialize_str(words),
        }
    }
}
