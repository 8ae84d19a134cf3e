//! Lists that are answered whole unless the caller asks for pages.

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use utoipa::IntoParams;

use super::{ListPage, PageRequest};
use crate::{
    api::{answer::Answer, error::ApiResult},
    domain::value::to_count,
};

/// The page of a list that is answered whole without these parameters.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct WholeListParams {
    /// The cursor of the page: `next` of the page before. Leave it out for the first page.
    pub cursor: Option<String>,
    /// The number of items on a page, 1 to 1000. Without `limit` and `cursor` the answer is the whole list.
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<i64>,
}

impl WholeListParams {
    /// Answers with the whole list, or with a page if one is asked for. Each item has its sort key, by which the items
    /// are sorted. `L` is the list type of the resource.
    ///
    /// # Errors
    /// The cursor belongs to a different list, or the limit is out of range: 400.
    pub(crate) fn answer_items<L, K, V>(&self, path: &str, items: Vec<(K, V)>) -> ApiResult<Answer>
    where
        L: Serialize + From<ListPage<V>>,
        K: Serialize + DeserializeOwned + PartialOrd + Clone,
    {
        if self.limit.is_none() && self.cursor.is_none() {
            let total = to_count(items.len());
            let items = items.into_iter().map(|(_, view)| view).collect();
            return Answer::from_value(&L::from(ListPage { items, next: None, total }));
        }
        let request: PageRequest<K> =
            PageRequest::from_parameters(path, &(), self.cursor.as_deref(), self.limit)?;
        let ListPage { items, next, total } = request.cut_page(items, |(key, _)| key.clone())?;
        let items = items.into_iter().map(|(_, view)| view).collect();
        let list = L::from(ListPage { items, next: next.clone(), total });
        request.answer_list(&list, next.as_deref())
    }
}
