//! Compares a value with the type that its field expects.

use serde::de::{
    DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor,
    value::{MapDeserializer, SeqDeserializer},
};

use super::{
    Position,
    object::ShapeObject,
    reader::{Expected, ShapeSeed},
};
use crate::api::body::number::to_whole_number;

/// Passes a value on if it has the expected type. Else it notes the fault, and passes on an empty value.
pub(super) struct ShapeVisitor<'a, V> {
    expected: Expected,
    position: Position<'a>,
    visitor: V,
}

impl<'a, V> ShapeVisitor<'a, V> {
    pub(super) const fn new(expected: Expected, position: Position<'a>, visitor: V) -> Self {
        Self { expected, position, visitor }
    }
}

impl<'de, V: Visitor<'de>> ShapeVisitor<'_, V> {
    fn refuse<E: Error>(self) -> Result<V::Value, E> {
        self.position.add_fault(|| self.expected.to_fault());
        match self.expected {
            Expected::Boolean => self.visitor.visit_bool(false),
            Expected::Integer(..) => self.visitor.visit_i64(0),
            Expected::Number => self.visitor.visit_f64(0.0),
            Expected::Text | Expected::TextOrList => self.visitor.visit_str(""),
            Expected::List => {
                self.visitor.visit_seq(SeqDeserializer::new(std::iter::empty::<()>()))
            }
            Expected::Object(_) => {
                self.visitor.visit_map(MapDeserializer::new(std::iter::empty::<((), ())>()))
            }
        }
    }

    /// Returns `true` if a whole number is accepted.
    fn accepts_integer(&self, number: i128) -> bool {
        match self.expected {
            Expected::Integer(first, last) => (first..=last).contains(&number),
            Expected::Number => true,
            Expected::Boolean
            | Expected::Text
            | Expected::TextOrList
            | Expected::List
            | Expected::Object(_) => false,
        }
    }
}

impl<'de, V: Visitor<'de>> Visitor<'de> for ShapeVisitor<'_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.visitor.expecting(f)
    }
    fn visit_bool<E: Error>(self, value: bool) -> Result<V::Value, E> {
        if matches!(self.expected, Expected::Boolean) {
            self.visitor.visit_bool(value)
        } else {
            self.refuse()
        }
    }
    fn visit_i64<E: Error>(self, value: i64) -> Result<V::Value, E> {
        if self.accepts_integer(value.into()) {
            self.visitor.visit_i64(value)
        } else {
            self.refuse()
        }
    }
    fn visit_u64<E: Error>(self, value: u64) -> Result<V::Value, E> {
        if self.accepts_integer(value.into()) {
            self.visitor.visit_u64(value)
        } else {
            self.refuse()
        }
    }
    fn visit_f64<E: Error>(self, value: f64) -> Result<V::Value, E> {
        if matches!(self.expected, Expected::Number) {
            return self.visitor.visit_f64(value);
        }
        match to_whole_number(value) {
            Some(whole) if self.accepts_integer(whole.into()) => self.visitor.visit_i64(whole),
            Some(_) | None => self.refuse(),
        }
    }
    fn visit_str<E: Error>(self, value: &str) -> Result<V::Value, E> {
        if matches!(self.expected, Expected::Text | Expected::TextOrList) {
            self.visitor.visit_str(value)
        } else {
            self.refuse()
        }
    }
    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.refuse()
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut inner: A) -> Result<V::Value, A::Error> {
        if matches!(self.expected, Expected::List | Expected::TextOrList) {
            return self.visitor.visit_seq(ShapeList { inner, position: self.position, next: 0 });
        }
        while inner.next_element::<IgnoredAny>()?.is_some() {}
        self.refuse()
    }
    fn visit_map<A: MapAccess<'de>>(self, mut inner: A) -> Result<V::Value, A::Error> {
        if let Expected::Object(fields) = self.expected {
            return self.visitor.visit_map(ShapeObject::new(inner, self.position, fields));
        }
        while inner.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        self.refuse()
    }
}

/// The items of a list.
struct ShapeList<'a, A> {
    inner: A,
    position: Position<'a>,
    /// The index of the next item.
    next: usize,
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for ShapeList<'_, A> {
    type Error = A::Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        let position = self.position.item(self.next);
        self.next += 1;
        let read = self.inner.next_element_seed(ShapeSeed { seed, position });
        read.inspect_err(|_error| position.note_stop())
    }
}
