//! Differences between two texts, word by word. Thai, Lao, Khmer and Burmese put no spaces between words; they are
//! compared by grapheme clusters, which are the letters as their readers see them.

use similar::{Algorithm, DiffOp, capture_diff_slices};
use unicode_segmentation::UnicodeSegmentation as _;

use crate::domain::value::text_enum;

/// Maximum number of words in both texts together for a full comparison. Its time grows with the square of this number.
const WORDS_MAX: usize = 2_000;

text_enum! {
    /// What happened to a piece of a text.
    pub(crate) RunOp(operation) {
        /// The piece is in both texts.
        Equal = "equal",
        /// The piece was added.
        Insert = "insert",
        /// The piece was removed.
        Delete = "delete",
    }
}

/// A piece of a text, and what happened to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TextRun {
    pub op: RunOp,
    pub text: String,
}

/// Compares two texts. The equal and deleted runs together give the first text, the equal and inserted runs the second.
/// Long texts with almost nothing in common are reported as fully replaced.
#[must_use]
pub(crate) fn compare_texts(from: &str, to: &str) -> Vec<TextRun> {
    let (a, b) = (split_pieces(from), split_pieces(to));
    let before = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let (a, b) = (skip_pieces(&a, before), skip_pieces(&b, before));
    let after = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    let (middle, end) = a.split_at(a.len().saturating_sub(after));
    let mut runs = TextRuns(Vec::new());
    runs.add_text(RunOp::Equal, from.get(..from.len() - total_length(a)).unwrap_or_default());
    runs.compare_pieces(middle, b.split_at(b.len().saturating_sub(after)).0);
    runs.add_pieces(RunOp::Equal, end);
    runs.merge_across_spaces()
}

fn skip_pieces<'a, 't>(pieces: &'a [&'t str], from: usize) -> &'a [&'t str] {
    pieces.get(from..).unwrap_or_default()
}

fn total_length(pieces: &[&str]) -> usize {
    pieces.iter().map(|p| p.len()).sum()
}

/// Splits a text into words, spaces and punctuation marks, and never inside a grapheme cluster.
fn split_pieces(text: &str) -> Vec<&str> {
    let ends: Vec<usize> = text.grapheme_indices(true).map(|(at, g)| at + g.len()).collect();
    let mut out = Vec::new();
    let mut start = 0;
    for (at, word) in text.split_word_bound_indices() {
        let end = at + word.len();
        if ends.binary_search(&end).is_ok() {
            out.extend(text.get(start..end));
            start = end;
        }
    }
    out
}

/// Splits pieces into phrases. A phrase ends with a space.
fn split_phrases<'a, 't>(pieces: &'a [&'t str]) -> Vec<&'a [&'t str]> {
    pieces.split_inclusive(|piece| piece.chars().all(char::is_whitespace)).collect()
}

struct TextRuns(Vec<TextRun>);

impl TextRuns {
    fn add_text(&mut self, op: RunOp, text: &str) {
        match self.0.last_mut() {
            _ if text.is_empty() => {}
            Some(last) if last.op == op => last.text.push_str(text),
            Some(_) | None => self.0.push(TextRun { op, text: text.to_owned() }),
        }
    }

    fn add_pieces(&mut self, op: RunOp, pieces: &[&str]) {
        self.add_text(op, &pieces.concat());
    }

    fn replace_pieces(&mut self, from: &[&str], to: &[&str]) {
        self.add_pieces(RunOp::Delete, from);
        self.add_pieces(RunOp::Insert, to);
    }

    /// Compares by words. Texts over [`WORDS_MAX`] are compared by phrases first.
    fn compare_pieces(&mut self, from: &[&str], to: &[&str]) {
        if from.len() + to.len() <= WORDS_MAX {
            return self.compare_words(from, to);
        }
        let (a, b) = (split_phrases(from), split_phrases(to));
        if a.len() + b.len() > WORDS_MAX {
            return self.replace_pieces(from, to);
        }
        for_each_part(&a, &b, |change| match change {
            DiffPart::Equal(phrases) => self.add_pieces(RunOp::Equal, &phrases.concat()),
            DiffPart::Changed(removed, added) => {
                let (removed, added) = (removed.concat(), added.concat());
                if removed.len() + added.len() <= WORDS_MAX {
                    self.compare_words(&removed, &added);
                } else {
                    self.replace_pieces(&removed, &added);
                }
            }
        });
    }

    /// Merges two changes that are separated only by spaces.
    fn merge_across_spaces(self) -> Vec<TextRun> {
        let mut out = Self(Vec::new());
        let (mut removed, mut added) = (String::new(), String::new());
        let mut runs = self.0.into_iter().peekable();
        while let Some(TextRun { op, text }) = runs.next() {
            let bridges = text.chars().all(char::is_whitespace)
                && !(removed.is_empty() || added.is_empty())
                && runs.peek().is_some();
            match op {
                RunOp::Delete => removed.push_str(&text),
                RunOp::Insert => added.push_str(&text),
                RunOp::Equal if bridges => {
                    removed.push_str(&text);
                    added.push_str(&text);
                }
                RunOp::Equal => {
                    out.add_text(RunOp::Delete, &std::mem::take(&mut removed));
                    out.add_text(RunOp::Insert, &std::mem::take(&mut added));
                    out.add_text(RunOp::Equal, &text);
                }
            }
        }
        out.add_text(RunOp::Delete, &removed);
        out.add_text(RunOp::Insert, &added);
        out.0
    }

    fn compare_words(&mut self, from: &[&str], to: &[&str]) {
        for_each_part(from, to, |change| match change {
            DiffPart::Equal(words) => self.add_pieces(RunOp::Equal, words),
            DiffPart::Changed(removed, added) => self.replace_pieces(removed, added),
        });
    }
}

