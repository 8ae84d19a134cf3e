//! Answers the address of a share. It calls the function that answers the shared operation itself, so the bytes are the
//! same and the cache holds them only once.

use crate::{
    api::{
        answer::Answer,
        error::{ApiError, ApiResult},
        figures::{
            params::{
                ReleasedCoverageParams, ReleasedMapParams, ReleasedProgressParams,
                ReleasedTableParams, TrendParams,
            },
            response::{ReleaseFiguresParams, answer_release_figures},
        },
        format::Form,
        problem::RequestFault,
        released::Released,
        releases,
        state::State,
    },
    domain::{
        fault::{FaultList, ValueFault},
        language::Language,
        message,
        share::{ShareFormat, ShareTerms, SharedPath, SharedResource},
    },
};

const fn to_answer_format(format: ShareFormat) -> Form {
    match format {
        ShareFormat::Csv => Form::Csv,
        ShareFormat::Json => Form::Json,
        ShareFormat::GeoJson => Form::GeoJson,
        ShareFormat::Xlsx => Form::Xlsx,
    }
}

/// Answers a path in a format. A new kind of shared data needs a variant of [`SharedResource`] and an arm here.
///
/// # Errors
/// Those of the operation, or [`ApiError::OtherMediaType`] if it does not have the format.
pub(super) async fn answer_path(
    state: &State,
    path: &SharedPath,
    format: ShareFormat,
    language: Language,
) -> ApiResult<Answer> {
    let form = to_answer_format(format);
    let answer = match path.of {
        SharedResource::Release => {
            releases::answer_release(Released::from_share(path, form, language), state).await
        }
        SharedResource::Reports => {
            let released = Released::from_share(path, form, language);
            match format {
                // As JSON the operation gives pages, and a reader of a share cannot turn them.
                ShareFormat::Json => releases::reports::answer_all_reports(released, state).await,
                ShareFormat::Csv | ShareFormat::GeoJson | ShareFormat::Xlsx => {
                    releases::reports::answer_release_reports(released, state).await
                }
            }
        }
        SharedResource::Data => {
            releases::data_archive::answer_release_data(
                Released::from_share(path, form, language),
                state,
            )
            .await
        }
        SharedResource::Table => {
            answer_figures::<ReleasedTableParams>(path, form, language, state).await
        }
        SharedResource::Progress => {
            answer_figures::<ReleasedProgressParams>(path, form, language, state).await
        }
        SharedResource::Trend => answer_figures::<TrendParams>(path, form, language, state).await,
        SharedResource::Coverage => {
            answer_figures::<ReleasedCoverageParams>(path, form, language, state).await
        }
        SharedResource::Map => {
            answer_figures::<ReleasedMapParams>(path, form, language, state).await
        }
    }?;
    // An operation that does not have the format answers in its default format. Then the media type differs.
    let media = answer.media_type().split(';').next().unwrap_or_default().trim();
    match form.media_types() {
        [expected, ..] if *expected == media => Ok(answer),
        [expected, ..] => Err(ApiError::OtherMediaType((*expected).into())),
        [] => Err(ApiError::NotFound),
    }
}

async fn answer_figures<P: ReleaseFiguresParams>(
    path: &SharedPath,
    form: Form,
    language: Language,
    state: &State,
) -> ApiResult<Answer> {
    answer_release_figures::<P>(Released::from_share(path, form, language), state).await
}

/// Requests the path of a new share, so that no share is created that cannot be answered.
///
/// # Errors
/// 422 at `/path` if the operation refuses the request, and at `/format` if it does not have the format.
pub(super) async fn check_answerable(state: &State, terms: &ShareTerms) -> ApiResult<()> {
    match answer_path(state, &terms.path, terms.format, Language::DEFAULT).await {
        Ok(_) => Ok(()),
        Err(ApiError::NotFound) => {
            let message = message::value::no_such(message::thing::release());
            Err(ApiError::invalid_value("/path", ValueFault::new("path", message)))
        }
        Err(ApiError::OtherMediaType(_)) => {
            let fault = ValueFault::new("format", message::release::share_format());
            Err(ApiError::invalid_value("/format", fault))
        }
        Err(ApiError::Malformed(found)) => Err(refuse_path(found)),
        Err(other) => Err(other),
    }
}

/// Refuses a path whose parameters the operation refuses. The name of the parameter is added to the message.
fn refuse_path(found: Vec<RequestFault>) -> ApiError {
    let mut faults = FaultList::new();
    for fault in found {
        let message = match &fault.parameter {
            Some(name) => message::release::share_parameter_fault(name, fault.message),
            None => fault.message,
        };
        faults.add("/path", ValueFault::new("path", message));
    }
    ApiError::Invalid(faults.into_vec())
}
