//! What stands at the address of a share: each thing that can be shared, and the function that answers it. They are those
//! that answer the operations themselves, so the bytes are the same, and kept once.

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
        language::Language,
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

/// Answers a path in a format. What is to be shared next joins here: a word of [`SharedResource`], and its arm.
///
/// # Errors
/// What the operation says, or [`ApiError::OtherMediaType`] where it has no such format.
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
                // Of JSON the operation gives pages, and who reads a share cannot turn them.
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
    // An operation that does not have the format answers in its first one.
    let media = answer.media_type().split(';').next().unwrap_or_default().trim();
    match form.media_types() {
        [expected, ..] if *expected == media => Ok(answer),
        [expected, ..] => Err(ApiError::OtherMediaType(expected)),
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

/// Answers what is to be shared, so that nothing is shared that is broken.
///
/// # Errors
/// 422 at `/path` for what the operation refuses, at `/format` for a format that it does not have.
pub(super) async fn check_answerable(state: &State, terms: &ShareTerms) -> ApiResult<()> {
    match answer_path(state, &terms.path, terms.format, Language::DEFAULT).await {
        Ok(_) => Ok(()),
        Err(ApiError::NotFound) => Err(ApiError::invalid_value("/path", "path", "no such release")),
        Err(ApiError::OtherMediaType(_)) => Err(ApiError::invalid_value(
            "/format",
            "format",
            "this path is not answered in this format",
        )),
        Err(ApiError::Malformed(fault)) => {
            Err(ApiError::invalid_value("/path", "path", describe_fault(&fault)))
        }
        Err(other) => Err(other),
    }
}

/// Names the parameter that is at fault.
fn describe_fault(fault: &RequestFault) -> String {
    match &fault.parameter {
        Some(name) => format!("{name}: {}", fault.detail),
        None => fault.detail.clone(),
    }
}
