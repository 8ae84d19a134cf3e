//! The members of an object in a body. Unknown and doubled keys are faults and are not passed on.

use std::collections::HashSet;

use serde::de::{DeserializeSeed, IgnoredAny, IntoDeserializer as _, MapAccess};

use super::{Position, reader::ShapeSeed};
use crate::{
    api::message::body,
    domain::{fault::ValueFault, message::Message},
};

/// Passes on the members that the shape has, each once.
pub(super) struct ShapeObject<'a, A> {
    inner: A,
    position: Position<'a>,
    /// The names of the fields; `None` accepts every name.
    fields: Option<&'static [&'static str]>,
    seen: HashSet<String>,
    /// The key whose value is next.
    key: String,
}

impl<'a, A> ShapeObject<'a, A> {
    pub(super) fn new(
        inner: A,
        position: Position<'a>,
        fields: Option<&'static [&'static str]>,
    ) -> Self {
        Self { inner, position, fields, seen: HashSet::new(), key: String::new() }
    }

    /// Returns what is wrong with a key that the shape does not have, or that was there before.
    fn find_fault(&mut self, key: &str) -> Option<KeyFault> {
        if let Some(fields) = self.fields.filter(|fields| !fields.contains(&key)) {
            return Some(KeyFault::Unknown(fields));
        }
        let is_new = self.seen.insert(key.to_owned());
        (!is_new).then_some(KeyFault::Doubled)
    }
}

/// What is wrong with a key.
#[derive(Debug, Clone, Copy)]
enum KeyFault {
    /// The shape has other fields than this one.
    Unknown(&'static [&'static str]),
    Doubled,
}

impl KeyFault {
    fn to_value_fault(self, key: &str) -> ValueFault {
        match self {
            Self::Unknown(fields) => {
                ValueFault::new("unknown_field", describe_unknown_field(key, fields))
                    .with_allowed(fields.iter().copied())
            }
            // The code is the one that clients know since before every fault was listed.
            Self::Doubled => ValueFault::new("type", body::duplicate_field(&shorten(key))),
        }
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for ShapeObject<'_, A> {
    type Error = A::Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        loop {
            let next = self.inner.next_key::<String>();
            let Some(key) = next.inspect_err(|_error| self.position.note_stop())? else {
                return Ok(None);
            };
            let Some(fault) = self.find_fault(&key) else {
                self.key = key;
                return seed.deserialize(self.key.as_str().into_deserializer()).map(Some);
            };
            self.position.field(&key).add_fault(|| fault.to_value_fault(&key));
            let skipped = self.inner.next_value::<IgnoredAny>();
            skipped.inspect_err(|_error| self.position.field(&key).note_stop())?;
        }
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        let position = self.position.field(&self.key);
        let read = self.inner.next_value_seed(ShapeSeed { seed, position });
        read.inspect_err(|_error| position.note_stop())
    }
}

fn describe_unknown_field(key: &str, fields: &[&str]) -> Message {
    let (key, names) = (shorten(key), fields.iter().map(|name| format!("`{name}`")));
    let known: String = names.collect::<Vec<_>>().join(", ");
    match fields {
        [] => body::unknown_field_beside_none(&key),
        [_] => body::unknown_field_beside_one(&key, &known),
        [_, ..] => body::unknown_field(&key, &known),
    }
}

/// Returns at most 100 characters of a key, because a client can send a key of any length.
fn shorten(key: &str) -> String {
    key.chars().take(100).collect()
}
