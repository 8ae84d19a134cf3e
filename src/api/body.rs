//! What comes with a request: a JSON body or a query, read strictly.

use std::{any::TypeId, cell::RefCell, collections::HashMap, fmt, marker::PhantomData, rc::Rc};

use actix_web::{HttpMessage, HttpRequest, dev::Payload, http::Method, web::BytesMut};
use futures_util::StreamExt as _;
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{DeserializeOwned, MapAccess, Visitor, value::MapAccessDeserializer},
};
use serde_json::{Map, Value};
use utoipa::{
    IntoParams,
    openapi::{
        RefOr, Schema,
        schema::{SchemaType, Type},
    },
};

use super::{
    error::{ApiError, ApiResult, Fault},
    language,
};

/// The media type of a patch (RFC 7396), accepted beside plain JSON.
pub const MERGE_PATCH: &str = "application/merge-patch+json";
/// Largest JSON body, in bytes.
pub const BODY_MAX: usize = 1024 * 1024;
/// Most query parameters of one request.
const PARAMETERS_MAX: usize = 200;

/// Something that is read from a request after the caller has been let through.
pub trait FromBody: Sized {
    /// Reads it.
    fn read(req: &HttpRequest, payload: &mut Payload) -> impl Future<Output = ApiResult<Self>>;
}

impl FromBody for () {
    async fn read(req: &HttpRequest, _: &mut Payload) -> ApiResult<Self> {
        // An operation without parameters of its own does not take any: a typo is said, not ignored.
        read_query(req, &[]).map(|_none| ())
    }
}

/// Something that is read from a query alone, which need not be that of a request: a share keeps one.
pub trait FromQuery: Sized {
    /// Reads it.
    ///
    /// # Errors
    /// What [`FromBody::read`] would say of a request with this query.
    fn from_query(query: &str) -> ApiResult<Self>;
}

impl FromQuery for () {
    fn from_query(query: &str) -> ApiResult<Self> {
        read_parameters(query, &[]).map(|_none| ())
    }
}

/// A JSON body.
#[derive(Debug, Clone)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned> FromBody for Json<T> {
    async fn read(req: &HttpRequest, payload: &mut Payload) -> ApiResult<Self> {
        read_query(req, &[])?;
        let bytes = read_bytes(req, payload, BODY_MAX).await?;
        // Not a type check alone: a body of another type is refused even when it happens to parse.
        let merges = req.method() == Method::PATCH && req.content_type() == MERGE_PATCH;
        if !merges && req.content_type() != "application/json" {
            return Err(ApiError::UnsupportedMediaType);
        }
        parse_json(&bytes).map(Self)
    }
}

/// What comes with a request, and what the program that sent it calls itself.
pub struct WithClient<B> {
    /// The `User-Agent`, where it is printable ASCII; at most 200 characters.
    pub client: Option<String>,
    /// What comes with it.
    pub body: B,
}

impl<B: FromBody> FromBody for WithClient<B> {
    async fn read(req: &HttpRequest, payload: &mut Payload) -> ApiResult<Self> {
        let client = req
            .headers()
            .get("user-agent")
            .and_then(|v| v.to_str().ok())
            .map(|v| v.chars().filter(|c| !c.is_control()).take(200).collect());
        Ok(Self { client, body: B::read(req, payload).await? })
    }
}

/// A JSON body that may be left out.
#[derive(Debug, Clone)]
pub struct Optional<T>(pub T);

impl<T: DeserializeOwned + Default> FromBody for Optional<T> {
    async fn read(req: &HttpRequest, payload: &mut Payload) -> ApiResult<Self> {
        read_query(req, &[])?;
        let bytes = read_bytes(req, payload, BODY_MAX).await?;
        if bytes.is_empty() {
            return Ok(Self(T::default()));
        }
        if req.content_type() != "application/json" {
            return Err(ApiError::UnsupportedMediaType);
        }
        parse_json(&bytes).map(Self)
    }
}

