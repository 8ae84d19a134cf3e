//! Answers every kind of figures in the same way, from the reports that are approved now or from a release.
//!
//! Each kind has a question, a way to count, and formats ([`FiguresResponse`]). Its parameters ([`FiguresParams`])
//! parse into that question, for approved data ([`CurrentFiguresParams`]) or for a release ([`ReleaseFiguresParams`]).
//! Not here: the response shapes, and who may read a release.

use serde::Serialize;

use super::dataset::{DatasetQuery, FrozenRelease};
use crate::{
    api::{
        answer::Answer,
        body::{Query, QueryParameters},
        cache::{AnswerKey, CacheAudience},
        error::ApiResult,
        filter_values::UnknownValues,
        format::{AnswerFormat, TABLE, TabularAnswer},
        may::May,
        release_request::ReleaseRequest,
        state::State,
    },
    domain::{figures::BasisRequest, language::Language, policy::ReadFigures},
    store::Conn,
};

/// A response with figures, which can be counted for a release.
pub(in crate::api) trait FiguresResponse: TabularAnswer + Sized {
    /// The parsed parameters.
    type Question: Send + 'static;
    /// The formats; the first one is the default.
    const FORMS: &'static [AnswerFormat] = TABLE;

    /// Counts the figures of a release.
    ///
    /// # Errors
    /// A filter or a comparison with something that does not exist, and failures of the database.
    fn count_for_release(
        conn: &mut Conn,
        release: &FrozenRelease,
        question: &Self::Question,
    ) -> ApiResult<Self>;

    /// Writes the figures in a format.
    ///
    /// # Errors
    /// Those of [`TabularAnswer::answer_in_format`].
    fn render_answer(&self, form: AnswerFormat) -> ApiResult<Answer> {
        self.answer_in_format(form)
    }
}

/// Figures that are counted from reports, frozen or not.
pub(in crate::api) trait CountedFigures: FiguresResponse {
    /// Counts the figures from the reports that the query selects.
    ///
    /// # Errors
    /// Those of [`FiguresResponse::count_for_release`].
    fn count_reports(
        conn: &mut Conn,
        from: &DatasetQuery,
        question: &Self::Question,
    ) -> ApiResult<Self>;
}

/// The query parameters of an operation, which parse into a question.
pub(in crate::api) trait FiguresParams: Serialize + QueryParameters + Send {
    type Response: FiguresResponse;

    /// Parses the question.
    ///
    /// # Errors
    /// The first parameter whose value is unknown.
    fn parse_question(
        &self,
        language: Language,
    ) -> ApiResult<<Self::Response as FiguresResponse>::Question>;

    /// Returns the value of the parameter `format`.
    fn format(&self) -> Option<&str>;
}

/// Parameters for figures of the reports that are approved now.
pub(super) trait CurrentFiguresParams: FiguresParams<Response: CountedFigures> {
    /// The name of the operation in cache keys.
    const ROUTE: &'static str;

    /// Parses the basis: a cycle, a day, or everything.
    ///
    /// # Errors
    /// A missing, unknown or superfluous parameter.
    fn parse_base(&self) -> ApiResult<BasisRequest>;
}

/// Parameters for figures of a release.
pub(in crate::api) trait ReleaseFiguresParams: FiguresParams {
    /// The name of the operation in cache keys.
    const ROUTE: &'static str;
}

/// Answers an operation on the reports that are approved now, limited to those that the caller may read.
pub(super) async fn answer_current_figures<P: CurrentFiguresParams>(
    may: May<ReadFigures, Query<P>>,
    state: &State,
) -> ApiResult<Answer> {
    let Query(params) = &may.body;
    let (question, base) = (params.parse_question(may.language)?, params.parse_base()?);
    let visible = may.actor.visible_rows();
    let key = AnswerKey::new(P::ROUTE, CacheAudience::for_approved_data(&visible), params)?;
    let form = may.accept.choose_format(params.format(), P::Response::FORMS)?;
    let read = move |c: &mut Conn, version| {
        let (reach, unknown_values) = (visible.approved, UnknownValues::Refuse);
        let from = DatasetQuery { base, reach, version, unknown_values };
        P::Response::count_reports(c, &from, &question)?.render_answer(form)
    };
    state.cache.answer(key.in_language(may.language).with_format(form), read).await
}

/// Answers an operation on a release, and a share of that operation.
///
/// # Errors
/// [`crate::api::error::ApiError::NotFound`] if the release does not exist; only then the errors of the parameters.
pub(in crate::api) async fn answer_release_figures<P: ReleaseFiguresParams>(
    released: ReleaseRequest<Query<P>>,
    state: &State,
) -> ApiResult<Answer> {
    let form = released.choose_format(|Query(params)| params.format(), P::Response::FORMS);
    let form = released.check_release_before_fault(state, form).await?;
    let unknown_values = released.unknown_values;
    let make = move |conn: &mut Conn, key: &_, Query(params): Query<P>, language| {
        let question = params.parse_question(language)?;
        let release = FrozenRelease::find(conn, key, unknown_values)?;
        P::Response::count_for_release(conn, &release, &question)?.render_answer(form)
    };
    released.answer_cached_in(state, P::ROUTE, form, make).await
}
