//! Parameters that operations share: the keys in the path, the language and `If-Match`. Also removes `null` from the
//! types of parameters, because a parameter is left out instead.

use serde_json::json;
use utoipa::openapi::{
    Components, KnownFormat, ObjectBuilder, Ref, RefOr, Required, Schema, SchemaFormat, Type,
    path::{Operation, Parameter, ParameterBuilder, ParameterIn},
    schema::SchemaType,
};

use super::operations::OperationShape;
use crate::{
    api::{language, precondition::IfMatch},
    domain::language::Language,
};

/// The keys in paths: name, description, pattern and example.
const NAMES: &[(&str, &str, &str, &str)] = &[
    ("city", "The slug of the city.", "^[a-z0-9-]+$", "da-nang"),
    ("country", "The ISO 3166-1 alpha-2 code of the country.", "^[A-Z]{2}$", "VN"),
    ("partner", "The slug of the partner.", "^[a-z0-9-]+$", "world-bank"),
    ("plan_cycle", "The slug of the plan cycle.", "^[a-z0-9-]+$", "2018-2025"),
    ("cycle", "The slug of the reporting cycle.", "^[a-z0-9-]+$", "me-2026"),
    (
        "release",
        "The key of the release, or `latest` for the newest one.",
        "^[a-z0-9-]+$",
        "me-2025-r1",
    ),
    (
        "project",
        "The code of the project: the slug of its city and a number that is never reused.",
        "^[a-z0-9-]+-[1-9][0-9]*$",
        "da-nang-4",
    ),
    (
        "token",
        "The token from the invitation.",
        "^[A-Za-z0-9_-]+$",
        "Zt5nM1l0c2g1bXBsZS10b2tlbi1vbmx5LWFzLWFuLWV4YQ",
    ),
];
/// The example of every UUID in a path.
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
        // A segment can contain several keys, for example a token and a format.
        let names = segment.split('{').skip(1).filter_map(|rest| rest.split_once('}'));
        names.map(move |(name, _)| build_path_parameter(name, parent))
    });
    let known: Vec<RefOr<Parameter>> =
        named.filter(|p| !has_path_parameter(parameters, &p.name)).map(RefOr::T).collect();
    parameters.splice(0..0, known);
    if let Some(header) = build_if_match_header(shape.contract.if_match) {
        parameters.push(RefOr::T(header));
    }
    for parameter in [build_lang_parameter(), build_accept_language_header()] {
        let name = parameter.name.clone();
        parameters.push(RefOr::Ref(Ref::new(format!("#/components/parameters/{name}"))));
        components.parameters.entry(name).or_insert_with(|| RefOr::T(parameter));
    }
}

/// Makes the `lang` parameter. Every operation has it, because every operation can answer with a problem, which has
/// texts.
fn build_lang_parameter() -> Parameter {
    let spoken = Language::SPOKEN.iter().map(|l| l.as_str());
    ParameterBuilder::new()
        .name(language::PARAMETER)
        .parameter_in(ParameterIn::Query)
        .required(Required::False)
        .description(Some(
            "The language of names, labels and problems in the answer. It has priority over `Accept-Language`. A tag with a \
             region, such as `vi-VN`, is accepted too. A language without translations is refused with 400.",
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
            "The preferred languages, with weights. If this service supports none of them, the answer is in English.",
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
            format!("The identifier of the record in `{parent}`."),
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
        IfMatch::Refused => {
            (Required::False, "Refused with 412 `no_tag`, because the record does not exist yet.")
        }
        IfMatch::Optional | IfMatch::RequiredIfExists => (
            Required::False,
            "The `ETag` of the record that you read. Only the version in it is compared; a different version is refused with \
             412. A `PUT` that replaces a record requires it (428 without it), and a `PUT` that creates a record refuses \
             it (412). A `POST` may leave it out.",
        ),
        IfMatch::Required => (
            Required::True,
            "The `ETag` of the record that you read. Only the version in it is compared; a different version is refused with 412. A weak tag (`W/…`) counts as the strong one.",
        ),
    };
    Some(
        ParameterBuilder::new()
            .name("If-Match")
            .parameter_in(ParameterIn::Header)
            .required(required)
            .description(Some(description))
            .schema(Some(string_schema().pattern(Some(r#"^(W/)?"v[0-9]+(-[0-9a-z-]+)?"$"#))))
            .example(Some(json!("\"v7\"")))
            .build(),
    )
}

/// Removes `null` from the type of a parameter: a parameter is left out, and is never null.
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
