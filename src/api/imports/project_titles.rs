//! What the projects of a city's plan are called, so that a file that is sent twice makes each new one once.

use std::{cell::RefCell, collections::BTreeMap};

use crate::{
    api::{
        error::{ApiError, ApiResult},
        workbook::CityWorkbook,
    },
    domain::{
        fault::{FaultList, ValueFault},
        value::fold_for_search,
    },
    sheets::{Sheet, row_comparison::ExportedRow},
};

/// The folded title of each project, by its code; of one that a row of the file makes, by that row.
pub(super) struct ProjectTitles(RefCell<BTreeMap<String, String>>);

impl ProjectTitles {
    /// Reads those of the projects that are there.
    pub(super) fn from_workbook(book: &CityWorkbook) -> Self {
        let (code, title) =
            (Sheet::Projects.find_column_index("code"), Sheet::Projects.find_column_index("title"));
        let text = |row: &ExportedRow, at: Option<usize>| Some(row.get(at?).as_str()?.to_owned());
        let rows = book.rows(Sheet::Projects).iter();
        let titles =
            rows.filter_map(|row| Some((text(row, code)?, fold_for_search(&text(row, title)?))));
        Self(RefCell::new(titles.collect()))
    }

    /// Remembers what a project is called from now on.
    pub(super) fn remember_title(&self, project: String, title: Option<String>) {
        self.0.borrow_mut().extend(title.map(|title| (project, title)));
    }

    /// Refuses a second project of one title: whoever sends a file twice, whose rows for new projects know no code, does not
    /// mean two of each. It is named among all that is wrong with the row.
    pub(super) fn check_unique<T>(&self, title: Option<&str>, made: ApiResult<T>) -> ApiResult<T> {
        let titles = self.0.borrow();
        let twin = titles.iter().find(|(_, known)| Some(known.as_str()) == title);
        let Some((twin, _)) = twin else { return made };
        let detail = format!("a project of this title is there already: {twin}");
        let mut faults = FaultList::new();
        faults.add("/title", ValueFault::new("duplicate", detail));
        let mut faults = faults.into_vec();
        match made {
            Ok(_) => {}
            Err(ApiError::Invalid(others)) => faults.extend(others),
            Err(other) => return Err(other),
        }
        Err(faults.into())
    }
}
