//! The vocabulary: labels and help texts for every list of allowed values and for every field of the forms.

use actix_web::web::Data;

use super::{
    answer::Answer,
    cache::{AnswerKey, CacheAudience},
    error::ApiResult,
    may::May,
    service_config::ServiceConfig,
    state::State,
};
use crate::{
    domain::policy::ReadReference,
    store::{Conn, reference},
};

mod views;

use views::VocabularySource;
pub(crate) use views::VocabularyView;

pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.get(operation!(get_vocabulary));
}

/// Read the vocabulary
///
/// Returns every list of allowed values with a label and a help text for each value. Also returns the label and the
/// help text of every field of projects, milestones, indicators, partnerships and reports. The texts are in the
/// language of the answer. Requests and other answers always use `value`, which is the same in every language. Every
/// signed-in caller with a grant may read it.
#[utoipa::path(get, path = "/vocabulary", tag = "reference",
    responses((status = 200, body = VocabularyView)))]
async fn get_vocabulary(may: May<ReadReference>, state: Data<State>) -> ApiResult<Answer> {
    let language = may.language;
    let key = AnswerKey::new("get_vocabulary", CacheAudience::for_everybody(), &())?
        .in_language(language);
    let read = move |c: &mut Conn, _| {
        let source = VocabularySource {
            terms: reference::load_vocabulary(c)?,
            countries: reference::list_countries(c)?,
            plan_cycles: reference::list_plan_cycles(c)?,
        };
        Answer::from_value(&VocabularyView::new(language, &source))
    };
    state.cache.answer(key, read).await
}
