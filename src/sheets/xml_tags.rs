//! Finds tags and their attributes in the XML parts of a workbook, for what the reader of cells does not tell: hidden
//! rows, the paths of sheets, and the sizes of a part before it is parsed. Entities are not decoded.

/// A tag: its name without a prefix, and the text behind the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tag<'t> {
    pub(super) name: &'t str,
    rest: &'t str,
}

/// Lists the start tags and empty tags of a part.
pub(super) fn list_tags(part: &str) -> impl Iterator<Item = Tag<'_>> {
    let tags = part.split('<').skip(1).filter(|text| !text.starts_with(['/', '!', '?']));
    tags.map(|text| {
        let end = text.find(|c: char| c.is_whitespace() || matches!(c, '/' | '>'));
        let (name, rest) = text.split_at(end.unwrap_or(text.len()));
        Tag { name: strip_prefix(name), rest }
    })
}

/// Removes the namespace prefix of a name.
fn strip_prefix(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

impl<'t> Tag<'t> {
    /// Lists the attributes: each name without its prefix, and the value. `None` stands for an attribute that no
    /// well-formed file has, and ends the list.
    pub(super) fn list_attributes(self) -> impl Iterator<Item = Option<(&'t str, &'t str)>> {
        let mut rest = Some(self.rest);
        std::iter::from_fn(move || {
            let text = rest.take()?.trim_start();
            if text.starts_with(['>', '/']) {
                return None;
            }
            let Some((name, value, after)) = split_attribute(text) else { return Some(None) };
            rest = Some(after);
            Some(Some((strip_prefix(name), value)))
        })
    }

    /// Finds an attribute by its name without prefix.
    pub(super) fn find_attribute(self, name: &str) -> Option<&'t str> {
        self.list_attributes().flatten().find(|(own, _)| *own == name).map(|(_, value)| value)
    }
}

/// Splits off the first attribute: its name, its value, and the text behind it.
fn split_attribute(text: &str) -> Option<(&str, &str, &str)> {
    let (name, value) = text.split_once('=')?;
    let value = value.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let (value, after) = value.strip_prefix(quote)?.split_once(quote)?;
    Some((name.trim(), value, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_have_names_without_prefix_and_attributes() {
        let part = "<?xml version=\"1.0\"?><x:row r='7' x14ac:dyDescent=\"0.25\" hidden = \"1\"><c/></x:row>";
        let names: Vec<&str> = list_tags(part).map(|tag| tag.name).collect();
        assert_eq!(names, ["row", "c"]);
        let row = list_tags(part).find(|tag| tag.name == "row").unwrap();
        assert_eq!(row.find_attribute("r"), Some("7"));
        assert_eq!(row.find_attribute("hidden"), Some("1"));
        assert_eq!(row.find_attribute("dyDescent"), Some("0.25"));
        assert_eq!(row.find_attribute("height"), None);
    }

    #[test]
    fn value_of_an_attribute_hides_no_attribute() {
        let tag = list_tags("<a b=\" c='x' \" c='y'/>").next().unwrap();
        assert_eq!(tag.find_attribute("c"), Some("y"));
        let open = list_tags("<a b=\"x<a c=\"y\">").next().unwrap();
        assert_eq!(open.list_attributes().last(), Some(None));
    }
}
