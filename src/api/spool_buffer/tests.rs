use std::{io::Read as _, os::unix::fs::MetadataExt as _};

use actix_web::body::to_bytes;

use super::*;

fn spooled(pieces: usize) -> HashedBody {
    let mut buffer = SpoolBuffer::default();
    for i in 0..pieces {
        writeln!(buffer, "{i:07}").unwrap();
    }
    // The beginning is overwritten, as writers of archives do.
    buffer.seek(SeekFrom::Start(0)).unwrap();
    buffer.write_all(b"first  \n").unwrap();
    buffer.seek(SeekFrom::End(0)).unwrap();
    buffer.write_all(b"last").unwrap();
    buffer.finish_hashed().unwrap()
}

fn expected(pieces: usize) -> Vec<u8> {
    let lines: Vec<String> = (0..pieces).map(|i| format!("{i:07}")).collect();
    let mut text = format!("{}\n", lines.join("\n"));
    text.replace_range(..8, "first  \n");
    text.push_str("last");
    text.into_bytes()
}

#[actix_web::test]
async fn short_ones_stay_in_memory_and_long_ones_go_to_disk_and_are_gone_afterwards() {
    for (pieces, on_disk) in [(10, false), (131_071, false), (131_072, true), (400_000, true)] {
        let made = spooled(pieces);
        let expected = expected(pieces);
        assert_eq!(made.sha256_hex(), to_hex(&Sha256::digest(&expected)));
        match made.body {
            AnswerBody::Memory(bytes) => assert!(!on_disk && bytes == expected, "{pieces}"),
            AnswerBody::Disk(stored) => {
                assert!(on_disk, "{pieces}");
                // The file has no name, so no other program can delete it.
                assert_eq!(stored.0.file.metadata().unwrap().nlink(), 0);
                // Two readers at the same time, each from the beginning.
                let (a, b) = (stored.clone().into_response_body(), stored.into_response_body());
                let (a, b) = futures_util::future::join(to_bytes(a), to_bytes(b)).await;
                assert_eq!((a.unwrap(), b.unwrap()), (expected.clone().into(), expected.into()));
            }
        }
    }
}

#[actix_web::test]
async fn a_long_one_is_compressed_piece_by_piece_and_comes_back_as_it_was() {
    for pieces in [131_072, 2_000_000] {
        let AnswerBody::Disk(stored) = spooled(pieces).body else { panic!("{pieces}") };
        let packed =
            to_bytes(stored.gzip_to_body().unwrap().into_response_body(None)).await.unwrap();
        assert!(count_piece_bytes(&packed) * 2 < stored.size_bytes());
        let mut back = Vec::new();
        flate2::read::GzDecoder::new(&*packed).read_to_end(&mut back).unwrap();
        assert!(back == expected(pieces), "{pieces}");
    }
}

#[actix_web::test]
async fn one_that_cannot_be_read_back_says_so() {
    let AnswerBody::Disk(stored) = spooled(400_000).body else { panic!("it is on disk") };
    assert!(!stored.is_broken());
    stored.truncate_for_test();
    assert!(to_bytes(stored.clone().into_response_body()).await.is_err());
    assert!(stored.is_broken() && AnswerBody::Disk(stored).is_broken());
}

#[test]
fn buffer_whose_disk_failed_cannot_be_finished_and_takes_what_follows() {
    let mut buffer = SpoolBuffer(SpoolStorage::Failed(io::ErrorKind::StorageFull));
    buffer.write_all(b"the end of an archive").unwrap();
    buffer.seek(SeekFrom::Start(0)).unwrap();
    buffer.flush().unwrap();
    let finished = buffer.finish_hashed().unwrap_err();
    assert_eq!(finished.kind(), io::ErrorKind::StorageFull);
}
