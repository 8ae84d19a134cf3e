//! The canonical form of JSON (RFC 8785). It is written in one pass, because every write of a record needs it three
//! times.

use std::{cell::RefCell, cmp::Ordering, io, ops::Range};

use serde::{Serialize, ser::Error as _};
use serde_json::{
    Serializer,
    ser::{CharEscape, Formatter},
};

/// The largest integer that is written digit by digit. The canonical form treats every number as a double, and doubles
/// represent integers up to 2^53 exactly.
const EXACT: u64 = 1 << 53;

/// Serialises a value in the canonical form of RFC 8785.
///
/// # Errors
/// The value cannot be serialised as JSON, for example because a number is not finite. The parsers of `domain::value`
/// refuse such numbers.
pub fn to_canonical_json<T: Serialize + ?Sized>(value: &T) -> Result<String, serde_json::Error> {
    let text = RefCell::new(Vec::with_capacity(1024));
    let form = CanonicalFormatter {
        text: &text,
        open: Vec::new(),
        members: Vec::new(),
        sorted: Vec::new(),
    };
    value.serialize(&mut Serializer::with_formatter(SharedWriter(&text), form))?;
    String::from_utf8(text.into_inner()).map_err(serde_json::Error::custom)
}

/// Appends to the text. The text is shared, because [`CanonicalFormatter`] sorts its end.
struct SharedWriter<'t>(&'t RefCell<Vec<u8>>);

impl io::Write for SharedWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The position of an object's member in the text, in bytes.
struct MemberSpan {
    key: Range<usize>,
    end: usize,
}

/// Sorts the members of each object when the object ends, and writes numbers as ECMAScript does. `serde_json` already
/// does the rest of the canonical form: no spaces, and the shortest escapes.
struct CanonicalFormatter<'t> {
    text: &'t RefCell<Vec<u8>>,
    /// The index in `members` of the first member of each open object.
    open: Vec<usize>,
    members: Vec<MemberSpan>,
    /// A reusable buffer for the sorted members.
    sorted: Vec<u8>,
}

impl CanonicalFormatter<'_> {
    fn written_len(&self) -> usize {
        self.text.borrow().len()
    }

    fn sort_members(&mut self, own: &mut [MemberSpan]) {
        let mut text = self.text.borrow_mut();
        if own.is_sorted_by(|a, b| compare_members(&text, a, b).is_lt()) {
            return;
        }
        let Some(begin) = own.first().map(|m| m.key.start) else { return };
        own.sort_by(|a, b| compare_members(&text, a, b));
        self.sorted.clear();
        for member in own {
            if !self.sorted.is_empty() {
                self.sorted.push(b',');
            }
            let member_text = text.get(member.key.start..member.end).unwrap_or_default();
            self.sorted.extend_from_slice(member_text);
        }
        text.truncate(begin);
        text.extend_from_slice(&self.sorted);
    }
}

/// Compares members by the UTF-16 code units of their keys, as RFC 8785 requires.
fn compare_members(text: &[u8], a: &MemberSpan, b: &MemberSpan) -> Ordering {
    let key = |m: &MemberSpan| text.get(m.key.clone()).unwrap_or_default();
    let (a, b) = (key(a), key(b));
    let plain = |key: &[u8]| key.iter().all(|c| c.is_ascii() && *c != b'\\');
    if plain(a) && plain(b) {
        // The quotes are not part of the key: the closing one would be compared with the next character of a longer
        // key.
        let bare = |key: &'_ [u8]| key.len().saturating_sub(1);
        return a.get(1..bare(a)).cmp(&b.get(1..bare(b)));
    }
    let units = |key: &[u8]| -> Vec<u16> {
        serde_json::from_slice::<String>(key).unwrap_or_default().encode_utf16().collect()
    };
    units(a).cmp(&units(b))
}

/// Writes a decimal number as the nearest double.
fn write_double<W: io::Write + ?Sized>(writer: &mut W, number: &str) -> io::Result<()> {
    let value: f64 = number.parse().map_err(io::Error::other)?;
    if !value.is_finite() {
        return Err(io::Error::other("a finite number is expected"));
    }
    writer.write_all(ryu_js::Buffer::new().format_finite(value).as_bytes())
}

