//! A query, read strictly: parameters that the operation takes, each once unless it is a list, each of its type.

use std::{any::TypeId, cell::RefCell, collections::HashMap, rc::Rc};

use actix_web::{HttpRequest, dev::Payload};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Number, Value};
use utoipa::{
    IntoParams,
    openapi::{
        RefOr, Schema,
        schema::{SchemaType, Type},
    },
};

use super::{FromBody, FromQuery};
use crate::api::{
    error::{ApiError, ApiResult, Fault},
    language,
};

/// Most query parameters of one request.
const PARAMETERS_MAX: usize = 200;

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

/// What a parameter holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
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

/// Reads the query of a request.
pub(super) fn read_query(
    req: &HttpRequest,
    known: &[(String, Kind)],
) -> ApiResult<Map<String, Value>> {
    read_parameters(req.query_string(), known)
}

/// Reads a query that takes these parameters, and `lang`: every operation can be asked in a language; none has to say so.
pub(super) fn read_parameters(
    query: &str,
    known: &[(String, Kind)],
) -> ApiResult<Map<String, Value>> {
    let mut map = Map::new();
    let mut asked = false;
    for (i, (name, value)) in url::form_urlencoded::parse(query.as_bytes()).enumerate() {
        if i >= PARAMETERS_MAX {
            let detail = format!("at most {PARAMETERS_MAX} query parameters are read");
            return Err(fault("", "too_many", detail));
        }
        let Some((_, kind)) = known.iter().find(|(k, _)| *k == name) else {
            if name != language::PARAMETER {
                return Err(unknown(&name, known));
            }
            if std::mem::replace(&mut asked, true) {
                return Err(language::twice());
            }
            language::check(&value)?;
            continue;
        };
        let value = parsed(&name, &value, *kind)?;
        match (kind, map.get_mut(name.as_ref())) {
            (Kind::List, Some(Value::Array(list))) => list.push(value),
            (Kind::List, _) => {
                map.insert(name.into_owned(), Value::Array(vec![value]));
            }
            (_, Some(_)) => return Err(fault(name, "duplicate", "one value is expected")),
            (_, None) => {
                map.insert(name.into_owned(), value);
            }
        }
    }
    Ok(map)
}

/// Reads the value of a parameter; of a list, one of its values.
fn parsed(name: &str, value: &str, kind: Kind) -> ApiResult<Value> {
    if value.chars().any(char::is_control) || value.contains('\u{FFFD}') {
        let detail = "text without control characters, in UTF-8, is expected";
        return Err(fault(name, "control_character", detail));
    }
    match (kind, value) {
        (Kind::Text | Kind::List, _) => Ok(Value::from(value)),
        (Kind::Number, _) => value
            .parse::<Number>()
            .map(Value::Number)
            .map_err(|_e| fault(name, "type", "a number is expected")),
        (Kind::Bool, "true") => Ok(Value::Bool(true)),
        (Kind::Bool, "false") => Ok(Value::Bool(false)),
        (Kind::Bool, _) => Err(fault(name, "type", "true or false is expected")),
    }
}

fn fault(name: impl Into<String>, code: &str, detail: impl Into<String>) -> ApiError {
    ApiError::malformed(Fault::parameter(name, code, detail))
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