/// Reads a body up to a limit.
pub(crate) async fn read_bytes(
    req: &HttpRequest,
    payload: &mut Payload,
    max: usize,
) -> ApiResult<BytesMut> {
    let declared = req
        .headers()
        .get("content-length")
        .and_then(|v| v.to_str().ok())
        .and_then(|v| v.parse::<usize>().ok());
    if declared.is_some_and(|n| n > max) {
        return Err(ApiError::TooLarge(max));
    }
    let mut bytes = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|e| {
            ApiError::malformed(Fault::pointer("", "body", format!("the body did not arrive: {e}")))
        })?;
        if bytes.len() + chunk.len() > max {
            return Err(ApiError::TooLarge(max));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// Parses a JSON object and names the first fault by its pointer.
pub(crate) fn parse_json<T: DeserializeOwned>(bytes: &[u8]) -> ApiResult<T> {
    let mut de = serde_json::Deserializer::from_slice(bytes);
    let Object(value) = serde_path_to_error::deserialize(&mut de).map_err(|e| {
        let pointer = pointer(e.path());
        let inner = e.inner();
        let code = match inner.classify() {
            serde_json::error::Category::Data if inner.to_string().starts_with("unknown field") => {
                "unknown_field"
            }
            serde_json::error::Category::Data => "type",
            serde_json::error::Category::Io
            | serde_json::error::Category::Syntax
            | serde_json::error::Category::Eof => "json",
        };
        ApiError::malformed(Fault::pointer(pointer, code, inner.to_string()))
    })?;
    de.end().map_err(|e| ApiError::malformed(Fault::pointer("", "json", e.to_string())))?;
    Ok(value)
}

/// Something read from a JSON object. A struct of serde's is read from an array as well, its members by their order,
/// which no contract promises.
pub(crate) struct Object<T>(pub(crate) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct FromMap<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for FromMap<T> {
            type Value = Object<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Object<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(Object)
            }
        }
        d.deserialize_map(FromMap(PhantomData))
    }
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter()
        .map(|segment| match segment {
            Segment::Seq { index } => format!("/{index}"),
            Segment::Map { key } => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
            Segment::Enum { variant } => format!("/{variant}"),
            Segment::Unknown => "/".to_owned(),
        })
        .collect()
}

/// Query parameters, as a struct that derives `Deserialize` and `IntoParams`: its documentation is its parser. Fields are
/// strings, numbers, booleans or lists of strings; a list takes a repeated parameter.
#[derive(Debug, Clone, Serialize)]
#[serde(transparent)]
pub struct Query<T>(pub T);

/// The query parameters of an operation, by name.
type Parameters = Rc<[(String, Kind)]>;

thread_local! {
    /// The parameters of each type that was asked for on this thread: making their documentation anew for each request
    /// takes longer than answering one from memory.
    static KNOWN: RefCell<HashMap<TypeId, Parameters>> = RefCell::default();
}

fn known<T: IntoParams + 'static>() -> Parameters {
    KNOWN.with_borrow_mut(|known| {
        let parameters = known.entry(TypeId::of::<T>()).or_insert_with(|| {
            T::into_params(|| None).into_iter().map(|p| (p.name, kind(p.schema.as_ref()))).collect()
        });
        Rc::clone(parameters)
    })
}

impl<T: DeserializeOwned + IntoParams + 'static> FromBody for Query<T> {
    async fn read(req: &HttpRequest, _: &mut Payload) -> ApiResult<Self> {
        Self::from_query(req.query_string())
    }
}

impl<T: DeserializeOwned + IntoParams + 'static> FromQuery for Query<T> {
    fn from_query(query: &str) -> ApiResult<Self> {
        let map = read_parameters(query, &known::<T>())?;
        let value = serde_path_to_error::deserialize(Value::Object(map)).map_err(|e| {
            let name = e.path().to_string();
            ApiError::malformed(Fault::parameter(name, "type", e.inner().to_string()))
        })?;
        Ok(Self(value))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Number,
    Bool,
    List,
}

