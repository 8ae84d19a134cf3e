//! The differences between two versions of a report, with the comments on it.

use actix_web::web::Data;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{HeaderView, PrefillView};
use crate::{
    api::{
        answer::Answer,
        body::Query,
        comments::CommentView,
        error::{ApiError, ApiResult},
        may::May,
        message::parameter,
        state::State,
    },
    app::comments::load_details,
    domain::{
        fault::ValueFault,
        message::{self, Message},
        policy::ReadReportInside,
        project::Header,
        report::{
            ReportContent,
            diff::{self, FieldDiff},
            report_key,
        },
        subject::ReportSubject,
        value::text_enum,
        workflow::TransitionKind,
    },
    store::{
        Conn, Record as _,
        comments::{CommentPage, list},
        journal, releases,
        reports::versions::{self, ReportVersion, ReportVersionContent},
    },
};

mod view;

use view::ComparedVersions;
pub(crate) use view::{DiffView, VersionView};

/// Most comments in one answer.
const COMMENTS_MAX: i64 = 1_000;

text_enum! {
    /// The action from which on a report is compared.
    pub(crate) DiffStart(point_in_report_life) {
        /// The last approval. Before the first approval, that of the latest approved report of an earlier cycle.
        Approved = "approved",
        /// The last return.
        Returned = "returned",
        /// The last submission.
        Submitted = "submitted",
        /// The last release.
        Released = "released",
    }
}

/// The two versions to compare: `since`, or `from` with or without `to`.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct DiffParams {
    /// Compares the version after the last action of this kind with the present version: `approved`, `returned`,
    /// `submitted` or `released`. If the report was never approved, `approved` takes the latest approved report of an
    /// earlier cycle. Cannot be combined with `from` and `to`.
    #[param(value_type = Option<DiffStart>, inline, example = "submitted")]
    pub since: Option<String>,
    /// Number of the earlier version.
    #[param(minimum = 1)]
    pub from: Option<i64>,
    /// Number of the later version; the present version when absent. Needs `from`.
    #[param(minimum = 1)]
    pub to: Option<i64>,
}

#[derive(Debug, Clone, Copy)]
enum DiffRange {
    Since(DiffStart),
    Between(i64, Option<i64>),
}

impl DiffParams {
    fn parse_range(&self) -> ApiResult<DiffRange> {
        let fault = |name: &str, code: &'static str, message: Message| {
            ApiError::invalid_parameter(name, ValueFault::new(code, message))
        };
        match (&self.since, self.from, self.to) {
            (Some(word), None, None) => DiffStart::parse(word)
                .map(DiffRange::Since)
                .map_err(|f| ApiError::invalid_parameter("since", f)),
            (None, Some(from), to) => Ok(DiffRange::Between(from, to)),
            (Some(_), _, _) => Err(fault("since", "exclusive", parameter::since_or_range())),
            (None, None, Some(_)) => Err(fault("from", "required", parameter::to_without_from())),
            (None, None, None) => Err(fault("since", "required", parameter::since_or_from())),
        }
    }
}

/// Compare two versions of a report
///
/// Lists the fields that differ between two versions of the report: texts word by word, lists item by item, each with
/// the comments on that field. The project's record is compared as the two submissions froze it, if both versions have
/// one. For officers of the project's city, the national representative of its country and the secretariat. The answer
/// is 404 if there is no such version, such as `since=returned` for a report that was never returned.
#[utoipa::path(get, path = "/projects/{project}/reports/{cycle}/diff",
    tag = "reports", params(DiffParams), responses((status = 200, body = DiffView)))]
pub(super) async fn get_report_diff(
    may: May<ReadReportInside, Query<DiffParams>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let (subject, range) = (may.proof.into_subject(), may.body.0.parse_range()?);
    let view = state.db.read(move |c| load_diff(c, &subject, range)).await?;
    Answer::from_value(&view)
}

