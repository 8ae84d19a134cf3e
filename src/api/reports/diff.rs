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
        error::{ApiError, ApiResult, RequestFault},
        may::May,
        state::State,
    },
    domain::{
        policy::ReadReportInside,
        project::Header,
        report::{
            ReportContent,
            diff::{self, FieldDiff},
            report_key,
        },
        subject::ReportSubject,
        value::words,
        workflow::TransitionKind,
    },
    store::{
        Conn, Record as _,
        comments::list,
        journal, releases,
        reports::versions::{self, ReportVersion, ReportVersionContent},
    },
};

mod view;

pub(crate) use view::{DiffView, VersionView};

/// Most comments that are shown with a difference.
const COMMENTS_MAX: i64 = 1_000;

words! {
    /// Since when.
    pub(crate) Since("point in a report's life") {
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
pub(crate) struct DiffParams {
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
enum DiffRange {
    Since(Since),
    Between(i64, Option<i64>),
}

impl DiffParams {
    fn parse_range(&self) -> ApiResult<DiffRange> {
        let fault = |name: &str, code: &str, detail: &str| {
            ApiError::malformed(RequestFault::at_parameter(name, code, detail))
        };
        match (&self.since, self.from, self.to) {
            (Some(word), None, None) => Since::parse(word)
                .map(DiffRange::Since)
                .map_err(|f| ApiError::invalid_parameter("since", f)),
            (None, Some(from), to) => Ok(DiffRange::Between(from, to)),
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
    let (on, span) = (may.proof.into_subject(), may.body.0.parse_range()?);
    let view = state.db.read(move |c| load_diff(c, &on, span)).await?;
    Answer::from_value(&view)
}

fn load_diff(conn: &mut Conn, on: &ReportSubject, span: DiffRange) -> ApiResult<DiffView> {
    let report = on.report.as_ref().ok_or(ApiError::NotFound)?;
    let key = report.key();
    let from = match span {
        DiffRange::Since(since) => find_base_version(conn, on, &key, since)?,
        DiffRange::Between(from, _) => Some(find_version(conn, &key, from)?),
    };
    let to = match span {
        DiffRange::Between(_, Some(to)) => find_version(conn, &key, to)?,
        DiffRange::Between(_, None) | DiffRange::Since(_) => {
            let row = journal::find_last(conn, crate::domain::report::Report::ENTITY, &key)?;
            row.map(ReportVersion::try_from).transpose()?.ok_or(ApiError::NotFound)?
        }
    };
    let (comments, _total) = list(conn, report.id, None, COMMENTS_MAX)?;
    let comments = comments::load_views(conn, comments)?;
    build_diff_view(on, from, to, comments)
}

/// Finds the version that the last act of a kind left; none where nothing was ever approved.
fn find_base_version(
    conn: &mut Conn,
    on: &ReportSubject,
    key: &str,
    since: Since,
) -> ApiResult<Option<ReportVersion>> {
    let (action, never) = match since {
        Since::Approved => return Ok(find_approved_version(conn, on, key)?),
        Since::Returned => (TransitionKind::Return, "the report was never returned"),
        Since::Submitted => (TransitionKind::Submit, "the report was never submitted"),
        Since::Released => return find_released_version(conn, on, key),
    };
    match versions::find_last_version(conn, key, &[action.as_str()])? {
        Some(past) => Ok(Some(past)),
        None => Err(ApiError::MissingResource(never.into())),
    }
}

fn find_approved_version(
    conn: &mut Conn,
    on: &ReportSubject,
    key: &str,
) -> Result<Option<ReportVersion>, crate::store::StoreError> {
    if let Some(past) = versions::find_last_version(conn, key, versions::APPROVALS)? {
        return Ok(Some(past));
    }
    match versions::find_approved_cycle_before(conn, on.project.id, on.cycle.as_of)? {
        Some(earlier) => versions::find_last_version(
            conn,
            &report_key(&on.project.code, &earlier),
            versions::APPROVALS,
        ),
        None => Ok(None),
    }
}

/// Finds the version that the latest release with the report holds.
fn find_released_version(
    conn: &mut Conn,
    on: &ReportSubject,
    key: &str,
) -> ApiResult<Option<ReportVersion>> {
    let never = || ApiError::MissingResource("the report is in no release".into());
    let report = on.report.as_ref().ok_or_else(never)?;
    let seq = releases::find_journal_seq(conn, report.id)?.ok_or_else(never)?;
    let past = versions::find_last_version_until(conn, key, versions::APPROVALS, seq)?;
    past.map(Some).ok_or_else(never)
}

fn find_version(conn: &mut Conn, key: &str, version: i64) -> ApiResult<ReportVersion> {
    versions::find_version(conn, key, version)?
        .ok_or_else(|| ApiError::MissingResource(format!("the report has no version {version}")))
}

fn build_diff_view(
    on: &ReportSubject,
    from: Option<ReportVersion>,
    to: ReportVersion,
    comments: Vec<CommentView>,
) -> ApiResult<DiffView> {
    let (before, from) = match from {
        Some(past) => {
            let (version, said) = split_version(past)?;
            (Some(said), Some(version))
        }
        None => (None, None),
    };
    let (to, after) = split_version(to)?;
    let fields = compare_versions(before.as_ref(), &after)?;
    Ok(DiffView::new((&on.project.code, &on.cycle.slug), (from, to), fields, comments))
}

/// Splits a version into what is shown of it and what it said.
fn split_version(past: ReportVersion) -> ApiResult<(VersionView, ReportVersionContent)> {
    let ReportVersion { version, at, action, said } = past;
    let gone =
        || ApiError::MissingResource(format!("what version {version} said is no longer kept"));
    let said = said.ok_or_else(gone)?;
    Ok((VersionView { cycle: said.cycle.to_string(), version, at, action }, said))
}

fn compare_versions(
    before: Option<&ReportVersionContent>,
    after: &ReportVersionContent,
) -> ApiResult<Vec<FieldDiff>> {
    let nothing = ReportContent::default();
    let from = content_to_json(before.map_or(&nothing, |said| &said.content))?;
    let mut fields =
        diff::compare_fields("", diff::REPORT, &from, &content_to_json(&after.content)?);
    if let (Some(from), Some(to)) = (before.and_then(|said| said.header.as_ref()), &after.header) {
        fields.extend(diff::compare_fields(
            "/header",
            diff::HEADER,
            &header_to_json(from)?,
            &header_to_json(to)?,
        ));
    }
    Ok(fields)
}

fn content_to_json(content: &ReportContent) -> ApiResult<serde_json::Value> {
    serde_json::to_value(PrefillView::from(content)).map_err(|e| ApiError::Internal(Box::new(e)))
}

fn header_to_json(header: &Header) -> ApiResult<serde_json::Value> {
    serde_json::to_value(HeaderView::from(header)).map_err(|e| ApiError::Internal(Box::new(e)))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::domain::testing;

    fn names(fields: &[diff::ComparedField]) -> BTreeSet<String> {
        fields.iter().map(|(name, _)| (*name).to_owned()).collect()
    }

    fn members(object: &serde_json::Value) -> BTreeSet<String> {
        object.as_object().unwrap().keys().cloned().collect()
    }

    #[test]
    fn no_field_is_forgotten() {
        assert_eq!(
            names(diff::REPORT),
            members(&content_to_json(&ReportContent::default()).unwrap())
        );
        assert_eq!(names(diff::HEADER), members(&header_to_json(&testing::header()).unwrap()));
    }
}
