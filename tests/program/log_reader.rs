//! A log that nobody reads: the service goes on.

use std::{
    io::{BufRead as _, BufReader},
    process::Child,
};

use crate::{Service, process_lifecycle::send_signal, program_command, read_metric};

/// Ends the program when dropped.
struct EndedWhenDropped(Child);
impl Drop for EndedWhenDropped {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

// Seen with `serve --demo 2>&1 | head -3`: every request got an empty reply, and the process stayed alive.
#[tokio::test]
async fn service_answers_after_the_reader_of_its_output_is_gone() {
    let dir = tempfile::TempDir::new().unwrap();
    let (reader, writer) = std::io::pipe().unwrap();
    let mut command = program_command(dir.path());
    command.args(["serve", "--demo"]).stdout(writer.try_clone().unwrap()).stderr(writer);
    let mut program = EndedWhenDropped(command.spawn().unwrap());
    drop(command);
    let mut lines = BufReader::new(reader).lines().map(Result::unwrap);
    let line = lines.find(|line| line.starts_with("Listening on ")).unwrap();
    drop(lines);
    let address = line.split([' ', ',']).nth(2).unwrap().to_owned();
    for _ in 0..3 {
        for path in ["/health/live", "/health/ready", "/docs/"] {
            let answer = reqwest::get(format!("{address}{path}")).await.unwrap();
            assert_eq!(answer.status(), 200, "{path}");
        }
    }
    assert!(program.0.try_wait().unwrap().is_none());
}

// Seen with a log reader that stood still: after 266 requests the service answered nobody.
#[tokio::test]
async fn service_answers_while_the_reader_of_its_log_stands_still() {
    let dir = tempfile::TempDir::new().unwrap();
    let (reader, writer) = std::io::pipe().unwrap();
    let mut command = program_command(dir.path());
    command.args(["serve", "--demo"]).env("ASCN_METRICS_BIND", "127.0.0.1:0").stderr(writer);
    let mut service = Service::start(&mut command);
    drop(command);
    // A path of 8 KB is in the log, so that the pipe and the queue are soon full.
    let path = "a".repeat(8_000);
    for _ in 0..300 {
        let answer = reqwest::get(format!("{}/{path}", service.address)).await.unwrap();
        assert_eq!(answer.status(), 404);
    }
    let ready = reqwest::get(format!("{}/health/ready", service.address)).await.unwrap();
    assert_eq!(ready.status(), 200);
    assert!(read_metric(&service, "ascn_log_lines_dropped_total").await > 0.0);
    // It stops although its last lines find no reader.
    send_signal(&service, "-TERM");
    assert!(service.child.wait().unwrap().success());
    drop(reader);
}
