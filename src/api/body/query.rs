//! Strict query parameters: each is known to the operation, has its type, and is given once unless it is a list.

use std::{any::TypeId, cell::RefCell, collections::HashMap, rc::Rc};

use actix_web::{HttpRequest, dev::Payload};
use serde::Serialize;
use serde_json::{Map, Number, Value};

use super::{
    FromBody, FromQuery,
    number::to_whole_number,
    parameters::{QueryParameters, list_parameters},
};
use crate::{
    api::{
        error::{ApiError, ApiResult, RequestFault},
        language,
        message::parameter,
        page::cursor,
    },
    domain::{fault::ValueFault, message::Message},
};

/// The most query parameters of one request.
const PARAMETERS_MAX: usize = 200;

/// Query parameters as a struct that derives `Deserialize` and `IntoParams`. The parser reads the type of each field
/// from its `IntoParams` schema, so a change of that attribute changes the parsing. Fields are strings, numbers,
/// booleans or lists of strings; a list is given by repeating the parameter.
#[derive(Debug, Clone, Serialize)]
#[serde(transparent)]
pub(crate) struct Query<T>(pub T);

type ParameterKinds = Rc<[(String, ParameterKind)]>;

thread_local! {
    /// The parameters of each type, cached per thread: building the schema takes longer than answering a request from
    /// the cache.
    static KNOWN: RefCell<HashMap<TypeId, ParameterKinds>> = RefCell::default();
}

fn find_parameter_kinds<T: QueryParameters>() -> ParameterKinds {
    KNOWN.with_borrow_mut(|known| {
        let parameters =
            known.entry(TypeId::of::<T>()).or_insert_with(|| list_parameters::<T>().into());
        Rc::clone(parameters)
    })
}

impl<T: QueryParameters> FromBody for Query<T> {
    async fn read_request(req: &HttpRequest, _: &mut Payload) -> ApiResult<Self> {
        Self::from_query(req.query_string())
    }
}

impl<T: QueryParameters> FromQuery for Query<T> {
    fn from_query(query: &str) -> ApiResult<Self> {
        let known = find_parameter_kinds::<T>();
        let takes_cursor = known.iter().any(|(name, _)| name == cursor::PARAMETER);
        match takes_cursor.then(|| cursor::restore_filters(query)).flatten() {
            // A forged cursor may carry anything.
            Some(restored) => {
                Self::parse(&restored, &known).map_err(|_fault| cursor::refuse_cursor())
            }
            None => Self::parse(query, &known),
        }
    }
}

impl<T: QueryParameters> Query<T> {
    fn parse(query: &str, known: &[(String, ParameterKind)]) -> ApiResult<Self> {
        let map = read_parameters(query, known)?;
        let value = serde_path_to_error::deserialize(Value::Object(map)).map_err(|e| {
            let name = e.path().to_string();
            let kind = known.iter().find(|(own, _)| *own == name).map(|(_, kind)| *kind);
            let message = match kind {
                // Every number was parsed before, so it does not fit the integer type of the field.
                Some(ParameterKind::Number) => parameter::whole_number(),
                Some(ParameterKind::Text | ParameterKind::Bool | ParameterKind::List) | None => {
                    parameter::different_value()
                }
            };
            build_parameter_error(name, "type", message)
        })?;
        Ok(Self(value))
    }
}

/// The type of a parameter's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ParameterKind {
    Text,
    Number,
    Bool,
    List,
}

pub(super) fn read_query(
    req: &HttpRequest,
    known: &[(String, ParameterKind)],
) -> ApiResult<Map<String, Value>> {
    read_parameters(req.query_string(), known)
}

/// Parses a query that may contain the `known` parameters. `lang` is checked but not returned: every operation accepts
/// it.
pub(super) fn read_parameters(
    query: &str,
    known: &[(String, ParameterKind)],
) -> ApiResult<Map<String, Value>> {
    let mut map = Map::new();
    let mut asked = false;
    for (i, (name, value)) in url::form_urlencoded::parse(query.as_bytes()).enumerate() {
        if i >= PARAMETERS_MAX {
            let message = parameter::too_many(PARAMETERS_MAX);
            return Err(build_parameter_error("", "too_many", message));
        }
        let Some((_, kind)) = known.iter().find(|(k, _)| *k == name) else {
            if name != language::PARAMETER {
                return Err(build_unknown_parameter_error(&name, known));
            }
            if std::mem::replace(&mut asked, true) {
                return Err(language::refuse_duplicate());
            }
            language::check_language(&value)?;
            continue;
        };
        let value = parse_parameter_value(&name, &value, *kind)?;
        match (kind, map.get_mut(name.as_ref())) {
            (ParameterKind::List, Some(Value::Array(list))) => list.push(value),
            (ParameterKind::List, _) => {
                map.insert(name.into_owned(), Value::Array(vec![value]));
            }
            (_, Some(_)) => {
                return Err(build_parameter_error(name, "duplicate", parameter::one_value()));
            }
            (_, None) => {
                map.insert(name.into_owned(), value);
            }
        }
    }
    Ok(map)
}

/// Parses the value of a parameter, or one value of a list.
fn parse_parameter_value(name: &str, value: &str, kind: ParameterKind) -> ApiResult<Value> {
    if value.chars().any(char::is_control) || value.contains('\u{FFFD}') {
        return Err(build_parameter_error(name, "control_character", parameter::text()));
    }
    match (kind, value) {
        (ParameterKind::Text | ParameterKind::List, _) => Ok(Value::from(value)),
        (ParameterKind::Number, _) => value
            .parse::<Number>()
            .map(simplify_number)
            .map_err(|_e| build_parameter_error(name, "type", parameter::number())),
        (ParameterKind::Bool, "true") => Ok(Value::Bool(true)),
        (ParameterKind::Bool, "false") => Ok(Value::Bool(false)),
        (ParameterKind::Bool, _) => Err(build_parameter_error(name, "type", parameter::boolean())),
    }
}

/// Writes a number without a fraction as an integer, as bodies do: `limit=6.0` is 6.
fn simplify_number(number: Number) -> Value {
    let whole = number.as_f64().filter(|_| number.is_f64()).and_then(to_whole_number);
    whole.map_or(Value::Number(number), Value::from)
}

fn build_parameter_error(
    name: impl Into<String>,
    code: &'static str,
    message: Message,
) -> ApiError {
    ApiError::malformed(RequestFault::at_parameter(name, ValueFault::new(code, message)))
}

fn build_unknown_parameter_error(name: &str, known: &[(String, ParameterKind)]) -> ApiError {
    let message = known
        .iter()
        .map(|(k, _)| (strsim::jaro_winkler(k, name), k))
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map_or_else(parameter::none_taken, |(_, nearest)| parameter::unknown(nearest));
    let fault = ValueFault::new("unknown_parameter", message)
        .with_allowed(known.iter().map(|(k, _)| k.clone()));
    let shown: String = name.chars().take(100).collect();
    ApiError::malformed(RequestFault::at_parameter(shown, fault))
}