/// A part of two lists: equal in both, or different.
enum DiffPart<'a, T> {
    Equal(&'a [T]),
    Changed(&'a [T], &'a [T]),
}

fn for_each_part<T: std::hash::Hash + Eq + Ord>(
    from: &[T],
    to: &[T],
    mut part: impl FnMut(DiffPart<'_, T>),
) {
    // Patience keeps words that occur once in both texts. Other algorithms keep as many spaces as possible instead.
    for op in capture_diff_slices(Algorithm::Patience, from, to) {
        let removed = from.get(op.old_range()).unwrap_or_default();
        let added = to.get(op.new_range()).unwrap_or_default();
        part(match op {
            DiffOp::Equal { .. } => DiffPart::Equal(removed),
            DiffOp::Delete { .. } | DiffOp::Insert { .. } | DiffOp::Replace { .. } => {
                DiffPart::Changed(removed, added)
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn told(from: &str, to: &str) -> String {
        let mark = |run: &TextRun| match run.op {
            RunOp::Equal => run.text.clone(),
            RunOp::Insert => format!("[+{}]", run.text),
            RunOp::Delete => format!("[-{}]", run.text),
        };
        compare_texts(from, to).iter().map(mark).collect()
    }

    fn both(runs: &[TextRun]) -> (String, String) {
        let without = |op: RunOp| -> String {
            runs.iter().filter(|r| r.op != op).map(|r| r.text.as_str()).collect()
        };
        (without(RunOp::Insert), without(RunOp::Delete))
    }

    #[test]
    fn words_are_compared_and_not_letters() {
        assert_eq!(
            told("two of four districts", "three of four districts"),
            "[-two][+three] of four districts"
        );
        assert_eq!(told("", "New."), "[+New.]");
        assert_eq!(told("Gone.", ""), "[-Gone.]");
        assert!(compare_texts("", "").is_empty());
        assert_eq!(told("same", "same"), "same");
        // Vietnamese, in composed form and with its marks as separate characters.
        assert_eq!(
            told("Trung tâm điều hành", "Trung tâm giám sát"),
            "Trung tâm [-điều hành][+giám sát]"
        );
        let typed = "ba\u{302}\u{301}t";
        assert_eq!(told(&format!("a {typed} b"), "a b"), format!("a [-{typed} ]b"));
    }

    #[test]
    fn scripts_without_spaces_are_compared_by_their_letters() {
        // Thai, Lao, Khmer, Burmese: a part in the middle of a sentence is replaced.
        for (before, gone, come, after) in [
            ("ศูนย์ควบคุมเปิด", "แล้ว", "เมื่อวาน", "ทั้งหมด"),
            ("ສູນຄວບຄຸມ", "ເປີດ", "ປິດ", "ແລ້ວ"),
            ("មជ្ឈមណ្ឌល", "បើក", "បិទ", "ហើយ"),
            ("ထိန်းချုပ်ရေး", "ဖွင့်", "ပိတ်", "ပြီ"),
        ] {
            let (from, to) = (format!("{before}{gone}{after}"), format!("{before}{come}{after}"));
            let runs = compare_texts(&from, &to);
            assert_eq!(both(&runs), (from.clone(), to));
            let equal: usize =
                runs.iter().filter(|r| r.op == RunOp::Equal).map(|r| r.text.len()).sum();
            assert!(equal >= before.len() + after.len(), "{runs:?}");
            // No piece is cut inside a letter: each one starts where a letter starts.
            let starts: Vec<usize> = from.grapheme_indices(true).map(|(at, _)| at).collect();
            let mut at = 0;
            for run in runs.iter().filter(|r| r.op != RunOp::Insert) {
                assert!(starts.contains(&at), "{run:?} in {from}");
                at += run.text.len();
            }
        }
    }

    #[test]
    fn long_texts_are_compared_as_far_as_it_is_bounded() {
        let long = |from: usize, to: usize| -> String {
            (from..to).map(|n| format!("word{n} ")).collect::<Vec<_>>().concat()
        };
        // Both ends of a long text differ. The comparison by phrases finds this.
        let from = format!("first {} last", long(0, 900));
        let to = format!("First {} Last", long(0, 900));
        assert!(told(&from, &to).starts_with("[-first][+First] word0 "));
        assert!(told(&from, &to).ends_with("[-last][+Last]"));
        // Too long for a comparison: everything after the common beginning is replaced.
        let (from, to) =
            (format!("Hello {}", long(0, 3_000)), format!("Hello {}", long(4_000, 7_000)));
        let runs = compare_texts(&from, &to);
        assert_eq!(
            runs.iter().map(|r| r.op).collect::<Vec<_>>(),
            [RunOp::Equal, RunOp::Delete, RunOp::Insert, RunOp::Equal]
        );
        assert_eq!(both(&runs), (from, to));
        // A long text without any space.
        let from: String = "ศูนย์ควบคุม".repeat(600);
        let to = from.replacen("ศูนย์", "กลาง", 300);
        assert_eq!(both(&compare_texts(&from, &to)), (from, to));
    }

    proptest! {
        #[test]
        fn the_pieces_give_both_texts_back(
            from in "([a-cก-ค ]|\\PC|\u{e49}|\u{302}){0,60}",
            to in "([a-cก-ค ]|\\PC|\u{e49}|\u{302}){0,60}",
        ) {
            let runs = compare_texts(&from, &to);
            prop_assert_eq!(both(&runs), (from, to));
            prop_assert!(runs.iter().all(|r| !r.text.is_empty()));
            prop_assert!(runs.windows(2).all(|pair| pair[0].op != pair[1].op));
        }
    }
}
