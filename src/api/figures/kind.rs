//! Kinds of figures, and the one way in which they are answered: a kind is what is asked for, how it is counted and in which
//! formats it is told, whether its reports are those that are approved now or those that a release froze.
//!
//! Parameters are a question ([`Asks`]), about what is approved now ([`AsksNow`]) or about a release ([`AsksRelease`]). Not here:
//! the shapes, and who may read a release.

use serde::{Serialize, de::DeserializeOwned};
use utoipa::IntoParams;

use super::source::{Frozen, Reports};
use crate::{
    api::{
        answer::Answer,
        body::Query,
        cache::{Key, View},
        error::ApiResult,
        format::{Form, TABLE, Tabular},
        may::May,
        released::Released,
        state::State,
    },
    domain::{figures::Base, language::Language, policy::ReadFigures},
    store::Conn,
};

/// Figures of a kind, ready to be answered.
pub(in crate::api) trait Figures: Tabular + Sized {
    /// What they are asked for, with values that are sound.
    type Question: Send + 'static;
    /// The formats; the first one is for whoever does not say.
    const FORMS: &'static [Form] = TABLE;

    /// Counts those of a release.
    ///
    /// # Errors
    /// A filter, or something to compare with, that does not exist; failures of the database.
    fn of_release(conn: &mut Conn, release: &Frozen, question: &Self::Question) -> ApiResult<Self>;

    /// Answers them in a format.
    ///
    /// # Errors
    /// Those of [`Tabular::answer_in`].
    fn told_in(&self, form: Form) -> ApiResult<Answer> {
        self.answer_in(form)
    }
}

/// Figures that are counted from reports, wherever those come from.
pub(in crate::api) trait Counted: Figures {
    /// Counts them.
    ///
    /// # Errors
    /// As of [`Figures::of_release`].
    fn count(conn: &mut Conn, from: &Reports, question: &Self::Question) -> ApiResult<Self>;
}

/// The parameters of an operation, as a question.
pub(in crate::api) trait Asks:
    Serialize + DeserializeOwned + IntoParams + Send + 'static
{
    /// The figures that answer it.
    type Of: Figures;

    /// Reads the question.
    ///
    /// # Errors
    /// The first parameter that has no such value.
    fn question(&self, language: Language) -> ApiResult<<Self::Of as Figures>::Question>;

    /// Returns the format that is asked for by its name.
    fn format(&self) -> Option<&str>;
}

/// A question about what is approved now.
pub(super) trait AsksNow: Asks<Of: Counted> {
    /// The name under which answers are kept.
    const ROUTE: &'static str;

    /// Reads what the figures rest on.
    ///
    /// # Errors
    /// Not exactly one of what there is to choose from, or a value that is none.
    fn base(&self) -> ApiResult<Base>;
}

/// A question about what a release froze.
pub(in crate::api) trait AsksRelease: Asks {
    /// The name under which answers are kept.
    const ROUTE: &'static str;
}

/// Answers an operation over what is approved now, as far as the caller reads it.
pub(super) async fn answer<P: AsksNow>(
    may: May<ReadFigures, Query<P>>,
    state: &State,
) -> ApiResult<Answer> {
    let Query(params) = &may.body;
    let (question, base) = (params.question(may.language)?, params.base()?);
    let visible = may.actor.visible();
    let key = Key::new(P::ROUTE, View::approved(&visible), params)?;
    let form = may.accept.choose(params.format(), P::Of::FORMS)?;
    let read = move |c: &mut Conn, version| {
        let from = Reports { base, reach: visible.approved, version };
        P::Of::count(c, &from, &question)?.told_in(form)
    };
    state.kept(key.in_language(may.language).in_form(form), read).await
}

/// Answers an operation over what a release froze, and shares of it.
///
/// # Errors
/// [`crate::api::error::ApiError::NotFound`] where there is no such release, then what the parameters are refused for.
pub(in crate::api) async fn answer_released<P: AsksRelease>(
    released: Released<Query<P>>,
    state: &State,
) -> ApiResult<Answer> {
    let form = released.form(|Query(params)| params.format(), P::Of::FORMS);
    let form = released.said(state, form).await?;
    let make = move |conn: &mut Conn, key: &_, Query(params): Query<P>, language| {
        let question = params.question(language)?;
        let release = Frozen::find(conn, key)?;
        P::Of::of_release(conn, &release, &question)?.told_in(form)
    };
    released.answer_in(state, (P::ROUTE, form), make).await
}
