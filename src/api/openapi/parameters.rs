//! Parameters that operations share: the names in their paths, the language, `If-Match`, and no null in what is left out
//! instead.

use serde_json::json;
use utoipa::openapi::{
    Components, KnownFormat, ObjectBuilder, Ref, RefOr, Required, Schema, SchemaFormat, Type,
    path::{Operation, Parameter, ParameterBuilder, ParameterIn},
    schema::SchemaType,
};

use super::operations::{IfMatch, OperationShape};
use crate::{api::language, domain::language::Language};

/// What stands in a path: name, description, pattern, example.
const NAMES: &[(&str, &str, &str, &str)] = &[
    ("city", "The city's slug.", "^[a-z0-9-]+$", "da-nang"),
    ("country", "The country's ISO 3166-1 alpha-2 code.", "^[A-Z]{2}$", "VN"),
    ("partner", "The partner's slug.", "^[a-z0-9-]+$", "world-bank"),
    ("plan_cycle", "The plan cycle's slug.", "^[a-z0-9-]+$", "2018-2025"),
    ("cycle", "The reporting cycle's slug.", "^[a-z0-9-]+$", "me-2026"),
    ("release", "The release's key, or `latest`.", "^[a-z0-9-]+$", "me-2025-r1"),
    (
        "project",
        "The project's code: its city and a number that is never reused.",
        "^[a-z0-9-]+-[1-9][0-9]*$",
        "da-nang-4",
    ),
    (
        "token",
        "The token of the invitation.",
        "^[A-Za-z0-9_-]+$",
        "Zt5nM1l0c2g1bXBsZS10b2tlbi1vbmx5LWFzLWFuLWV4YQ",
    ),
];
/// The example of every identifier.
const UUID: &str = "019346a0-5c00-7000-8000-000000000001";

/// Adds the parameters that follow from the operation's shape.
pub(super) fn add_parameters(
    shape: &OperationShape<'_>,
    operation: &mut Operation,
    components: &mut Components,
) {
    let parameters = operation.parameters.get_or_insert_with(Vec::new);
    for parameter in parameters.iter_mut() {
        if let RefOr::T(p) = parameter
            && p.parameter_in != ParameterIn::Path
        {
            remove_null(p);
        }
    }
    let segments: Vec<&str> = shape.path.split('/').collect();
    let named = segments.iter().enumerate().flat_map(|(i, segment)| {
        let parent = i.checked_sub(1).and_then(|i| segments.get(i)).copied().unwrap_or_default();
        // One segment may have several, as a token and a format.
        let names = segment.split('{').skip(1).filter_map(|rest| rest.split_once('}'));
        names.map(move |(name, _)| build_path_parameter(name, parent))
    });
    let known: Vec<RefOr<Parameter>> =
        named.filter(|p| !has_path_parameter(parameters, &p.name)).map(RefOr::T).collect();
    parameters.splice(0..0, known);
    if let Some(header) = build_if_match_header(shape.if_match) {
        parameters.push(RefOr::T(header));
    }
    for parameter in [build_lang_parameter(), build_accept_language_header()] {
        let name = parameter.name.clone();
        parameters.push(RefOr::Ref(Ref::new(format!("#/components/parameters/{name}"))));
        components.parameters.entry(name).or_insert_with(|| RefOr::T(parameter));
    }
}

/// The parameter that every operation takes: each can at least be refused in words.
fn build_lang_parameter() -> Parameter {
    let spoken = Language::SPOKEN.iter().map(|l| l.as_str());
    ParameterBuilder::new()
        .name(language::PARAMETER)
        .parameter_in(ParameterIn::Query)
        .required(Required::False)
        .description(Some(
            "The language of names, labels and problems in the answer. It wins over `Accept-Language`. A language with a \
             region, such as `vi-VN`, is taken as well.",
        ))
        .schema(Some(string_schema().pattern(Some(format!("^({})(-.+)?$", spoken.collect::<Vec<_>>().join("|"))))))
        .example(Some(json!(Language::DEFAULT.as_str())))
        .build()
}

fn build_accept_language_header() -> Parameter {
    ParameterBuilder::new()
        .name("Accept-Language")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(
            "The languages that the caller likes, with their weights. Where none of them is spoken the answer is in English.",
        ))
        .schema(Some(string_schema()))
        .example(Some(json!("vi-VN, vi;q=0.9, en;q=0.8")))
        .build()
}

fn has_path_parameter(parameters: &[RefOr<Parameter>], name: &str) -> bool {
    parameters.iter().any(|p| match p {
        RefOr::T(p) => p.parameter_in == ParameterIn::Path && p.name == name,
        RefOr::Ref(_) => false,
    })
}

fn build_path_parameter(name: &str, parent: &str) -> Parameter {
    let (description, schema, example) = match NAMES.iter().find(|(known, ..)| *known == name) {
        Some((_, description, pattern, example)) => {
            ((*description).to_owned(), string_schema().pattern(Some(*pattern)), *example)
        }
        None => (
            format!("The identifier in `{parent}`."),
            string_schema().format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid))),
            UUID,
        ),
    };
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .description(Some(description))
        .schema(Some(schema))
        .example(Some(json!(example)))
        .build()
}

fn string_schema() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

fn build_if_match_header(how: IfMatch) -> Option<Parameter> {
    let (required, description) = match how {
        IfMatch::Ignored => return None,
        IfMatch::Optional => (
            Required::False,
            "The `ETag` of the record that was read; its version alone is compared. Required where a record is replaced, \
             refused where none is there.",
        ),
        IfMatch::Required => (
            Required::True,
            "The `ETag` of the record that was read; its version alone is compared.",
        ),
    };
    Some(
        ParameterBuilder::new()
            .name("If-Match")
            .parameter_in(ParameterIn::Header)
            .required(required)
            .description(Some(description))
            .schema(Some(string_schema().pattern(Some(r#"^"v[0-9]+(-[0-9a-f]+)?"$"#))))
            .example(Some(json!("\"v7\"")))
            .build(),
    )
}

/// Takes null out of a parameter's type: a parameter is left out, never null.
fn remove_null(parameter: &mut Parameter) {
    let Some(schema) = &mut parameter.schema else { return };
    if let RefOr::T(Schema::OneOf(one)) = schema {
        one.items.retain(|item| !is_null(item));
        if let [only] = one.items.as_slice() {
            *schema = only.clone();
        }
        return;
    }
    match schema {
        RefOr::T(Schema::Object(o)) => remove_null_type(&mut o.schema_type),
        RefOr::T(Schema::Array(a)) => remove_null_type(&mut a.schema_type),
        _ => {}
    }
}

fn is_null(schema: &RefOr<Schema>) -> bool {
    matches!(schema, RefOr::T(Schema::Object(o)) if o.schema_type == SchemaType::Type(Type::Null))
}

fn remove_null_type(types: &mut SchemaType) {
    if let SchemaType::Array(list) = types {
        list.retain(|t| *t != Type::Null);
        if let [only] = list.as_slice() {
            *types = SchemaType::Type(only.clone());
        }
    }
}
