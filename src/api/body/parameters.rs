//! The query parameters of a type: their names and the kind of value that each takes. They are read from the type's
//! `Deserialize`, so that a request does not compose a part of the contract.
//!
//! The contract lists the same parameters from `IntoParams`. A debug build compares the two lists when it reads a type
//! for the first time.

use serde::{
    Deserializer,
    de::{DeserializeOwned, Error as _, IntoDeserializer as _, MapAccess, Visitor, value::Error},
    forward_to_deserialize_any,
};

use super::query::ParameterKind;

/// The query parameters of an operation, as a struct. A debug build also needs their documentation.
#[cfg(debug_assertions)]
pub(crate) trait QueryParameters: DeserializeOwned + utoipa::IntoParams + 'static {}
#[cfg(debug_assertions)]
impl<T: DeserializeOwned + utoipa::IntoParams + 'static> QueryParameters for T {}

/// The query parameters of an operation, as a struct.
#[cfg(not(debug_assertions))]
pub(crate) trait QueryParameters: DeserializeOwned + 'static {}
#[cfg(not(debug_assertions))]
impl<T: DeserializeOwned + 'static> QueryParameters for T {}

/// Lists the parameters of a type in the order of its fields.
pub(super) fn list_parameters<T: QueryParameters>() -> Vec<(String, ParameterKind)> {
    let parameters = probe_parameters(&|field, found| {
        // The probe stops with an error as soon as it has the answer.
        let _refused = T::deserialize(StructProbe { field, found });
    });
    #[cfg(debug_assertions)]
    assert_eq!(parameters, documented::list_parameters::<T>(), "{}", std::any::type_name::<T>());
    parameters
}

fn probe_parameters(
    probe: &dyn Fn(Option<&'static str>, &mut ProbeFindings),
) -> Vec<(String, ParameterKind)> {
    let mut found = ProbeFindings { names: &[], kind: ParameterKind::Text };
    probe(None, &mut found);
    let kind_of = |name: &'static str| {
        let mut found = ProbeFindings { names: &[], kind: ParameterKind::Text };
        probe(Some(name), &mut found);
        (name.to_owned(), found.kind)
    };
    found.names.iter().copied().map(kind_of).collect()
}

/// The result of a probe.
struct ProbeFindings {
    names: &'static [&'static str],
    kind: ParameterKind,
}

fn refuse<T>() -> Result<T, Error> {
    Err(Error::custom("a probe has no values"))
}

/// Offers a struct one field only, or records the names of its fields.
struct StructProbe<'a> {
    field: Option<&'static str>,
    found: &'a mut ProbeFindings,
}

impl<'de> Deserializer<'de> for StructProbe<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, Error> {
        refuse()
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.found.names = fields;
        if self.field.is_none() { refuse() } else { visitor.visit_map(self) }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

impl<'de> MapAccess<'de> for StructProbe<'_> {
    type Error = Error;

    fn next_key_seed<K: serde::de::DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        match self.field {
            Some(name) => seed.deserialize(name.into_deserializer()).map(Some),
            None => Ok(None),
        }
    }

    fn next_value_seed<S: serde::de::DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<S::Value, Error> {
        seed.deserialize(ValueProbe(&mut self.found.kind))
    }
}

/// Records which kind of value a field takes.
struct ValueProbe<'a>(&'a mut ParameterKind);

/// Defines the methods that record a kind.
macro_rules! note_kind {
    ($($kind:ident: $($method:ident)*;)*) => {
        $($(
            fn $method<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, Error> {
                *self.0 = ParameterKind::$kind;
                refuse()
            }
        )*)*
    };
}

impl<'de> Deserializer<'de> for ValueProbe<'_> {
    type Error = Error;

    note_kind! {
        Text: deserialize_any;
        Bool: deserialize_bool;
        Number: deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_u8 deserialize_u16
            deserialize_u32 deserialize_u64 deserialize_f32 deserialize_f64;
        List: deserialize_seq;
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        i128 u128 char str string bytes byte_buf unit unit_struct tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// The same list from the contract.
#[cfg(debug_assertions)]
mod documented {
    use utoipa::{
        IntoParams,
        openapi::{
            RefOr, Schema,
            schema::{SchemaType, Type},
        },
    };

    use super::ParameterKind;

    pub(super) fn list_parameters<T: IntoParams>() -> Vec<(String, ParameterKind)> {
        T::into_params(|| None)
            .into_iter()
            .map(|p| (p.name, detect_parameter_kind(p.schema.as_ref())))
            .collect()
    }

    fn detect_parameter_kind(schema: Option<&RefOr<Schema>>) -> ParameterKind {
        let Some(RefOr::T(schema)) = schema else { return ParameterKind::Text };
        let types: Vec<Type> = match schema {
            Schema::Array(_) => return ParameterKind::List,
            Schema::Object(o) => match &o.schema_type {
                SchemaType::Type(t) => vec![t.clone()],
                SchemaType::Array(ts) => ts.clone(),
                SchemaType::AnyValue => Vec::new(),
            },
            _ => Vec::new(),
        };
        if types.iter().any(|t| matches!(t, Type::Integer | Type::Number)) {
            ParameterKind::Number
        } else if types.contains(&Type::Boolean) {
            ParameterKind::Bool
        } else if types.contains(&Type::Array) {
            ParameterKind::List
        } else {
            ParameterKind::Text
        }
    }
}
