//! The table `documents`, and the tables of the terms in them. Other rows refer to the terms, so the tables of terms
//! are updated in the same transaction as a document.

use diesel::prelude::*;

use super::super::{
    Conn, JournaledRecord, StoreError, StoreResult,
    conn::on,
    json,
    record::StoredRows,
    schema::{documents, focus_areas, sub_areas, terms},
    tx::{AuditedRecord, audit_rows, impl_record},
};
use crate::domain::reference::{ReferenceDocument, TermKind, Vocabulary, VocabularyTerm};

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = documents, treat_none_as_null = true)]
struct DocumentRow {
    kind: String,
    document: String,
    version: i64,
}

impl TryFrom<&ReferenceDocument> for DocumentRow {
    type Error = StoreError;
    fn try_from(d: &ReferenceDocument) -> StoreResult<Self> {
        Ok(Self { kind: d.kind.clone(), document: json::write(&d.document)?, version: d.version })
    }
}
impl TryFrom<DocumentRow> for ReferenceDocument {
    type Error = StoreError;
    fn try_from(r: DocumentRow) -> StoreResult<Self> {
        Ok(Self { kind: r.kind, document: json::read(&r.document)?, version: r.version })
    }
}
impl_record!(ReferenceDocument, "document", public, |d| d.kind.clone());

impl StoredRows for ReferenceDocument {
    fn insert(&self, conn: &mut Conn) -> StoreResult<()> {
        let row = DocumentRow::try_from(self)?;
        on!(conn, |c, DB| diesel::insert_into(documents::table).values(&row).execute(c))?;
        rewrite_words(conn)
    }
    fn replace(&self, conn: &mut Conn, before: i64) -> StoreResult<bool> {
        let row = DocumentRow::try_from(self)?;
        let n = on!(conn, |c, DB| diesel::update(documents::table.find(&self.kind))
            .filter(documents::version.eq(before))
            .set(&row)
            .execute(c))?;
        rewrite_words(conn)?;
        Ok(n == 1)
    }
    fn delete(&self, conn: &mut Conn) -> StoreResult<bool> {
        let n = on!(conn, |c, DB| diesel::delete(documents::table.find(&self.kind))
            .filter(documents::version.eq(self.version))
            .execute(c))?;
        rewrite_words(conn)?;
        Ok(n == 1)
    }
}
impl JournaledRecord for ReferenceDocument {
    fn load_all(conn: &mut Conn) -> StoreResult<Vec<Self>> {
        list_documents(conn)
    }
    fn load_audited(conn: &mut Conn) -> StoreResult<Vec<AuditedRecord<Self>>> {
        let rows: Vec<DocumentRow> =
            on!(conn, |c, DB| documents::table.select(DocumentRow::as_select()).load(c))?;
        Ok(audit_rows(rows, |record| DocumentRow::try_from(record)))
    }
}

/// Finds a document by its kind.
///
/// # Errors
/// Returns an error if the database fails.
pub fn find_document(conn: &mut Conn, kind: &str) -> StoreResult<Option<ReferenceDocument>> {
    let row: Option<DocumentRow> = on!(conn, |c, DB| documents::table
        .find(kind)
        .select(DocumentRow::as_select())
        .get_result(c)
        .optional())?;
    row.map(ReferenceDocument::try_from).transpose()
}

/// Lists all documents, ordered by kind.
///
/// # Errors
/// Returns an error if the database fails.
pub fn list_documents(conn: &mut Conn) -> StoreResult<Vec<ReferenceDocument>> {
    let rows: Vec<DocumentRow> = on!(conn, |c, DB| documents::table
        .order(documents::kind)
        .select(DocumentRow::as_select())
        .load(c))?;
    rows.into_iter().map(ReferenceDocument::try_from).collect()
}

