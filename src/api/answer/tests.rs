use std::io::Write as _;

use actix_web::{body::to_bytes, test::TestRequest};

use super::*;
use crate::api::spool_buffer::SpoolBuffer;

/// A text of more than a megabyte, prepared for the cache.
fn long(media: &'static str) -> (Answer, Vec<u8>) {
    let text = "{\"value\":1}\n".repeat(200_000).into_bytes();
    let mut buffer = SpoolBuffer::default();
    for piece in text.chunks(8_000) {
        buffer.write_all(piece).unwrap();
    }
    (
        Answer::from_hashed_body(buffer.finish_hashed().unwrap(), media, None).prepare_for_cache(),
        text,
    )
}

fn sent(answer: &Answer, headers: &[(&str, &str)]) -> HttpResponse {
    let mut req = TestRequest::get();
    for (name, value) in headers {
        req = req.insert_header((*name, *value));
    }
    answer.clone().respond_to(&req.to_http_request())
}

fn header(of: &HttpResponse, name: &str) -> Option<String> {
    of.headers().get(name).map(|v| v.to_str().unwrap().to_owned())
}

#[actix_web::test]
async fn a_long_text_that_is_kept_goes_compressed_to_those_who_take_it_so() {
    let (answer, text) = long("text/csv; charset=utf-8");
    let gzip = ("accept-encoding", "gzip");
    let (plain, coded) = (sent(&answer, &[]), sent(&answer, &[gzip]));
    let (tag, other) = (header(&plain, "etag").unwrap(), header(&coded, "etag").unwrap());
    assert_eq!(other, format!("{}-gzip\"", tag.trim_end_matches('"')));
    assert_eq!(header(&plain, "content-encoding"), None);
    assert_eq!(header(&coded, "content-encoding").as_deref(), Some("gzip"));
    assert_eq!(to_bytes(plain.into_body()).await.unwrap(), text);
    let packed = to_bytes(coded.into_body()).await.unwrap();
    assert!(packed.len() * 20 < text.len());
    let mut back = Vec::new();
    std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&*packed), &mut back).unwrap();
    assert!(back == text);
    // The plain and the compressed answer have different tags: the tag of one does not match the other.
    for (headers, status) in [
        (&[gzip, ("if-none-match", &*other)][..], 304),
        (&[gzip, ("if-none-match", &*tag)], 200),
        (&[("if-none-match", &*tag)], 304),
        (&[("if-none-match", &*other)], 200),
    ] {
        assert_eq!(sent(&answer, headers).status().as_u16(), status, "{headers:?}");
    }
    // Archives are compressed already, so they are sent as they are.
    let zip = sent(&long("application/zip").0, &[gzip]);
    assert_eq!(header(&zip, "content-encoding"), None);
}
