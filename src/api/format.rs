//! The format of an answer. The parameter `format` has priority over the `Accept` header; JSON is the default.

use std::io;

use actix_web::{HttpRequest, http::header};
use serde::Serialize;

use super::{
    answer::Answer,
    closed_list::define_closed_list,
    error::{ApiError, ApiResult},
    message::parameter,
    spool_buffer::SpoolBuffer,
};
use crate::{
    domain::{
        fault::ValueFault,
        message::thing,
        quality::{Quality, parse_weighted_names},
        value::text_enum,
    },
    sheets::flat::{self, FlatTable},
};

text_enum! {
    /// The format of an answer.
    pub AnswerFormat(file_format) {
        /// `application/json`.
        Json = "json",
        /// Comma-separated values (RFC 4180): the whole list, without pages.
        Csv = "csv",
        /// An Excel workbook: the whole list, without pages.
        Xlsx = "xlsx",
        /// JSON lines, one object a line: the whole list, without pages.
        Lines = "jsonl",
        /// `GeoJSON` (RFC 7946): points for a map.
        GeoJson = "geojson",
        /// A ZIP archive with everything.
        Zip = "zip",
    }
}

impl AnswerFormat {
    /// Returns the media types that request this format. The answer has the first of them.
    #[must_use]
    pub(crate) const fn media_types(self) -> &'static [&'static str] {
        match self {
            Self::Json => &["application/json"],
            Self::Csv => &["text/csv"],
            Self::Xlsx => &["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"],
            Self::Lines => &["application/jsonl", "application/x-ndjson", "application/jsonlines"],
            Self::GeoJson => &["application/geo+json"],
            Self::Zip => &["application/zip"],
        }
    }

    /// Returns the table format, if this format is a flat table.
    #[must_use]
    pub(crate) const fn to_table_format(self) -> Option<flat::TableFormat> {
        match self {
            Self::Csv => Some(flat::TableFormat::Csv),
            Self::Xlsx => Some(flat::TableFormat::Xlsx),
            Self::Lines => Some(flat::TableFormat::Lines),
            Self::Json | Self::GeoJson | Self::Zip => None,
        }
    }
}

/// The `Accept` header of a request: the quality of each format that it names, in the order of [`AnswerFormat::ALL`].
#[derive(Debug, Clone, Default)]
pub(crate) struct AcceptHeader([Option<Quality>; AnswerFormat::ALL.len()]);

impl AcceptHeader {
    /// Makes a header that accepts only one format.
    #[must_use]
    pub(crate) fn from_format(form: AnswerFormat) -> Self {
        let mut accept = Self::default();
        for media in form.media_types() {
            accept.add_name(media, Quality::FULL);
        }
        accept
    }

    #[must_use]
    pub(crate) fn from_headers(req: &HttpRequest) -> Self {
        let fields = req.headers().get_all(header::ACCEPT).filter_map(|v| v.to_str().ok());
        Self::from_fields(fields)
    }

    fn from_fields<'h>(fields: impl Iterator<Item = &'h str>) -> Self {
        let mut accept = Self::default();
        for item in parse_weighted_names(fields) {
            accept.add_name(item.name, item.quality);
        }
        accept
    }

    /// Returns `true` if the header names a media type of the format and accepts it.
    #[must_use]
    pub(crate) fn names_format(&self, form: AnswerFormat) -> bool {
        let named = AnswerFormat::ALL.iter().zip(self.0).find(|(known, _)| **known == form);
        named.and_then(|(_, found)| found).is_some_and(Quality::is_acceptable)
    }

    /// Adds the quality of a media type that belongs to a format. The highest quality of its names counts.
    fn add_name(&mut self, name: &str, quality: Quality) {
        for (form, found) in AnswerFormat::ALL.iter().zip(&mut self.0) {
            if form.media_types().iter().any(|media| media.eq_ignore_ascii_case(name)) {
                *found = (*found).max(Some(quality));
            }
        }
    }

    /// Finds the offered format with the highest quality; of equal ones, the format that is offered first. Wildcards are
    /// ignored, because browsers send them without wanting a certain format.
    fn find_best_format(&self, offered: &[AnswerFormat]) -> Option<AnswerFormat> {
        let mut best: Option<(Quality, AnswerFormat)> = None;
        for form in offered {
            let named = AnswerFormat::ALL.iter().zip(self.0).find(|(known, _)| *known == form);
            if let Some(quality) = named.and_then(|(_, found)| found)
                && quality.is_acceptable()
                && best.is_none_or(|(most, _)| quality > most)
            {
                best = Some((quality, *form));
            }
        }
        best.map(|(_, form)| form)
    }

    /// Chooses one of the formats that an operation offers. The first of them is the default.
    ///
    /// # Errors
    /// `asked` is not one of them: 400, with the formats that are offered.
    pub(crate) fn choose_format(
        &self,
        asked: Option<&str>,
        offered: &[AnswerFormat],
    ) -> ApiResult<AnswerFormat> {
        if let Some(asked) = asked {
            let found = offered.iter().find(|form| form.as_str() == asked);
            let words = offered.iter().map(|form| form.as_str());
            return found.copied().ok_or_else(|| {
                ApiError::invalid_parameter(
                    "format",
                    ValueFault::unknown(thing::file_format(), words),
                )
            });
        }
        let first = offered.first().copied().unwrap_or(AnswerFormat::Json);
        Ok(self.find_best_format(offered).unwrap_or(first))
    }
}

/// The formats of an answer that is also available as a flat table.
pub(crate) const TABLE: &[AnswerFormat] =
    &[AnswerFormat::Json, AnswerFormat::Csv, AnswerFormat::Xlsx, AnswerFormat::Lines];

