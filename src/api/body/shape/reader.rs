//! The deserializer of a body, and the types that fields expect.

use serde::{
    Deserializer,
    de::{DeserializeSeed, Error, Visitor},
    forward_to_deserialize_any,
};

use super::{Position, visitor::ShapeVisitor};
use crate::{api::message::body, domain::fault::ValueFault};

/// The name under which a type asks for a text or a list of texts, in `deserialize_newtype_struct`. `Deserializer` has
/// no method for it.
pub(crate) const TEXT_OR_LIST: &str = "api::body::TEXT_OR_LIST";

/// The type of a value that a field expects.
#[derive(Clone, Copy)]
pub(super) enum Expected {
    Boolean,
    /// A whole number in a range.
    Integer(i128, i128),
    Number,
    Text,
    TextOrList,
    List,
    /// An object. With the names of its fields; `None` accepts every name.
    Object(Option<&'static [&'static str]>),
}

impl Expected {
    pub(super) fn to_fault(self) -> ValueFault {
        let message = match self {
            Self::Boolean => body::boolean(),
            Self::Integer(..) => body::whole_number(),
            Self::Number => body::number(),
            Self::Text => body::text(),
            Self::TextOrList => body::text_or_list(),
            Self::List => body::list(),
            Self::Object(_) => body::object(),
        };
        ValueFault::new("type", message)
    }
}

/// Reads a value from the deserializer `inner`.
pub(in crate::api::body) struct ShapeReader<'a, D> {
    inner: D,
    position: Position<'a>,
}

impl<'a, D> ShapeReader<'a, D> {
    pub(in crate::api::body) const fn new(inner: D, position: Position<'a>) -> Self {
        Self { inner, position }
    }
}

impl<'de, D: Deserializer<'de>> ShapeReader<'_, D> {
    fn read<V: Visitor<'de>>(self, expected: Expected, visitor: V) -> Result<V::Value, D::Error> {
        let position = self.position;
        self.inner.deserialize_any(ShapeVisitor::new(expected, position, visitor))
    }
}

/// Defines the methods of [`Deserializer`] that ask for a type.
macro_rules! expect_types {
    ($($method:ident => $expected:expr;)*) => {
        $(
            fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
                self.read($expected, visitor)
            }
        )*
    };
}

/// Returns the range of an integer type.
macro_rules! integer {
    ($type:ty) => {
        Expected::Integer(i128::from(<$type>::MIN), i128::from(<$type>::MAX))
    };
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for ShapeReader<'_, D> {
    type Error = D::Error;

    expect_types! {
        deserialize_bool => Expected::Boolean;
        deserialize_i8 => integer!(i8);
        deserialize_i16 => integer!(i16);
        deserialize_i32 => integer!(i32);
        deserialize_i64 => integer!(i64);
        deserialize_u8 => integer!(u8);
        deserialize_u16 => integer!(u16);
        deserialize_u32 => integer!(u32);
        deserialize_u64 => integer!(u64);
        deserialize_f32 => Expected::Number;
        deserialize_f64 => Expected::Number;
        deserialize_str => Expected::Text;
        deserialize_string => Expected::Text;
        deserialize_seq => Expected::List;
        deserialize_map => Expected::Object(None);
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.read(Expected::Object(Some(fields)), visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.inner.deserialize_option(InnerVisitor { position: self.position, visitor })
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        if name == TEXT_OR_LIST {
            return self.read(Expected::TextOrList, visitor);
        }
        let inner = InnerVisitor { position: self.position, visitor };
        self.inner.deserialize_newtype_struct(name, inner)
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.inner.deserialize_any(visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.inner.deserialize_ignored_any(visitor)
    }

    // No shape of a body asks for these.
    forward_to_deserialize_any! {
        i128 u128 char bytes byte_buf unit unit_struct tuple tuple_struct enum identifier
    }
}

/// Reads the value inside an option or a newtype.
struct InnerVisitor<'a, V> {
    position: Position<'a>,
    visitor: V,
}

impl<'de, V: Visitor<'de>> Visitor<'de> for InnerVisitor<'_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.visitor.expecting(f)
    }
    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.visitor.visit_none()
    }
    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.visitor.visit_unit()
    }
    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.visitor.visit_some(ShapeReader::new(inner, self.position))
    }
    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.visitor.visit_newtype_struct(ShapeReader::new(inner, self.position))
    }
}

/// Reads a value with a [`ShapeReader`].
pub(super) struct ShapeSeed<'a, S> {
    pub(super) seed: S,
    pub(super) position: Position<'a>,
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for ShapeSeed<'_, S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, inner: D) -> Result<S::Value, D::Error> {
        self.seed.deserialize(ShapeReader::new(inner, self.position))
    }
}
