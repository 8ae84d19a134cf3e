//! What became another in a report between two of its versions, with the comments on it.

use actix_web::{get, web::Data};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{HeaderView, PrefillView};
use crate::{
    api::{
        answer::Answer,
        body::Query,
        comments::{self, CommentView},
        error::{ApiError, ApiResult, Fault},
        may::May,
        state::State,
    },
    domain::{
        policy::ReadReportInside,
        project::Header,
        report::{
            Content,
            diff::{self, FieldDiff},
            report_key,
        },
        subject::ReportSubject,
        value::words,
        workflow::Transition,
    },
    store::{
        Conn, Record as _,
        comments::list,
        journal, releases,
        reports::past::{self, Past, Said},
    },
};

mod view;

pub use view::{DiffView, FieldDiffView, ItemDiffView, VersionView, WordsView};

/// Most comments that are shown with a difference.
const COMMENTS_MAX: i64 = 1_000;

words! {
    /// Since when.
    Since("point in a report's life") {
        /// The last approval; before the first, that of the latest report of an earlier cycle.
        Approved = "approved",
        /// The last return.
        Returned = "returned",
        /// The last submission.
        Submitted = "submitted",
        /// The last release.
        Released = "released",
    }
}

/// Between which versions: `since`, or `from` with or without `to`.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub struct DiffParams {
    /// From the version that the last act of this kind left, to the present one: `approved`, `returned`, `submitted`,
    /// `released`. `approved` falls back on the latest approved report of an earlier cycle.
    #[param(example = "submitted")]
    pub since: Option<String>,
    /// From this version of the report.
    #[param(minimum = 1)]
    pub from: Option<i64>,
    /// To this one; the present one when absent.
    #[param(minimum = 1)]
    pub to: Option<i64>,
}

/// Which two versions are meant.
#[derive(Debug, Clone, Copy)]
enum Span {
    Since(Since),
    Between(i64, Option<i64>),
}

impl DiffParams {
    fn span(&self) -> ApiResult<Span> {
        let fault = |name: &str, code: &str, detail: &str| {
            ApiError::malformed(Fault::parameter(name, code, detail))
        };
        match (&self.since, self.from, self.to) {
            (Some(word), None, None) => {
                Since::parse(word).map(Span::Since).map_err(|f| ApiError::parameter("since", f))
            }
            (None, Some(from), to) => Ok(Span::Between(from, to)),
            (Some(_), _, _) => {
                Err(fault("since", "exclusive", "either since or from and to are expected"))
            }
            (None, None, Some(_)) => Err(fault("from", "required", "to is given without from")),
            (None, None, None) => Err(fault("since", "required", "since or from is required")),
        }
    }
}

/// Read what changed in a report
///
/// Between two of its versions, field by field: texts by words, lists by item, each with the comments on that field. Of the
/// project's record what its two submissions froze is compared, where both versions have one. For the report's city, its
/// representative and the secretariat.
#[utoipa::path(tag = "reports", params(DiffParams), responses((status = 200, body = DiffView)))]
#[get("/projects/{project}/reports/{cycle}/diff")]
pub(super) async fn get_report_diff(
    may: May<ReadReportInside, Query<DiffParams>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let (on, span) = (may.proof.into_on(), may.body.0.span()?);
    let view = state.db.read(move |c| read(c, &on, span)).await?;
    Answer::of(&view)
}

fn read(conn: &mut Conn, on: &ReportSubject, span: Span) -> ApiResult<DiffView> {
    let report = on.report.as_ref().ok_or(ApiError::NotFound)?;
    let key = report.key();
    let from = match span {
        Span::Since(since) => since_when(conn, on, &key, since)?,
        Span::Between(from, _) => Some(numbered(conn, &key, from)?),
    };
    let to = match span {
        Span::Between(_, Some(to)) => numbered(conn, &key, to)?,
        Span::Between(_, None) | Span::Since(_) => {
            let row = journal::last_of(conn, crate::domain::report::Report::ENTITY, &key)?;
            row.map(Past::try_from).transpose()?.ok_or(ApiError::NotFound)?
        }
    };
    let (comments, _total) = list(conn, report.id, None, COMMENTS_MAX)?;
    let comments = comments::show(conn, comments)?;
    show(on, from, to, comments)
}

