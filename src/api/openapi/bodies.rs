//! Bodies that are not JSON. A file is told as a binary text, so that a page offers to choose a file and generated
//! clients take and return bytes. The media types of an answer follow from the values of the parameter `format`.

use utoipa::openapi::{
    Content, ContentBuilder, KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat, Type,
    path::{Operation, ParameterIn},
    schema::ArrayItems,
};

use crate::api::format::AnswerFormat;

/// Describes the files that an operation takes and answers, and adds the media types of all its formats.
pub(super) fn describe_files(operation: &mut Operation) {
    add_media_types(operation);
    if let Some(RefOr::T(body)) = &mut operation.request_body {
        for (media, content) in &mut body.content {
            // A form has its files in its members.
            if !media.ends_with("json") && !media.starts_with("multipart/") {
                set_binary_schema(content);
            }
        }
    }
    for response in operation.responses.responses.values_mut() {
        let RefOr::T(response) = response else { continue };
        for content in response.content.values_mut().filter(|content| is_byte_array(content)) {
            set_binary_schema(content);
        }
    }
}

/// Returns `true` if the content is documented as `Vec<u8>`, which would be an array of numbers.
fn is_byte_array(content: &RefOr<Content>) -> bool {
    let RefOr::T(content) = content else { return false };
    let Some(RefOr::T(Schema::Array(array))) = &content.schema else { return false };
    let ArrayItems::RefOrSchema(items) = &array.items else { return false };
    matches!(&**items, RefOr::T(Schema::Object(o))
        if o.format == Some(SchemaFormat::KnownFormat(KnownFormat::Int32)))
}

fn set_binary_schema(content: &mut RefOr<Content>) {
    if let RefOr::T(content) = content {
        content.schema = Some(build_binary_schema());
    }
}

fn build_binary_schema() -> RefOr<Schema> {
    let binary = SchemaFormat::KnownFormat(KnownFormat::Binary);
    ObjectBuilder::new().schema_type(Type::String).format(Some(binary)).build().into()
}

/// Adds the media type of each value of the parameter `format` to the answer of 200.
fn add_media_types(operation: &mut Operation) {
    let formats = list_formats(operation);
    let Some(RefOr::T(response)) = operation.responses.responses.get_mut("200") else { return };
    for format in formats {
        if let Some(media) = format.media_types().first()
            && !response.content.contains_key(*media)
        {
            let content = ContentBuilder::new().schema(Some(build_schema(format))).build();
            response.content.insert((*media).to_owned(), content.into());
        }
    }
}

/// Lists the values of the parameter `format`.
fn list_formats(operation: &Operation) -> Vec<AnswerFormat> {
    let parameters =
        operation.parameters.iter().flatten().filter_map(|parameter| match parameter {
            RefOr::T(p) if p.name == "format" && p.parameter_in == ParameterIn::Query => {
                p.schema.as_ref()
            }
            RefOr::T(_) | RefOr::Ref(_) => None,
        });
    let values = parameters.filter_map(|schema| match schema {
        RefOr::T(Schema::Object(object)) => object.enum_values.as_ref(),
        _ => None,
    });
    let texts = values.flatten().filter_map(serde_json::Value::as_str);
    texts.filter_map(|text| AnswerFormat::parse(text).ok()).collect()
}

/// Makes the schema of an answer in a format that the handler does not document.
fn build_schema(format: AnswerFormat) -> RefOr<Schema> {
    match format {
        AnswerFormat::Xlsx | AnswerFormat::Zip => build_binary_schema(),
        AnswerFormat::Csv | AnswerFormat::Lines => {
            ObjectBuilder::new().schema_type(Type::String).build().into()
        }
        AnswerFormat::Json | AnswerFormat::GeoJson => {
            ObjectBuilder::new().schema_type(Type::Object).build().into()
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::api::openapi::compose_document;

    fn list_contents(body: &Value) -> Vec<(String, Value)> {
        let content = body["content"].as_object().into_iter().flatten();
        content.map(|(media, content)| (media.clone(), content["schema"].clone())).collect()
    }

    #[test]
    fn no_body_is_an_array_of_bytes() {
        let document = serde_json::to_value(compose_document()).unwrap_or_default();
        for (path, item) in document["paths"].as_object().into_iter().flatten() {
            for (method, operation) in item.as_object().into_iter().flatten() {
                let answers = operation["responses"].as_object().into_iter().flatten();
                let bodies = answers.map(|(_, answer)| answer).chain([&operation["requestBody"]]);
                for (media, schema) in bodies.flat_map(list_contents) {
                    assert!(schema["type"] != "array", "{method} {path} {media}");
                    let is_file = media.contains("officedocument") || media.ends_with("zip");
                    let is_binary = schema == json!({"type": "string", "format": "binary"});
                    assert!(is_binary || !is_file, "{method} {path} {media}: {schema}");
                }
            }
        }
    }

    #[test]
    fn answer_has_a_media_type_for_each_format() {
        let document = serde_json::to_value(compose_document()).unwrap_or_default();
        let answer =
            &document["paths"]["/api/v1/releases/{release}/reports"]["get"]["responses"]["200"];
        let media: Vec<String> =
            list_contents(answer).into_iter().map(|(media, _)| media).collect();
        assert_eq!(
            media,
            [
                "application/geo+json",
                "application/json",
                "application/jsonl",
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                "text/csv"
            ]
        );
    }
}