fn kind(schema: Option<&RefOr<Schema>>) -> Kind {
    let Some(RefOr::T(schema)) = schema else { return Kind::Text };
    let types: Vec<Type> = match schema {
        Schema::Array(_) => return Kind::List,
        Schema::Object(o) => match &o.schema_type {
            SchemaType::Type(t) => vec![t.clone()],
            SchemaType::Array(ts) => ts.clone(),
            SchemaType::AnyValue => Vec::new(),
        },
        _ => Vec::new(),
    };
    if types.iter().any(|t| matches!(t, Type::Integer | Type::Number)) {
        Kind::Number
    } else if types.contains(&Type::Boolean) {
        Kind::Bool
    } else if types.contains(&Type::Array) {
        Kind::List
    } else {
        Kind::Text
    }
}

fn read_query(req: &HttpRequest, known: &[(String, Kind)]) -> ApiResult<Map<String, Value>> {
    read_parameters(req.query_string(), known)
}

fn read_parameters(query: &str, known: &[(String, Kind)]) -> ApiResult<Map<String, Value>> {
    let mut map = Map::new();
    // Every operation can be asked in a language; none has to say so.
    let mut asked = false;
    for (i, (name, value)) in url::form_urlencoded::parse(query.as_bytes()).enumerate() {
        if i >= PARAMETERS_MAX {
            let detail = format!("at most {PARAMETERS_MAX} query parameters are read");
            return Err(ApiError::malformed(Fault::parameter("", "too_many", detail)));
        }
        let Some((_, kind)) = known.iter().find(|(k, _)| *k == name) else {
            if name == language::PARAMETER {
                if std::mem::replace(&mut asked, true) {
                    return Err(language::twice());
                }
                language::check(&value)?;
                continue;
            }
            return Err(unknown(&name, known));
        };
        if value.chars().any(char::is_control) || value.contains('\u{FFFD}') {
            let detail = "text without control characters, in UTF-8, is expected";
            return Err(ApiError::malformed(Fault::parameter(name, "control_character", detail)));
        }
        let parsed = match kind {
            Kind::Text | Kind::List => Value::from(value.as_ref()),
            Kind::Number => {
                value.parse::<serde_json::Number>().map(Value::Number).map_err(|_e| {
                    ApiError::malformed(Fault::parameter(
                        name.clone(),
                        "type",
                        "a number is expected",
                    ))
                })?
            }
            Kind::Bool => match value.as_ref() {
                "true" => Value::Bool(true),
                "false" => Value::Bool(false),
                _ => {
                    return Err(ApiError::malformed(Fault::parameter(
                        name,
                        "type",
                        "true or false is expected",
                    )));
                }
            },
        };
        match (kind, map.get_mut(name.as_ref())) {
            (Kind::List, Some(Value::Array(list))) => list.push(parsed),
            (Kind::List, _) => {
                map.insert(name.into_owned(), Value::Array(vec![parsed]));
            }
            (_, Some(_)) => {
                return Err(ApiError::malformed(Fault::parameter(
                    name,
                    "duplicate",
                    "one value is expected",
                )));
            }
            (_, None) => {
                map.insert(name.into_owned(), parsed);
            }
        }
    }
    Ok(map)
}

fn unknown(name: &str, known: &[(String, Kind)]) -> ApiError {
    let nearest = known
        .iter()
        .map(|(k, _)| (strsim::jaro_winkler(k, name), k))
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map_or_else(
            || "this operation takes no query parameters but lang".to_owned(),
            |(_, k)| format!("no such parameter; did you mean {k}?"),
        );
    let mut fault =
        Fault::parameter(name.chars().take(100).collect::<String>(), "unknown_parameter", nearest);
    fault.allowed = known.iter().map(|(k, _)| k.clone()).collect();
    ApiError::malformed(fault)
}
