//! What stands at the address of a share: each thing that can be shared, and the function that answers it. They are those
//! that answer the operations themselves, so the bytes are the same, and kept once.

use crate::{
    api::{
        answer::Answer,
        error::{ApiError, ApiResult},
        figures::{
            kind::{AsksRelease, answer_released},
            params::{
                ReleasedCoverageParams, ReleasedMapParams, ReleasedProgressParams,
                ReleasedTableParams, TrendParams,
            },
        },
        format::Form,
        problem::Fault,
        released::Released,
        releases,
        state::State,
    },
    domain::{
        language::Language,
        share::{ShareFormat, Shared, SharedPath, Terms},
    },
};

const fn form(format: ShareFormat) -> Form {
    match format {
        ShareFormat::Csv => Form::Csv,
        ShareFormat::Json => Form::Json,
        ShareFormat::GeoJson => Form::GeoJson,
        ShareFormat::Xlsx => Form::Xlsx,
    }
}

/// Answers a path in a format. What is to be shared next joins here: a word of [`Shared`], and its arm.
///
/// # Errors
/// What the operation says, or [`ApiError::OtherMediaType`] where it has no such format.
pub(super) async fn answer(
    state: &State,
    path: &SharedPath,
    format: ShareFormat,
    language: Language,
) -> ApiResult<Answer> {
    let form = form(format);
    let answer = match path.of {
        Shared::Release => releases::answer(Released::shared(path, form, language), state).await,
        Shared::Reports => {
            let released = Released::shared(path, form, language);
            match format {
                // Of JSON the operation gives pages, and who reads a share cannot turn them.
                ShareFormat::Json => releases::reports::answer_whole(released, state).await,
                ShareFormat::Csv | ShareFormat::GeoJson | ShareFormat::Xlsx => {
                    releases::reports::answer(released, state).await
                }
            }
        }
        Shared::Data => releases::data::answer(Released::shared(path, form, language), state).await,
        Shared::Table => figures::<ReleasedTableParams>(path, form, language, state).await,
        Shared::Progress => figures::<ReleasedProgressParams>(path, form, language, state).await,
        Shared::Trend => figures::<TrendParams>(path, form, language, state).await,
        Shared::Coverage => figures::<ReleasedCoverageParams>(path, form, language, state).await,
        Shared::Map => figures::<ReleasedMapParams>(path, form, language, state).await,
    }?;
    // An operation that does not have the format answers in its first one.
    let media = answer.media_type().split(';').next().unwrap_or_default().trim();
    match form.media() {
        [expected, ..] if *expected == media => Ok(answer),
        [expected, ..] => Err(ApiError::OtherMediaType(expected)),
        [] => Err(ApiError::NotFound),
    }
}

async fn figures<P: AsksRelease>(
    path: &SharedPath,
    form: Form,
    language: Language,
    state: &State,
) -> ApiResult<Answer> {
    answer_released::<P>(Released::shared(path, form, language), state).await
}

/// Answers what is to be shared, so that nothing is shared that is broken.
///
/// # Errors
/// 422 at `/path` for what the operation refuses, at `/format` for a format that it does not have.
pub(super) async fn rehearse(state: &State, terms: &Terms) -> ApiResult<()> {
    match answer(state, &terms.path, terms.format, Language::DEFAULT).await {
        Ok(_) => Ok(()),
        Err(ApiError::NotFound) => Err(ApiError::invalid("/path", "path", "no such release")),
        Err(ApiError::OtherMediaType(_)) => {
            Err(ApiError::invalid("/format", "format", "this path is not answered in this format"))
        }
        Err(ApiError::Malformed(fault)) => Err(ApiError::invalid("/path", "path", said(&fault))),
        Err(other) => Err(other),
    }
}

/// Names the parameter that is at fault.
fn said(fault: &Fault) -> String {
    match &fault.parameter {
        Some(name) => format!("{name}: {}", fault.detail),
        None => fault.detail.clone(),
    }
}