/// The formats of a map.
pub(crate) const MAP: &[AnswerFormat] =
    &[AnswerFormat::GeoJson, AnswerFormat::Csv, AnswerFormat::Xlsx, AnswerFormat::Lines];

define_closed_list!(
    /// The formats of an answer that is also available as a flat table.
    TableFormats: TABLE.iter().map(|form| form.as_str())
);
define_closed_list!(
    /// The formats of a map.
    MapFormats: MAP.iter().map(|form| form.as_str())
);

/// An answer that is also available as a flat table.
pub(crate) trait TabularAnswer: Serialize {
    fn to_table(&self) -> FlatTable;

    /// Writes the answer in a format.
    ///
    /// # Errors
    /// The format cannot represent a value.
    fn answer_in_format(&self, form: AnswerFormat) -> ApiResult<Answer> {
        match form.to_table_format() {
            None => Answer::from_value(self),
            Some(format) => {
                let table = self.to_table();
                answer_table(format, &table.metadata, &table.columns, |sink| {
                    table
                        .rows
                        .iter()
                        .try_for_each(|row| sink.write_row(row).map_err(to_write_error))
                })
            }
        }
    }
}

/// Converts the error of writing an answer. If the temporary file cannot be written, for example because the disk is
/// full, the answer is 503: the same request can succeed later.
#[must_use]
pub(crate) fn to_write_error(e: io::Error) -> ApiError {
    use io::ErrorKind as K;
    // These come from the writer of a format, which refuses a value.
    if matches!(e.kind(), K::Other | K::InvalidInput | K::InvalidData) {
        ApiError::Internal(Box::new(e))
    } else {
        ApiError::Unavailable(Box::new(e))
    }
}

/// Refuses the parameters of pages for a format that returns the whole list.
///
/// # Errors
/// A cursor or a limit is given: 400.
pub(crate) fn refuse_paging(cursor: Option<&str>, limit: Option<i64>) -> ApiResult<()> {
    for (name, given) in [("cursor", cursor.is_some()), ("limit", limit.is_some())] {
        if given {
            let fault = ValueFault::new("whole", parameter::whole_list());
            return Err(ApiError::invalid_parameter(name, fault));
        }
    }
    Ok(())
}

/// Answers with a flat table. `rows` writes the rows one by one, so that they are never all in memory.
///
/// # Errors
/// The errors of `rows`, a full disk, or a value that the format cannot represent.
pub(crate) fn answer_table(
    format: flat::TableFormat,
    about: &flat::TableMetadata,
    columns: &[flat::TableColumn],
    rows: impl FnOnce(&mut dyn flat::TableWriter) -> ApiResult<()>,
) -> ApiResult<Answer> {
    let mut buffer = SpoolBuffer::default();
    let mut sink = format.begin_table(about, columns, &mut buffer).map_err(to_write_error)?;
    rows(&mut *sink)?;
    sink.finish().map_err(to_write_error)?;
    let name = format!("{}.{}", about.name, format.as_str());
    Ok(Answer::from_hashed_body(
        buffer.finish_hashed().map_err(to_write_error)?,
        format.media_type(),
        Some(&name),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(asked: Option<&str>, header: Option<&str>) -> Option<AnswerFormat> {
        AcceptHeader::from_fields(header.into_iter()).choose_format(asked, TABLE).ok()
    }

    #[test]
    fn full_disk_is_503_and_a_value_that_cannot_be_written_is_500() {
        for (kind, status) in [
            (io::ErrorKind::StorageFull, 503),
            (io::ErrorKind::FileTooLarge, 503),
            (io::ErrorKind::NotFound, 503),
            (io::ErrorKind::InvalidInput, 500),
            (io::ErrorKind::Other, 500),
        ] {
            assert_eq!(to_write_error(kind.into()).kind().status, status, "{kind}");
        }
    }

    #[test]
    fn the_parameter_wins_over_the_header_and_both_over_nothing() {
        assert_eq!(chosen(None, None), Some(AnswerFormat::Json));
        assert_eq!(chosen(None, Some("text/csv")), Some(AnswerFormat::Csv));
        assert_eq!(chosen(Some("xlsx"), Some("text/csv")), Some(AnswerFormat::Xlsx));
        assert_eq!(chosen(Some("geojson"), None), None);
        assert_eq!(chosen(Some("CSV"), None), None);
    }

    #[test]
    fn the_heaviest_type_of_the_header_wins_and_wildcards_say_nothing() {
        for (header, form) in [
            ("*/*", AnswerFormat::Json),
            ("text/html,application/xhtml+xml,*/*;q=0.8", AnswerFormat::Json),
            ("application/json;q=0.5, TEXT/CSV", AnswerFormat::Csv),
            (
                "text/csv;q=0.2, application/x-ndjson;q=0.9, application/json;q=0.1",
                AnswerFormat::Lines,
            ),
            ("text/csv;q=0", AnswerFormat::Json),
            ("text/csv; charset=utf-8; q=1, application/json; q=1", AnswerFormat::Json),
            ("text/csv;q=x", AnswerFormat::Json),
            ("text/csv;q=1.5, application/json;q=0.1", AnswerFormat::Json),
            ("text/csv;Q=0.9, application/json;q=0.8", AnswerFormat::Csv),
            (
                "text/csv;q=0.899, application/jsonl;q=0.9, application/x-ndjson;q=0",
                AnswerFormat::Lines,
            ),
            (
                "text/csv;header=\"a, application/jsonl\";q=0.1, application/json;q=0",
                AnswerFormat::Csv,
            ),
        ] {
            assert_eq!(chosen(None, Some(header)), Some(form), "{header}");
        }
    }
}
