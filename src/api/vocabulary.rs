//! The vocabulary: every list of allowed values and every field of the forms, in words.

use actix_web::{get, web::Data};

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

/// Registers the operations of this file.
pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.service(get_vocabulary);
}

/// Read the vocabulary
///
/// Every list of allowed values with what each is called and means, and the label and help of every field in which
/// projects, milestones, indicators, partnerships and reports are written: all in the language of the answer. What is
/// sent and answered elsewhere is always the `value`, whatever the language.
#[utoipa::path(tag = "reference", responses((status = 200, body = VocabularyView)))]
#[get("/vocabulary")]
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
    state.answer_cached(key, read).await
}