fn load_diff(conn: &mut Conn, subject: &ReportSubject, range: DiffRange) -> ApiResult<DiffView> {
    let report = subject.report.as_ref().ok_or(ApiError::NotFound)?;
    let key = report.key();
    let from = match range {
        DiffRange::Since(since) => find_base_version(conn, subject, &key, since)?,
        DiffRange::Between(from, _) => Some(find_version(conn, &key, from)?),
    };
    let to = match range {
        DiffRange::Between(_, Some(to)) => find_version(conn, &key, to)?,
        DiffRange::Between(_, None) | DiffRange::Since(_) => {
            let row = journal::find_last(conn, crate::domain::report::Report::ENTITY, &key)?;
            row.map(ReportVersion::try_from).transpose()?.ok_or(ApiError::NotFound)?
        }
    };
    let page =
        CommentPage { report: report.id, questions_only: false, after: None, limit: COMMENTS_MAX };
    let (comments, _total) = list(conn, &page)?;
    let comments = load_details(conn, comments)?.into_iter().map(CommentView::from).collect();
    build_diff_view(subject, from, to, comments)
}

/// Finds the version after the last action of a kind; `None` if nothing was ever approved.
fn find_base_version(
    conn: &mut Conn,
    subject: &ReportSubject,
    key: &str,
    since: DiffStart,
) -> ApiResult<Option<ReportVersion>> {
    let (action, never): (_, fn() -> Message) = match since {
        DiffStart::Approved => return Ok(find_approved_version(conn, subject, key)?),
        DiffStart::Returned => (TransitionKind::Return, message::report::never_returned),
        DiffStart::Submitted => (TransitionKind::Submit, message::report::never_submitted),
        DiffStart::Released => return find_released_version(conn, subject, key),
    };
    match versions::find_last_version(conn, key, &[action.as_str()])? {
        Some(past) => Ok(Some(past)),
        None => Err(ApiError::MissingResource(never())),
    }
}

fn find_approved_version(
    conn: &mut Conn,
    subject: &ReportSubject,
    key: &str,
) -> Result<Option<ReportVersion>, crate::store::StoreError> {
    if let Some(past) = versions::find_last_version(conn, key, versions::APPROVALS)? {
        return Ok(Some(past));
    }
    match versions::find_approved_cycle_before(conn, subject.project.id, subject.cycle.as_of)? {
        Some(earlier) => versions::find_last_version(
            conn,
            &report_key(&subject.project.code, &earlier),
            versions::APPROVALS,
        ),
        None => Ok(None),
    }
}

/// Finds the version that the latest release with the report contains.
fn find_released_version(
    conn: &mut Conn,
    subject: &ReportSubject,
    key: &str,
) -> ApiResult<Option<ReportVersion>> {
    let never = || ApiError::MissingResource(message::report::in_no_release());
    let report = subject.report.as_ref().ok_or_else(never)?;
    let seq = releases::find_journal_seq(conn, report.id)?.ok_or_else(never)?;
    let past = versions::find_last_version_until(conn, key, versions::APPROVALS, seq)?;
    past.map(Some).ok_or_else(never)
}

fn find_version(conn: &mut Conn, key: &str, version: i64) -> ApiResult<ReportVersion> {
    versions::find_version(conn, key, version)?
        .ok_or_else(|| ApiError::MissingResource(message::report::no_version(version)))
}

fn build_diff_view(
    subject: &ReportSubject,
    from: Option<ReportVersion>,
    to: ReportVersion,
    comments: Vec<CommentView>,
) -> ApiResult<DiffView> {
    let (before, from) = match from {
        Some(past) => {
            let (version, content) = split_version(past)?;
            (Some(content), Some(version))
        }
        None => (None, None),
    };
    let (to, after) = split_version(to)?;
    let fields = compare_versions(before.as_ref(), &after)?;
    Ok(DiffView::new(subject, ComparedVersions { from, to }, fields, comments))
}

fn split_version(past: ReportVersion) -> ApiResult<(VersionView, ReportVersionContent)> {
    let ReportVersion { version, at, action, content } = past;
    let gone = || ApiError::MissingResource(message::report::version_dropped(version));
    let content = content.ok_or_else(gone)?;
    Ok((VersionView { cycle: content.cycle.to_string(), version, at, action }, content))
}

fn compare_versions(
    before: Option<&ReportVersionContent>,
    after: &ReportVersionContent,
) -> ApiResult<Vec<FieldDiff>> {
    let nothing = ReportContent::default();
    let from = content_to_json(before.map_or(&nothing, |version| &version.content))?;
    let mut fields =
        diff::compare_fields("", diff::REPORT, &from, &content_to_json(&after.content)?);
    if let (Some(from), Some(to)) =
        (before.and_then(|version| version.header.as_ref()), &after.header)
    {
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