/// Returns the vocabulary of all documents.
///
/// # Errors
/// Returns an error if the database fails.
pub fn load_vocabulary(conn: &mut Conn) -> StoreResult<Vocabulary> {
    Ok(Vocabulary::from_documents(&list_documents(conn)?))
}

#[derive(Debug, Insertable, AsChangeset)]
#[diesel(table_name = focus_areas)]
struct FocusAreaRow {
    slug: String,
    framework: String,
    position: i64,
}

#[derive(Debug, Insertable, AsChangeset)]
#[diesel(table_name = sub_areas)]
struct SubAreaRow {
    slug: String,
    focus_area: String,
    position: i64,
}

#[derive(Debug, Insertable)]
#[diesel(table_name = terms)]
struct TermRow {
    kind: &'static str,
    slug: String,
    position: i64,
}

fn with_positions(terms: &[VocabularyTerm]) -> impl Iterator<Item = (i64, &VocabularyTerm)> {
    (0..).zip(terms)
}

/// Updates the tables of terms from the documents. A term that a project uses cannot be removed: the foreign key
/// refuses the change of the document.
fn rewrite_words(conn: &mut Conn) -> StoreResult<()> {
    let documents = list_documents(conn)?;
    let words = Vocabulary::from_documents(&documents);
    let mut areas = Vec::new();
    for document in &documents {
        let Some(framework) = document.kind.strip_prefix("framework/") else { continue };
        let own = Vocabulary::from_documents(std::slice::from_ref(document)).focus_areas;
        areas.extend(own.into_iter().map(|t| (framework.to_owned(), t)));
    }
    let areas: Vec<FocusAreaRow> = (0..)
        .zip(areas)
        .map(|(position, (framework, t))| FocusAreaRow { slug: t.slug, framework, position })
        .collect();
    let subs: Vec<SubAreaRow> = with_positions(&words.sub_areas)
        .map(|(position, t)| SubAreaRow {
            slug: t.slug.clone(),
            focus_area: t.parent.clone().unwrap_or_default(),
            position,
        })
        .collect();
    rewrite_areas(conn, &areas, &subs)?;
    rewrite_terms(conn, &words)
}

fn rewrite_areas(conn: &mut Conn, areas: &[FocusAreaRow], subs: &[SubAreaRow]) -> StoreResult<()> {
    // Rows that stay are updated and not replaced, because other rows refer to them.
    for row in areas {
        on!(conn, |c, DB| diesel::insert_into(focus_areas::table)
            .values(row)
            .on_conflict(focus_areas::slug)
            .do_update()
            .set(row)
            .execute(c))?;
    }
    for row in subs {
        on!(conn, |c, DB| diesel::insert_into(sub_areas::table)
            .values(row)
            .on_conflict(sub_areas::slug)
            .do_update()
            .set(row)
            .execute(c))?;
    }
    let areas: Vec<&str> = areas.iter().map(|r| r.slug.as_str()).collect();
    let subs: Vec<&str> = subs.iter().map(|r| r.slug.as_str()).collect();
    on!(conn, |c, DB| diesel::delete(sub_areas::table.filter(sub_areas::slug.ne_all(&subs)))
        .execute(c))?;
    on!(conn, |c, DB| diesel::delete(focus_areas::table.filter(focus_areas::slug.ne_all(&areas)))
        .execute(c))?;
    Ok(())
}

fn rewrite_terms(conn: &mut Conn, words: &Vocabulary) -> StoreResult<()> {
    let rows: Vec<TermRow> = TermKind::ALL
        .iter()
        .flat_map(|kind| {
            with_positions(words.list_terms(*kind)).map(|(position, t)| TermRow {
                kind: kind.as_str(),
                slug: t.slug.clone(),
                position,
            })
        })
        .collect();
    on!(conn, |c, DB| diesel::delete(terms::table).execute(c))?;
    on!(conn, |c, DB| diesel::insert_into(terms::table).values(&rows).execute(c))?;
    Ok(())
}
