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
        filter_values::UnknownValues,
        format::AnswerFormat,
        problem::RequestFault,
        release_request::{ReleaseRequest, SharedRequest},
        releases,
        state::State,
    },
    domain::{
        fault::{FaultList, ValueFault},
        language::Language,
        message::{self, Message},
        share::{ParsedShare, Share, ShareFormat, SharedResource},
    },
};

const fn to_answer_format(format: ShareFormat) -> AnswerFormat {
    match format {
        ShareFormat::Csv => AnswerFormat::Csv,
        ShareFormat::Json => AnswerFormat::Json,
        ShareFormat::GeoJson => AnswerFormat::GeoJson,
        ShareFormat::Xlsx => AnswerFormat::Xlsx,
    }
}

/// Answers a path in a format. A new kind of shared data needs a variant of [`SharedResource`] and an arm here.
///
/// # Errors
/// Those of the operation, or [`ApiError::OtherMediaType`] if it does not have the format.
async fn answer_path(
    state: &State,
    shared: SharedRequest<'_>,
    format: ShareFormat,
) -> ApiResult<Answer> {
    let answer = match shared.path.of {
        SharedResource::Release => {
            releases::answer_release(ReleaseRequest::from_share(&shared), state).await
        }
        SharedResource::Reports => {
            let released = ReleaseRequest::from_share(&shared);
            match format {
                // As JSON the operation gives pages, and a reader of a share cannot turn them.
                ShareFormat::Json => releases::reports::answer_all_reports(released, state).await,
                ShareFormat::Csv | ShareFormat::GeoJson | ShareFormat::Xlsx => {
                    releases::reports::answer_release_reports(released, state).await
                }
            }
        }
        SharedResource::Data => {
            releases::data_archive::answer_release_data(ReleaseRequest::from_share(&shared), state)
                .await
        }
        SharedResource::Table => answer_figures::<ReleasedTableParams>(shared, state).await,
        SharedResource::Progress => answer_figures::<ReleasedProgressParams>(shared, state).await,
        SharedResource::Trend => answer_figures::<TrendParams>(shared, state).await,
        SharedResource::Coverage => answer_figures::<ReleasedCoverageParams>(shared, state).await,
        SharedResource::Map => answer_figures::<ReleasedMapParams>(shared, state).await,
    }?;
    // An operation that does not have the format answers in its default format. Then the media type differs.
    let media = answer.media_type().split(';').next().unwrap_or_default().trim();
    match shared.format.media_types() {
        [expected, ..] if *expected == media => Ok(answer),
        [expected, ..] => Err(ApiError::OtherMediaType((*expected).into())),
        [] => Err(ApiError::NotFound),
    }
}

async fn answer_figures<P: ReleaseFiguresParams>(
    shared: SharedRequest<'_>,
    state: &State,
) -> ApiResult<Answer> {
    answer_release_figures::<P>(ReleaseRequest::from_share(&shared), state).await
}

/// Answers an existing share. Its path was valid when it was created. If a later release lacks a value that the path
/// filters by, the answer is the rows of the other values.
///
/// # Errors
/// Those of the operation.
pub(super) async fn answer_share(
    state: &State,
    share: &Share,
    language: Language,
) -> ApiResult<Answer> {
    let unknown_values = UnknownValues::Refuse;
    let (path, format) = (&share.path, to_answer_format(share.format));
    let shared = SharedRequest { path, format, language, unknown_values };
    match answer_path(state, shared, share.format).await {
        Err(ApiError::Malformed(faults)) if faults.iter().all(|f| f.code == "unknown") => {
            let unknown_values = UnknownValues::MatchNothing;
            answer_path(state, SharedRequest { unknown_values, ..shared }, share.format).await
        }
        answered => answered,
    }
}

/// Requests the path of a new share, so that no share is created that cannot be answered. Adds a fault at `/path` if the
/// operation refuses the request, and at `/format` if it does not have the format.
///
/// # Errors
/// Failures of the service.
pub(super) async fn check_answerable(
    state: &State,
    share: &ParsedShare,
    faults: &mut FaultList,
) -> ApiResult<()> {
    let (Some(path), Some(format)) = (&share.path, share.format) else { return Ok(()) };
    let shared = SharedRequest {
        path,
        format: to_answer_format(format),
        language: Language::DEFAULT,
        unknown_values: UnknownValues::Refuse,
    };
    match answer_path(state, shared, format).await {
        Ok(_) => {}
        Err(ApiError::NotFound) => {
            let message = message::value::no_such(message::thing::release());
            faults.add("/path", ValueFault::new("path", message));
        }
        Err(ApiError::OtherMediaType(_)) => {
            faults.add("/format", ValueFault::new("format", message::release::share_format()));
        }
        Err(ApiError::Malformed(found)) => {
            for fault in found {
                faults.add("/path", ValueFault::new("path", describe_in_path(fault)));
            }
        }
        Err(other) => return Err(other),
    }
    Ok(())
}

/// Returns the message of a fault in a path, with the name of the parameter.
fn describe_in_path(fault: RequestFault) -> Message {
    match &fault.parameter {
        Some(name) => message::release::share_parameter_fault(name, fault.message),
        None => fault.message,
    }
}
