//! Lists with quality values (RFC 9110 §12.4.2), as in `Accept`, `Accept-Encoding` and `Accept-Language`.
//!
//! The grammar is applied strictly. An element whose `q` does not follow it is ignored, as if it were not in the list:
//! neither a full nor a zero weight would be what its sender meant. The other elements of the list still count.
//! Reading a list allocates nothing, since every request has one.

/// How much an element of a list is preferred, in thousandths from 0 to 1000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Quality(u16);

impl Quality {
    /// The quality of an element without `q`.
    pub(crate) const FULL: Self = Self(1000);

    /// Returns `true` unless the quality is 0, which means "not acceptable".
    #[must_use]
    pub(crate) const fn is_acceptable(self) -> bool {
        self.0 > 0
    }

    /// Parses a `qvalue`: 0 to 1 with at most three decimals.
    fn parse(value: &str) -> Option<Self> {
        let (whole, decimals) = value.split_once('.').unwrap_or((value, ""));
        if decimals.len() > 3 || !decimals.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let digit = |i: usize| decimals.as_bytes().get(i).map_or(0, |b| u16::from(b - b'0'));
        let thousandths = digit(0) * 100 + digit(1) * 10 + digit(2);
        match whole {
            "0" => Some(Self(thousandths)),
            "1" if thousandths == 0 => Some(Self::FULL),
            _ => None,
        }
    }
}

/// An element of a list, without its parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WeightedName<'h> {
    /// The media type, content coding or language range, as it was sent.
    pub name: &'h str,
    /// Its quality.
    pub quality: Quality,
}

impl<'h> WeightedName<'h> {
    /// Parses `text/csv;header=present;q=0.8`. Only the first `q` counts; other parameters are passed over.
    fn parse(element: &'h str) -> Option<Self> {
        let mut parts = split_unquoted(element, b';').map(str::trim);
        let name = parts.next().filter(|name| !name.is_empty())?;
        let mut quality = Quality::FULL;
        for part in parts {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            if key.trim_end().eq_ignore_ascii_case("q") {
                // The grammar allows no space around `=`.
                quality = Quality::parse(value).filter(|_| key.len() == 1)?;
                break;
            }
        }
        Some(Self { name, quality })
    }
}

/// Reads the elements of a header's fields, which are one list, in order and without those that are malformed.
pub(crate) fn parse_weighted_names<'h>(
    fields: impl Iterator<Item = &'h str>,
) -> impl Iterator<Item = WeightedName<'h>> {
    fields.flat_map(|field| split_unquoted(field, b',')).filter_map(WeightedName::parse)
}

/// Finds the quality of a name, without regard to case. Of several elements with that name the most preferred counts.
#[must_use]
pub(crate) fn find_quality<'h>(
    fields: impl Iterator<Item = &'h str>,
    name: &str,
) -> Option<Quality> {
    let named = parse_weighted_names(fields).filter(|item| item.name.eq_ignore_ascii_case(name));
    named.map(|item| item.quality).max()
}

/// Splits at a separator, an ASCII character, that is not part of a quoted string.
fn split_unquoted(text: &str, separator: u8) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest.take()?;
        let (mut quoted, mut escaped) = (false, false);
        let end = text.bytes().position(|byte| {
            if byte == b'"' && !escaped {
                quoted = !quoted;
            }
            escaped = quoted && byte == b'\\' && !escaped;
            byte == separator && !quoted
        });
        let Some(end) = end else { return Some(text) };
        rest = text.get(end + 1..);
        text.get(..end)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse_list(header: &str) -> Vec<(&str, u16)> {
        let items = parse_weighted_names(std::iter::once(header));
        items.map(|item| (item.name, item.quality.0)).collect()
    }

    #[test]
    fn quality_has_at_most_three_decimals() {
        for (value, thousandths) in [
            ("0", 0),
            ("0.", 0),
            ("0.0", 0),
            ("0.001", 1),
            ("0.05", 50),
            ("0.8", 800),
            ("0.999", 999),
            ("1", 1000),
            ("1.", 1000),
            ("1.000", 1000),
        ] {
            assert_eq!(Quality::parse(value), Some(Quality(thousandths)), "{value}");
        }
    }

    #[test]
    fn malformed_quality_is_none() {
        for value in [
            "", ".", ".5", "00", "01", "2", "1.001", "1.5", "-0", "-1", "+0.5", "0.1234", "1.0000",
            "0,5", "0.5e0", "5e-1", "0. 5", "\"0.5\"", "NaN", "inf", "oops", "0.٣",
        ] {
            assert_eq!(Quality::parse(value), None, "{value}");
        }
    }

    #[test]
    fn names_come_in_order_with_their_qualities() {
        assert_eq!(
            parse_list("text/html, text/csv ;\tq=0.8,application/json;q=0"),
            [("text/html", 1000), ("text/csv", 800), ("application/json", 0)]
        );
        assert_eq!(parse_list("gzip;Q=0.5"), [("gzip", 500)]);
        assert_eq!(parse_list("text/csv;header=present;q=0.1;charset=x"), [("text/csv", 100)]);
        assert_eq!(parse_list("en;q=0.1;q=0.9"), [("en", 100)]);
        assert_eq!(parse_list("en;;q=0.1;, ,,vi,"), [("en", 100), ("vi", 1000)]);
        assert!(parse_list("").is_empty());
        assert!(parse_list(" ;q=0.5").is_empty());
    }

    #[test]
    fn an_element_with_a_malformed_quality_is_ignored() {
        for element in [
            "en;q=2",
            "en;q=0.1234",
            "en;q=x",
            "en;q=",
            "en;q",
            "en;q= 0.5",
            "en;q =0.5",
            "en;q=0.5 5",
        ] {
            assert_eq!(parse_list(&format!("{element}, vi;q=0.3")), [("vi", 300)], "{element}");
        }
    }

    #[test]
    fn separators_in_quoted_strings_do_not_split() {
        assert_eq!(
            parse_list(r#"text/plain;x="a,text/csv;q=0\",";q=0.5, text/html"#),
            [("text/plain", 500), ("text/html", 1000)]
        );
        assert_eq!(parse_list("text/plain;x=\"open, text/csv"), [("text/plain", 1000)]);
        assert_eq!(parse_list(r"a\,b"), [(r"a\", 1000), ("b", 1000)]);
    }

    #[test]
    fn the_most_preferred_element_of_a_name_counts() {
        let fields = ["br, GZIP;q=0.2", "gzip;q=0.7, gzip;q=9, *;q=0"];
        let find = |name| find_quality(fields.into_iter(), name);
        assert_eq!(find("gzip"), Some(Quality(700)));
        assert_eq!(find("*").map(Quality::is_acceptable), Some(false));
        assert_eq!(find("zstd"), None);
    }

    proptest! {
        #[test]
        fn thousandths_are_read_as_they_are_written(n in 0_u16..1000, digits in 1_usize..4) {
            let text = format!("0.{n:03}");
            let kept = &text[..2 + digits];
            let step = 10_u16.pow(3 - u32::try_from(digits).unwrap());
            prop_assert_eq!(Quality::parse(kept), Some(Quality(n / step * step)));
        }

        #[test]
        fn any_header_is_read(header in "([a-z*/]{0,3}|[;,=\"\\\\ .]|q=|[0-9]|\\PC){0,40}") {
            for (name, thousandths) in parse_list(&header) {
                prop_assert!(!name.is_empty() && header.contains(name));
                prop_assert!(thousandths <= 1000);
            }
        }
    }
}