impl Formatter for CanonicalFormatter<'_> {
    fn write_i64<W: io::Write + ?Sized>(&mut self, writer: &mut W, value: i64) -> io::Result<()> {
        if value.unsigned_abs() <= EXACT {
            return write!(writer, "{value}");
        }
        write_double(writer, &value.to_string())
    }
    fn write_u64<W: io::Write + ?Sized>(&mut self, writer: &mut W, value: u64) -> io::Result<()> {
        if value <= EXACT {
            return write!(writer, "{value}");
        }
        write_double(writer, &value.to_string())
    }
    fn write_i128<W: io::Write + ?Sized>(&mut self, writer: &mut W, value: i128) -> io::Result<()> {
        write_double(writer, &value.to_string())
    }
    fn write_u128<W: io::Write + ?Sized>(&mut self, writer: &mut W, value: u128) -> io::Result<()> {
        write_double(writer, &value.to_string())
    }
    fn write_f32<W: io::Write + ?Sized>(&mut self, writer: &mut W, value: f32) -> io::Result<()> {
        self.write_f64(writer, f64::from(value))
    }
    fn write_f64<W: io::Write + ?Sized>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        writer.write_all(ryu_js::Buffer::new().format_finite(value).as_bytes())
    }
    fn write_number_str<W: io::Write + ?Sized>(
        &mut self,
        writer: &mut W,
        value: &str,
    ) -> io::Result<()> {
        write_double(writer, value)
    }
    fn write_char_escape<W: io::Write + ?Sized>(
        &mut self,
        writer: &mut W,
        escape: CharEscape,
    ) -> io::Result<()> {
        match escape {
            CharEscape::AsciiControl(byte) => write!(writer, "\\u{byte:04x}"),
            CharEscape::Quote => writer.write_all(b"\\\""),
            CharEscape::ReverseSolidus => writer.write_all(b"\\\\"),
            CharEscape::Solidus => writer.write_all(b"/"),
            CharEscape::Backspace => writer.write_all(b"\\b"),
            CharEscape::FormFeed => writer.write_all(b"\\f"),
            CharEscape::LineFeed => writer.write_all(b"\\n"),
            CharEscape::CarriageReturn => writer.write_all(b"\\r"),
            CharEscape::Tab => writer.write_all(b"\\t"),
        }
    }
    fn begin_object<W: io::Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.open.push(self.members.len());
        writer.write_all(b"{")
    }
    fn begin_object_key<W: io::Write + ?Sized>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        if !first {
            writer.write_all(b",")?;
        }
        let at = self.written_len();
        self.members.push(MemberSpan { key: at..at, end: at });
        Ok(())
    }
    fn end_object_key<W: io::Write + ?Sized>(&mut self, _: &mut W) -> io::Result<()> {
        let at = self.written_len();
        if let Some(member) = self.members.last_mut() {
            member.key.end = at;
        }
        Ok(())
    }
    fn end_object_value<W: io::Write + ?Sized>(&mut self, _: &mut W) -> io::Result<()> {
        let at = self.written_len();
        if let Some(member) = self.members.last_mut() {
            member.end = at;
        }
        Ok(())
    }
    fn end_object<W: io::Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        let begin = self.open.pop().unwrap_or_default();
        let mut own = self.members.split_off(begin.min(self.members.len()));
        self.sort_members(&mut own);
        writer.write_all(b"}")
    }
    fn write_raw_fragment<W: io::Write + ?Sized>(&mut self, _: &mut W, _: &str) -> io::Result<()> {
        Err(io::Error::other("what is written already may not be canonical"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::to_canonical_json;

    fn any_json() -> impl Strategy<Value = Value> {
        let text =
            prop_oneof!["[a-c\"\\\\\n\u{1}]{0,3}", "\\PC{0,3}", "[\u{e000}-\u{ffff}😀-😎]{0,2}"];
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            (-1000_i64..1000).prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            text.clone().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 6, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::vec((text.clone(), inner), 0..6)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn it_is_what_another_implementation_writes(value in any_json()) {
            let other = serde_json_canonicalizer::to_string(&value).unwrap();
            prop_assert_eq!(to_canonical_json(&value).unwrap(), other);
        }
    }

    #[test]
    fn members_are_sorted_whatever_the_order_of_the_fields() {
        #[derive(serde::Serialize)]
        struct Inner {
            z: i64,
            aa: &'static str,
            a: [u8; 2],
        }
        #[derive(serde::Serialize)]
        struct Outer {
            small: f32,
            inner: Inner,
            empty: std::collections::BTreeMap<String, i64>,
            big: u64,
            none: Option<i64>,
        }
        let value = Outer {
            small: 0.1,
            inner: Inner { z: -7, aa: "\u{7f}/", a: [1, 2] },
            empty: std::collections::BTreeMap::new(),
            big: u64::MAX,
            none: None,
        };
        let expected = "{\"big\":18446744073709552000,\"empty\":{},\"inner\":{\"a\":[1,2],\"aa\":\"\u{7f}/\",\"z\":-7},\
                        \"none\":null,\"small\":0.10000000149011612}";
        assert_eq!(to_canonical_json(&value).unwrap(), expected);
        assert_eq!(
            to_canonical_json(&json!({"b": {"d": 1, "c": 2}, "a": 0})).unwrap(),
            r#"{"a":0,"b":{"c":2,"d":1}}"#
        );
    }

    #[test]
    fn keys_are_compared_by_what_they_say_and_not_by_their_escapes() {
        let value = json!({ "a\"": 1, "a!": 2, "a": 3, "a\n": 4 });
        assert_eq!(to_canonical_json(&value).unwrap(), "{\"a\":3,\"a\\n\":4,\"a!\":2,\"a\\\"\":1}");
    }
}
