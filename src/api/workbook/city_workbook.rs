//! The rows of a city's workbook: the projects and reports that the caller reads, in the form in which they are typed.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use crate::{
    api::{
        error::{ApiError, ApiResult},
        parts::{IndicatorView, MilestoneView, PartnershipView},
        projects::ProjectView,
        reports::PrefillView,
    },
    domain::{
        id::Id,
        journal::to_hex,
        policy::Actor,
        project::Project,
        project_parts::{Indicator, Milestone, Partnership},
        report::Report,
        subject::{CityCycleSubject, ProjectSubject},
        value::Slug,
    },
    sheets::{Sheet, row_comparison::ExportedRow},
    store::{Conn, parts, projects, reports},
};

/// The content of a report as `PUT` accepts it, and its version.
pub(in crate::api) struct VersionedReportBody {
    pub(in crate::api) version: i64,
    pub(in crate::api) body: Map<String, Value>,
}

pub(in crate::api) struct CityWorkbook {
    tables: Vec<(Sheet, Vec<ExportedRow>)>,
    /// The content of each project's report, by the code of the project.
    pub(in crate::api) reports: HashMap<String, VersionedReportBody>,
    pub(in crate::api) projects: Vec<String>,
}

struct ProjectRecords {
    project: Project,
    milestones: Vec<Milestone>,
    indicators: Vec<Indicator>,
    partnerships: Vec<Partnership>,
    report: Option<Report>,
}

impl CityWorkbook {
    /// Returns a digest of all rows. It changes if any of the records changes.
    pub(in crate::api) fn compute_digest(&self) -> Result<String, serde_json::Error> {
        let mut digest = Sha256::new();
        for (sheet, rows) in &self.tables {
            digest.update(sheet.as_str());
            for row in rows {
                digest.update(serde_json::to_vec(&row.values().collect::<Vec<_>>())?);
            }
        }
        Ok(to_hex(&digest.finalize()))
    }

    /// Loads the records that the actor reads. A draft that was never submitted is loaded for officers of its city
    /// only.
    pub(in crate::api) fn load_for_city(
        conn: &mut Conn,
        actor: &Actor,
        subject: &CityCycleSubject,
    ) -> ApiResult<Self> {
        let (city, cycle): (&Slug, &Slug) = (&subject.city.slug, &subject.cycle.slug);
        let drafts = actor.visible_rows().drafts.covers_city(subject.city.country, city);
        let mut by_project: HashMap<Id<Project>, Report> =
            reports::list_for_city(conn, city, cycle)?
                .into_iter()
                .filter(|r| drafts || r.ever_submitted)
                .map(|r| (r.project, r))
                .collect();
        let tables = Sheet::ALL.iter().map(|s| (*s, Vec::new())).collect();
        let mut book = Self { tables, reports: HashMap::new(), projects: Vec::new() };
        for project in projects::list_for_city(conn, city, &subject.cycle.plan_cycle)? {
            let records = ProjectRecords {
                milestones: parts::list_milestones(conn, project.id)?,
                indicators: parts::list_indicators(conn, project.id)?,
                partnerships: parts::list_partnerships(conn, project.id)?,
                report: by_project.remove(&project.id),
                project,
            };
            book.add_project(records, actor)?;
        }
        Ok(book)
    }

    pub(in crate::api) fn tables(&self) -> &[(Sheet, Vec<ExportedRow>)] {
        &self.tables
    }

    pub(in crate::api) fn rows(&self, sheet: Sheet) -> &[ExportedRow] {
        self.tables
            .iter()
            .find(|(s, _)| *s == sheet)
            .map(|(_, rows)| rows.as_slice())
            .unwrap_or_default()
    }

    fn push_row(&mut self, sheet: Sheet, record: &Value) {
        if let Some((_, rows)) = self.tables.iter_mut().find(|(s, _)| *s == sheet) {
            rows.push(ExportedRow::from_record(sheet, record));
        }
    }

