//! Kinds of figures, and the one way in which they are answered: a kind is what is asked for, how it is counted and in which
//! formats it is told, whether its reports are those that are approved now or those that a release froze.
//!
//! Parameters are a question ([`FiguresParams`]), about what is approved now ([`CurrentFiguresParams`]) or about a release ([`ReleaseFiguresParams`]). Not here:
//! the shapes, and who may read a release.

use serde::Serialize;

use super::dataset::{DatasetQuery, FrozenRelease};
use crate::{
    api::{
        answer::Answer,
        body::{Query, QueryParameters},
        cache::{AnswerKey, CacheAudience},
        error::ApiResult,
        format::{Form, TABLE, TabularAnswer},
        may::May,
        released::Released,
        state::State,
    },
    domain::{figures::BasisRequest, language::Language, policy::ReadFigures},
    store::Conn,
};

/// Figures of a kind, ready to be answered.
pub(in crate::api) trait FiguresResponse: TabularAnswer + Sized {
    /// What they are asked for, with values that are sound.
    type Question: Send + 'static;
    /// The formats; the first one is for whoever does not say.
    const FORMS: &'static [Form] = TABLE;

    /// Counts those of a release.
    ///
    /// # Errors
    /// A filter, or something to compare with, that does not exist; failures of the database.
    fn count_for_release(
        conn: &mut Conn,
        release: &FrozenRelease,
        question: &Self::Question,
    ) -> ApiResult<Self>;

    /// Answers them in a format.
    ///
    /// # Errors
    /// Those of [`TabularAnswer::answer_in`].
    fn render_answer(&self, form: Form) -> ApiResult<Answer> {
        self.answer_in_format(form)
    }
}

/// Figures that are counted from reports, wherever those come from.
pub(in crate::api) trait CountedFigures: FiguresResponse {
    /// Counts them.
    ///
    /// # Errors
    /// As of [`FiguresResponse::count_for_release`].
    fn count_reports(
        conn: &mut Conn,
        from: &DatasetQuery,
        question: &Self::Question,
    ) -> ApiResult<Self>;
}

/// The parameters of an operation, as a question.
pub(in crate::api) trait FiguresParams: Serialize + QueryParameters + Send {
    /// The figures that answer it.
    type Response: FiguresResponse;

    /// Reads the question.
    ///
    /// # Errors
    /// The first parameter that has no such value.
    fn parse_question(
        &self,
        language: Language,
    ) -> ApiResult<<Self::Response as FiguresResponse>::Question>;

    /// Returns the format that is asked for by its name.
    fn format(&self) -> Option<&str>;
}

/// A question about what is approved now.
pub(super) trait CurrentFiguresParams: FiguresParams<Response: CountedFigures> {
    /// The name under which answers are kept.
    const ROUTE: &'static str;

    /// Reads what the figures rest on.
    ///
    /// # Errors
    /// Not exactly one of what there is to choose from, or a value that is none.
    fn parse_base(&self) -> ApiResult<BasisRequest>;
}

/// A question about what a release froze.
pub(in crate::api) trait ReleaseFiguresParams: FiguresParams {
    /// The name under which answers are kept.
    const ROUTE: &'static str;
}

/// Answers an operation over what is approved now, as far as the caller reads it.
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
        let from = DatasetQuery { base, reach: visible.approved, version };
        P::Response::count_reports(c, &from, &question)?.render_answer(form)
    };
    state.answer_cached(key.in_language(may.language).with_format(form), read).await
}

/// Answers an operation over what a release froze, and shares of it.
///
/// # Errors
/// [`crate::api::error::ApiError::NotFound`] where there is no such release, then what the parameters are refused for.
pub(in crate::api) async fn answer_release_figures<P: ReleaseFiguresParams>(
    released: Released<Query<P>>,
    state: &State,
) -> ApiResult<Answer> {
    let form = released.choose_format(|Query(params)| params.format(), P::Response::FORMS);
    let form = released.check_release_before_fault(state, form).await?;
    let make = move |conn: &mut Conn, key: &_, Query(params): Query<P>, language| {
        let question = params.parse_question(language)?;
        let release = FrozenRelease::find(conn, key)?;
        P::Response::count_for_release(conn, &release, &question)?.render_answer(form)
    };
    released.answer_cached_in(state, (P::ROUTE, form), make).await
}