/// Finds the version that the last act of a kind left; none where nothing was ever approved.
fn since_when(
    conn: &mut Conn,
    on: &ReportSubject,
    key: &str,
    since: Since,
) -> ApiResult<Option<Past>> {
    let (action, never) = match since {
        Since::Approved => return Ok(approved(conn, on, key)?),
        Since::Returned => (Transition::Return, "the report was never returned"),
        Since::Submitted => (Transition::Submit, "the report was never submitted"),
        Since::Released => return released(conn, on, key),
    };
    match past::last(conn, key, &[action.as_str()])? {
        Some(past) => Ok(Some(past)),
        None => Err(ApiError::Absent(never.into())),
    }
}

fn approved(
    conn: &mut Conn,
    on: &ReportSubject,
    key: &str,
) -> Result<Option<Past>, crate::store::StoreError> {
    if let Some(past) = past::last(conn, key, past::APPROVALS)? {
        return Ok(Some(past));
    }
    match past::approved_before(conn, on.project.id, on.cycle.as_of)? {
        Some(earlier) => past::last(conn, &report_key(&on.project.code, &earlier), past::APPROVALS),
        None => Ok(None),
    }
}

/// Finds the version that the latest release with the report holds.
fn released(conn: &mut Conn, on: &ReportSubject, key: &str) -> ApiResult<Option<Past>> {
    let never = || ApiError::Absent("the report is in no release".into());
    let report = on.report.as_ref().ok_or_else(never)?;
    let seq = releases::rests_on(conn, report.id)?.ok_or_else(never)?;
    let past = past::last_by(conn, key, past::APPROVALS, seq)?;
    past.map(Some).ok_or_else(never)
}

fn numbered(conn: &mut Conn, key: &str, version: i64) -> ApiResult<Past> {
    past::at_version(conn, key, version)?
        .ok_or_else(|| ApiError::Absent(format!("the report has no version {version}")))
}

fn show(
    on: &ReportSubject,
    from: Option<Past>,
    to: Past,
    comments: Vec<CommentView>,
) -> ApiResult<DiffView> {
    let (before, from) = match from {
        Some(past) => {
            let (version, said) = opened(past)?;
            (Some(said), Some(version))
        }
        None => (None, None),
    };
    let (to, after) = opened(to)?;
    let fields = compare(before.as_ref(), &after)?;
    Ok(DiffView::new((&on.project.code, &on.cycle.slug), (from, to), fields, comments))
}

/// Splits a version into what is shown of it and what it said.
fn opened(past: Past) -> ApiResult<(VersionView, Said)> {
    let Past { version, at, action, said } = past;
    let gone = || ApiError::Absent(format!("what version {version} said is no longer kept"));
    let said = said.ok_or_else(gone)?;
    Ok((VersionView { cycle: said.cycle.to_string(), version, at, action }, said))
}

fn compare(before: Option<&Said>, after: &Said) -> ApiResult<Vec<FieldDiff>> {
    let nothing = Content::default();
    let from = content(before.map_or(&nothing, |said| &said.content))?;
    let mut fields = diff::compare("", diff::REPORT, &from, &content(&after.content)?);
    if let (Some(from), Some(to)) = (before.and_then(|said| said.header.as_ref()), &after.header) {
        fields.extend(diff::compare("/header", diff::HEADER, &header(from)?, &header(to)?));
    }
    Ok(fields)
}

fn content(content: &Content) -> ApiResult<serde_json::Value> {
    serde_json::to_value(PrefillView::from(content)).map_err(|e| ApiError::Internal(Box::new(e)))
}

fn header(header: &Header) -> ApiResult<serde_json::Value> {
    serde_json::to_value(HeaderView::from(header)).map_err(|e| ApiError::Internal(Box::new(e)))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::domain::testing;

    fn names(fields: &[diff::Field]) -> BTreeSet<String> {
        fields.iter().map(|(name, _)| (*name).to_owned()).collect()
    }

    fn members(object: &serde_json::Value) -> BTreeSet<String> {
        object.as_object().unwrap().keys().cloned().collect()
    }

    #[test]
    fn no_field_is_forgotten() {
        assert_eq!(names(diff::REPORT), members(&content(&Content::default()).unwrap()));
        assert_eq!(names(diff::HEADER), members(&header(&testing::header()).unwrap()));
    }
}