    fn add_project(&mut self, records: ProjectRecords, actor: &Actor) -> ApiResult<()> {
        let ProjectRecords { project, milestones, indicators, partnerships, report } = records;
        let (code, title) = (project.code.to_string(), project.details.title.to_string());
        let report_body = report.as_ref().map(to_versioned_body).transpose()?;
        let mut record = report_body.as_ref().map(|s| s.body.clone()).unwrap_or_default();
        let version = report_body.as_ref().map(|s| s.version);
        record.insert("project".into(), json!(code));
        record.insert("project_title".into(), json!(title));
        record.insert("state".into(), json!(report.as_ref().map(|r| r.state)));
        record.insert("version".into(), json!(version));
        let record = Value::Object(record);
        self.push_row(Sheet::Reports, &record);
        self.push_completions(&record, &milestones);
        self.push_values(&record, &indicators);
        self.push_evidence(&record);
        self.push_parts(Sheet::Milestones, &code, milestones.into_iter().map(MilestoneView::from))?;
        self.push_parts(Sheet::Indicators, &code, indicators.into_iter().map(IndicatorView::from))?;
        self.push_parts(
            Sheet::Partnerships,
            &code,
            partnerships.into_iter().map(PartnershipView::from),
        )?;
        let subject = ProjectSubject { project, approved: None };
        let view = to_json(&ProjectView::new(&subject, actor, None))?;
        self.push_row(Sheet::Projects, &Value::Object(view));
        if let Some(report_body) = report_body {
            self.reports.insert(code.clone(), report_body);
        }
        self.projects.push(code);
        Ok(())
    }

    fn push_parts<V: Serialize>(
        &mut self,
        sheet: Sheet,
        project: &str,
        views: impl Iterator<Item = V>,
    ) -> ApiResult<()> {
        for view in views {
            let mut record = to_json(&view)?;
            record.insert("project".into(), json!(project));
            self.push_row(sheet, &Value::Object(record));
        }
        Ok(())
    }

    /// Adds one row for each milestone, reached or not.
    fn push_completions(&mut self, report: &Value, milestones: &[Milestone]) {
        for milestone in milestones {
            let id = json!(milestone.id.as_uuid());
            let done = list_items(report, "milestones").find(|item| item["milestone_id"] == id);
            let completed_on = done.map_or(Value::Null, |item| item["completed_on"].clone());
            let record = json!({
                "project": report["project"], "version": report["version"], "milestone": id,
                "milestone_title": milestone.title.as_str(), "completed_on": completed_on,
            });
            self.push_row(Sheet::Completions, &record);
        }
    }

    /// Adds one row for each value, and one empty row for the next value of each indicator.
    fn push_values(&mut self, report: &Value, indicators: &[Indicator]) {
        for indicator in indicators {
            let id = json!(indicator.id.as_uuid());
            let row = |entry: Option<usize>, item: &Value| {
                json!({
                    "project": report["project"], "version": report["version"], "indicator": id,
                    "indicator_name": indicator.name.as_str(), "entry": entry,
                    "value": item["value"], "measured_on": item["measured_on"],
                })
            };
            let stated = (1..).zip(list_items(report, "indicator_values"));
            let own = stated.filter(|(_, item)| item["indicator_id"] == id);
            let mut rows: Vec<Value> = own.map(|(entry, item)| row(Some(entry), item)).collect();
            rows.push(row(None, &Value::Null));
            for record in &rows {
                self.push_row(Sheet::Values, record);
            }
        }
    }

    fn push_evidence(&mut self, report: &Value) {
        let row = |(entry, item): (usize, &Value)| {
            json!({
                "project": report["project"], "version": report["version"], "entry": entry,
                "title": item["title"], "url": item["url"],
            })
        };
        let rows: Vec<Value> = (1..).zip(list_items(report, "evidence")).map(row).collect();
        for record in &rows {
            self.push_row(Sheet::Evidence, record);
        }
    }
}

fn list_items<'r>(report: &'r Value, list: &str) -> impl Iterator<Item = &'r Value> {
    report.get(list).and_then(Value::as_array).into_iter().flatten()
}

fn to_versioned_body(report: &Report) -> ApiResult<VersionedReportBody> {
    Ok(VersionedReportBody {
        version: report.version,
        body: to_json(&PrefillView::from(&report.content))?,
    })
}

fn to_json<T: Serialize>(view: &T) -> ApiResult<Map<String, Value>> {
    match serde_json::to_value(view).map_err(|e| ApiError::Internal(Box::new(e)))? {
        Value::Object(record) => Ok(record),
        _ => Err(ApiError::Internal("a record that is no object".into())),
    }
}
