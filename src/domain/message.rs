//! Messages for people, as data: an identifier and arguments. Rules return messages and do not depend on a language.
//! When the answer is written, [`Message::to_text`] in `wording` makes the sentence in the caller's language.
//!
//! Each message is defined once, in the file of its topic, with its arguments. Its texts are in `src/data/words/`, one
//! for each language, under the same identifier: `message::value::too_long(300)` is the text `value.too_long`. Messages
//! about files are in `sheets::message`, and messages about requests in `api::message`.

use chrono::NaiveDate;

pub(crate) mod access;
pub(crate) mod account;
pub(crate) mod figure;
pub(crate) mod project;
pub(crate) mod reference;
pub(crate) mod release;
pub(crate) mod report;
pub(crate) mod thing;
pub(crate) mod transition;
pub(crate) mod value;

/// The identifier and the arguments of a message. [`Message::to_text`] makes the sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    id: &'static str,
    arguments: Vec<(&'static str, Argument)>,
}

impl Message {
    /// Creates a message. Only [`define_messages`] and the list of problem kinds call this.
    pub(crate) const fn new(id: &'static str, arguments: Vec<(&'static str, Argument)>) -> Self {
        Self { id, arguments }
    }

    /// Returns the identifier, which is the key of the texts.
    #[must_use]
    pub const fn id(&self) -> &'static str {
        self.id
    }

    /// Finds an argument by its name.
    #[must_use]
    pub fn argument(&self, name: &str) -> Option<&Argument> {
        self.arguments.iter().find(|(own, _)| *own == name).map(|(_, argument)| argument)
    }
}

/// A value for a placeholder in the text of a message, such as `{limit}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Argument {
    /// A whole number.
    Number(i64),
    /// A text that is the same in every language: a key, a name, a day, or a text of the caller.
    Text(String),
    /// A message inside this message. Its sentence is in the same language.
    Message(Message),
}

impl From<Message> for Argument {
    fn from(message: Message) -> Self {
        Self::Message(message)
    }
}
impl From<&str> for Argument {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}
impl From<NaiveDate> for Argument {
    fn from(day: NaiveDate) -> Self {
        Self::Text(day.to_string())
    }
}
impl From<f64> for Argument {
    fn from(number: f64) -> Self {
        Self::Text(number.to_string())
    }
}
impl From<i64> for Argument {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}
impl From<i32> for Argument {
    fn from(number: i32) -> Self {
        Self::Number(number.into())
    }
}
impl From<u32> for Argument {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}
impl From<u64> for Argument {
    fn from(number: u64) -> Self {
        Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }
}
impl From<usize> for Argument {
    fn from(number: usize) -> Self {
        Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

/// A message that the code can create. A test compares all definitions with the texts in `src/data/words/`.
#[cfg(test)]
#[derive(Debug, Clone, Copy)]
pub(crate) struct MessageDefinition {
    pub id: &'static str,
    pub arguments: &'static [&'static str],
}

/// Defines the messages of a topic: a function for each, whose parameters are the arguments of the message. The
/// identifier is the topic and the name of the function.
macro_rules! define_messages {
    ($topic:literal; $($name:ident($($argument:ident: $type:ty),*);)+) => {
        $(
            pub(crate) fn $name($($argument: $type),*) -> $crate::domain::message::Message {
                $crate::domain::message::Message::new(
                    concat!($topic, ".", stringify!($name)),
                    vec![$((stringify!($argument), $crate::domain::message::Argument::from($argument))),*],
                )
            }
        )+
        #[cfg(test)]
        pub(crate) const DEFINITIONS: &[$crate::domain::message::MessageDefinition] = &[$(
            $crate::domain::message::MessageDefinition {
                id: concat!($topic, ".", stringify!($name)),
                arguments: &[$(stringify!($argument)),*],
            }
        ),+];
    };
}
pub(crate) use define_messages;
