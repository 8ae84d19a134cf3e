//! The file in a form (`multipart/form-data`, RFC 7578), as a browser sends it.

use actix_web::web::Bytes;

use crate::{domain::fault::ValueFault, sheets::message::import};

/// The bytes of a form around its file: boundaries and headers.
pub(super) const FORM_OVERHEAD_MAX: usize = 16 * 1024;
/// The line break between the parts of a form.
const LINE_BREAK: &[u8] = b"\r\n";
/// The end of the headers of a part.
const HEADERS_END: &[u8] = b"\r\n\r\n";
/// The largest number of parts that are read.
const PARTS_MAX: usize = 10;

/// Returns the only file of a form.
///
/// # Errors
/// The form is broken, or it has no file, several files or other fields.
pub(super) fn extract_file(body: &Bytes, boundary: &str) -> Result<Bytes, ValueFault> {
    let parts = split_parts(body, boundary)
        .ok_or_else(|| ValueFault::new("form", import::broken_form()))?;
    match parts.as_slice() {
        [part] if part.is_file => Ok(part.content.clone()),
        _ => Err(ValueFault::new("form", import::one_file_in_the_form())),
    }
}

struct FormPart {
    /// `true` if the part has a file name.
    is_file: bool,
    content: Bytes,
}

/// Splits a form into its parts. `None` if a part has no end, or if there are too many parts.
fn split_parts(body: &Bytes, boundary: &str) -> Option<Vec<FormPart>> {
    let first = format!("--{boundary}");
    let next = format!("\r\n--{boundary}");
    let mut at = find_bytes(body, first.as_bytes(), 0)? + first.len();
    let mut parts = Vec::new();
    while !body.get(at..)?.starts_with(b"--") {
        // Spaces may follow the boundary.
        let headers = find_bytes(body, LINE_BREAK, at)?;
        let content = find_bytes(body, HEADERS_END, headers)? + HEADERS_END.len();
        let end = find_bytes(body, next.as_bytes(), content)?;
        let is_file = has_file_name(body.get(headers..content)?);
        parts.push(FormPart { is_file, content: body.slice(content..end) });
        if parts.len() > PARTS_MAX {
            return None;
        }
        at = end + next.len();
    }
    Some(parts)
}

fn has_file_name(headers: &[u8]) -> bool {
    let headers = String::from_utf8_lossy(headers).to_ascii_lowercase();
    headers.lines().any(|line| {
        line.starts_with("content-disposition:")
            && (line.contains("filename=") || line.contains("filename*="))
    })
}

/// Returns the position of `needle`, from `start`.
fn find_bytes(bytes: &[u8], needle: &[u8], start: usize) -> Option<usize> {
    let found = bytes.get(start..)?.windows(needle.len()).position(|window| window == needle)?;
    Some(start + found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn extract(body: &str) -> Result<String, String> {
        let file = extract_file(&Bytes::copy_from_slice(body.as_bytes()), "X");
        file.map(|file| String::from_utf8(file.to_vec()).unwrap())
            .map_err(|fault| fault.message.to_string())
    }

    fn file(name: &str, content: &str) -> String {
        format!(
            "--X\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"a.csv\"\r\n\
             Content-Type: text/csv\r\n\r\n{content}\r\n"
        )
    }

    #[test]
    fn file_of_a_form_is_its_content_byte_by_byte() {
        let content = "id,title\r\n1,--Y\r\n\r\n";
        assert_eq!(extract(&format!("{}--X--\r\n", file("file", content))), Ok(content.to_owned()));
        assert_eq!(extract(&format!("preamble\r\n{}--X--", file("x", ""))), Ok(String::new()));
    }

    #[test]
    fn form_without_exactly_one_file_is_refused() {
        let field = "--X\r\nContent-Disposition: form-data; name=\"dry_run\"\r\n\r\nfalse\r\n";
        let one =
            "one file is expected in the form, and no other field: parameters are in the address";
        for body in [
            format!("{}{}--X--", file("a", "1"), file("b", "2")),
            format!("{field}{}--X--", file("a", "1")),
            format!("{field}--X--"),
            "--X--".to_owned(),
        ] {
            assert_eq!(extract(&body), Err(one.to_owned()), "{body}");
        }
        for body in ["", "--X", "--X\r\nno end of headers", &file("a", "no end")] {
            let broken = "a whole form is expected (multipart/form-data)".to_owned();
            assert_eq!(extract(body), Err(broken), "{body}");
        }
    }
}
