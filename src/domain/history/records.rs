//! Builds the records of a planned project. The caller provides the identifiers and the time.

use chrono::{DateTime, Utc};

use super::{PlannedPartner, PlannedProject, PlannedReport};
use crate::domain::{
    id::Id,
    project::{Header, Project, ProjectCode, ProjectDetails},
    project_parts::Partnership,
    report::{ApprovedReport, Report, ReportContent, ReportState},
};

impl PlannedProject {
    /// Builds the project with a number within its city.
    #[must_use]
    pub fn to_project(&self, id: Id<Project>, number: i64, at: DateTime<Utc>) -> Project {
        Project {
            id,
            code: ProjectCode::new(self.city.clone(), number),
            city: self.city.clone(),
            country: self.country,
            plan_cycle: self.plan_cycle.clone(),
            details: self.details.clone(),
            imported: Some(self.imported.clone()),
            import_key: Some(self.import_key.clone()),
            created_at: at,
            updated_at: at,
            version: 1,
        }
    }

    /// Freezes the header of a report, with the title and the focus area of the report's own cycle. The sub-area is
    /// kept only if the focus area is the same.
    #[must_use]
    pub fn freeze_header(
        &self,
        project: &Project,
        partnerships: &[Partnership],
        report: &PlannedReport,
    ) -> Header {
        let same_area = report.focus_area == self.details.focus_area;
        Header {
            code: project.code.clone(),
            city: project.city.clone(),
            country: project.country,
            plan_cycle: project.plan_cycle.clone(),
            details: ProjectDetails {
                title: report.title.clone(),
                focus_area: report.focus_area.clone(),
                sub_area: self.details.sub_area.clone().filter(|_| same_area),
                ..self.details.clone()
            },
            imported: Some(self.imported.clone()),
            milestones: Vec::new(),
            indicators: Vec::new(),
            partnerships: partnerships.to_vec(),
            project_version: project.version,
        }
    }
}

impl PlannedPartner {
    /// Builds the partnership of a project.
    #[must_use]
    pub fn to_partnership(&self, id: Id<Partnership>, project: &Project) -> Partnership {
        Partnership {
            id,
            project: project.id,
            code: project.code.clone(),
            partner: self.partner.clone(),
            as_stated: self.as_stated.clone(),
            role: self.role,
            stage: self.stage,
            amount: None,
            note: Some(self.note.clone()),
            version: 1,
        }
    }
}

impl PlannedReport {
    /// Builds the report in the state approved, without authors and times.
    #[must_use]
    pub fn to_report(&self, id: Id<Report>, project: &Project, header: Header) -> Report {
        Report {
            id,
            project: project.id,
            code: project.code.clone(),
            cycle: self.cycle.slug.clone(),
            country: project.country,
            state: ReportState::Approved,
            content: ReportContent { status: Some(self.status), ..ReportContent::default() },
            header: Some(header),
            ever_submitted: true,
            edited: None,
            submitted: None,
            first_submission: None,
            decided: None,
            imported: Some(self.imported.clone()),
            version: 1,
        }
    }

    /// Builds the approved copy of the report.
    #[must_use]
    pub fn to_approved_report(
        &self,
        report: &Report,
        header: Header,
        at: DateTime<Utc>,
    ) -> ApprovedReport {
        ApprovedReport {
            report: report.id,
            project: report.project,
            code: report.code.clone(),
            country: report.country,
            cycle: report.cycle.clone(),
            as_of: self.cycle.as_of,
            content: report.content.clone(),
            header: header.into_approved_copy(1),
            imported: report.imported.clone(),
            submitted_at: None,
            late: None,
            decided_at: None,
            updated_at: at,
            version: 1,
        }
    }
}
