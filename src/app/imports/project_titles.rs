//! The titles of the projects of a city's plan, so that a file that is imported twice creates each new project once.

use std::{cell::RefCell, collections::BTreeMap};

use crate::{
    app::{AppResult, Refusal, workbook::CityWorkbook},
    domain::{
        fault::{FaultList, ValueFault},
        message,
        value::fold_for_search,
    },
    sheets::{WorkbookSheet, row_comparison::ExportedRow},
};

/// The folded title of each project, by its code. A project that a row creates is listed by that row.
pub(super) struct ProjectTitles(RefCell<BTreeMap<String, String>>);

impl ProjectTitles {
    pub(super) fn from_workbook(book: &CityWorkbook) -> Self {
        let (code, title) = (
            WorkbookSheet::Projects.find_column_index("code"),
            WorkbookSheet::Projects.find_column_index("title"),
        );
        let text = |row: &ExportedRow, at: Option<usize>| Some(row.get(at?).as_str()?.to_owned());
        let rows = book.rows(WorkbookSheet::Projects).iter();
        let titles =
            rows.filter_map(|row| Some((text(row, code)?, fold_for_search(&text(row, title)?))));
        Self(RefCell::new(titles.collect()))
    }

    pub(super) fn remember_title(&self, project: String, title: Option<String>) {
        self.0.borrow_mut().extend(title.map(|title| (project, title)));
    }

    /// Refuses a second project with the same title. Rows of new projects have no code: a file that is imported twice
    /// would create each of them twice. The fault is reported together with all other faults of the row.
    pub(super) fn check_unique<T>(&self, title: Option<&str>, made: AppResult<T>) -> AppResult<T> {
        let titles = self.0.borrow();
        let twin = titles.iter().find(|(_, known)| Some(known.as_str()) == title);
        let Some((twin, _)) = twin else { return made };
        let mut faults = FaultList::new();
        faults.add("/title", ValueFault::new("duplicate", message::project::title_taken(twin)));
        let mut faults = faults.into_vec();
        match made {
            Ok(_) => {}
            Err(Refusal::Invalid(others)) => faults.extend(others),
            Err(other) => return Err(other),
        }
        Err(faults.into())
    }
}
