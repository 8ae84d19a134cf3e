//! Puts messages into words. No other code makes a sentence for a caller.

use std::fmt;

use super::{EN, catalogue_for};
use crate::domain::{
    language::Language,
    message::{Argument, Message},
};

impl Message {
    /// Puts the message into words: in the language, else in English if the language lacks the text.
    #[must_use]
    pub fn to_text(&self, language: Language) -> String {
        let texts = &catalogue_for(language).messages;
        let text = texts.get(self.id()).or_else(|| EN.messages.get(self.id()));
        self.fill_gaps(text.map_or(self.id(), String::as_str), language)
    }

    /// Fills each gap, such as `{limit}`, with the argument of that name.
    fn fill_gaps(&self, text: &str, language: Language) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        // Only the text of the catalogue is searched for gaps: an argument may contain braces.
        while let Some((before, (name, after))) =
            rest.split_once('{').and_then(|(b, a)| Some((b, a.split_once('}')?)))
        {
            out.push_str(before);
            match self.argument(name) {
                Some(Argument::Number(number)) => out.push_str(&number.to_string()),
                Some(Argument::Text(text)) => out.push_str(text),
                Some(Argument::Message(message)) => out.push_str(&message.to_text(language)),
                None => {}
            }
            rest = after;
        }
        out.push_str(rest);
        out
    }
}

/// The English text, for logs and for the command line.
impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_text(Language::DEFAULT))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::message::{project, thing, transition, value};

    #[test]
    fn message_is_worded_in_each_language_with_its_arguments() {
        for (message, en, vi) in [
            (value::required(), "a value is required", "cần có giá trị"),
            (value::too_long(300), "at most 300 characters are expected", "tối đa 300 ký tự"),
            (
                value::no_such(thing::focus_area()),
                "no such focus area",
                "không có lĩnh vực trọng tâm này",
            ),
            (
                transition::impossible(transition::submit(), transition::in_approved()),
                "submit is not possible while it is approved",
                "không thể nộp khi đang ở trạng thái: đã phê duyệt",
            ),
        ] {
            assert_eq!(message.to_text(Language::En), en);
            assert_eq!(message.to_string(), en);
            assert_eq!(message.to_text(Language::Vi), vi);
            // There are no Thai texts.
            assert_eq!(message.to_text(Language::Th), en);
        }
    }

    #[test]
    fn argument_with_braces_is_not_read_as_a_gap() {
        let message = project::undeletable("{reason}", project::has_report());
        assert_eq!(message.to_string(), "{reason} cannot be deleted: it has a report");
    }

    #[test]
    fn message_without_a_text_shows_its_identifier() {
        assert_eq!(Message::new("no.such", Vec::new()).to_text(Language::Vi), "no.such");
    }
}
