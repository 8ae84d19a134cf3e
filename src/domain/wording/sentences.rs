//! Translates the sentences of this service. Rules write faults in English; the sentence is translated when the answer
//! is written. A rule therefore needs no language, and a sentence without a translation is answered in English.

use std::{borrow::Cow, sync::LazyLock};

use super::{VI, WordingCatalogue, catalogue_for};
use crate::domain::language::Language;

/// A sentence with gaps (`{}`), and its translation.
struct SentenceTemplate {
    /// The texts between the gaps: one more than there are gaps.
    fixed_pieces: Vec<&'static str>,
    /// `{1}` stands for the text in the first gap, `{1!}` for the translation of that text.
    translation: &'static str,
}

static TEMPLATES_VI: LazyLock<Vec<SentenceTemplate>> = LazyLock::new(|| build_templates(&VI));

fn build_templates(words: &'static WordingCatalogue) -> Vec<SentenceTemplate> {
    let mut all: Vec<SentenceTemplate> = words
        .sentences
        .iter()
        .filter(|(english, _)| english.contains("{}"))
        .map(|(english, translation)| SentenceTemplate {
            fixed_pieces: english.split("{}").collect(),
            translation,
        })
        .collect();
    // Several templates may match. The one with the most fixed text is the most specific.
    all.sort_by_key(|t| std::cmp::Reverse(t.fixed_pieces.iter().map(|b| b.len()).sum::<usize>()));
    all
}

/// Translates an English sentence of this service. A sentence without a translation is returned as it is.
#[must_use]
pub fn translate_sentence(language: Language, english: &str) -> Cow<'_, str> {
    if language == Language::DEFAULT {
        return Cow::Borrowed(english);
    }
    let words = catalogue_for(language);
    if let Some(translation) = words.sentences.get(english) {
        return Cow::Borrowed(translation);
    }
    let templates: &[SentenceTemplate] = if language == Language::Vi { &TEMPLATES_VI } else { &[] };
    let mut fitting =
        templates.iter().filter_map(|t| Some((t, match_gaps(&t.fixed_pieces, english)?)));
    fitting.next().map_or(Cow::Borrowed(english), |(template, gaps)| {
        Cow::Owned(fill_gaps(words, template.translation, &gaps))
    })
}

/// Returns the texts in the gaps of a sentence; `None` if the sentence does not match.
fn match_gaps<'t>(between: &[&str], text: &'t str) -> Option<Vec<&'t str>> {
    let (first, others) = between.split_first()?;
    let (last, middle) = others.split_last()?;
    let mut rest = text.strip_prefix(first)?;
    let mut gaps = Vec::with_capacity(others.len());
    for piece in middle {
        let (gap, after) = rest.split_once(piece)?;
        gaps.push(gap);
        rest = after;
    }
    gaps.push(rest.strip_suffix(last)?);
    Some(gaps)
}

fn fill_gaps(words: &'static WordingCatalogue, translation: &str, gaps: &[&str]) -> String {
    let mut out = String::with_capacity(translation.len());
    let mut rest = translation;
    // Only the translation is searched for gaps: the text that fills a gap may contain braces.
    while let Some((before, (name, after))) =
        rest.split_once('{').and_then(|(b, a)| Some((b, a.split_once('}')?)))
    {
        out.push_str(before);
        let (number, translated) = name.strip_suffix('!').map_or((name, false), |n| (n, true));
        let gap = number.parse::<usize>().ok().and_then(|n| gaps.get(n.checked_sub(1)?));
        let gap = gap.copied().unwrap_or_default();
        let known = words.sentences.get(gap).filter(|_| translated);
        out.push_str(known.map_or(gap, String::as_str));
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vi(english: &str) -> String {
        translate_sentence(Language::Vi, english).into_owned()
    }

    #[test]
    fn a_sentence_is_said_with_what_stands_in_its_gaps() {
        assert_eq!(vi("a value is required"), "cần có giá trị");
        assert_eq!(vi("at most 300 characters are expected"), "tối đa 300 ký tự");
        assert_eq!(vi("at most 50 are expected"), "tối đa 50");
        assert_eq!(vi("no such focus area"), "không có lĩnh vực trọng tâm này");
        assert_eq!(
            vi("submit is not possible while it is approved"),
            "không thể nộp khi đang ở trạng thái: đã phê duyệt"
        );
        // The name of a parameter is not translated.
        assert_eq!(
            vi("no such parameter; did you mean city?"),
            "không có tham số này; có phải ý bạn là city?"
        );
    }

    #[test]
    fn what_fills_a_gap_is_not_read_as_a_gap() {
        assert_eq!(vi("there is a city {1} already"), "đã có thành phố {1}");
        assert_eq!(vi("missing field `{2!}{`"), "thiếu trường `{2!}{`");
    }

    #[test]
    fn what_nobody_translated_is_said_in_english() {
        for text in ["expected `,` at line 1", "", "Đà Nẵng"] {
            assert_eq!(vi(text), text);
        }
        assert_eq!(translate_sentence(Language::Th, "a value is required"), "a value is required");
        assert_eq!(translate_sentence(Language::En, "a value is required"), "a value is required");
    }
}
