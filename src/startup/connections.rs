//! Limits on the connections of clients.

use std::{any::Any, fs, time::Duration};

use actix_web::{dev::Extensions, rt::net::TcpStream};

/// The most connections at once. Further clients wait until one of them ends.
const CONNECTIONS_MAX: usize = 4096;
/// How long a client may leave an answer unread, while the buffers of the connection are full.
const UNREAD_MAX: Duration = Duration::from_secs(30);

/// Returns how many connections each of the workers may have.
///
/// Half of the files that the process may open are left for the database, temporary files and the log.
pub(super) fn divide_limit(workers: usize) -> usize {
    let files = fs::read_to_string("/proc/self/limits").ok();
    let files = files.as_deref().and_then(parse_open_files).unwrap_or(usize::MAX);
    (CONNECTIONS_MAX.min(files / 2) / workers.max(1)).max(1)
}

/// Reads the soft limit of open files. `None` if there is no limit.
fn parse_open_files(limits: &str) -> Option<usize> {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Lets the operating system end a connection whose client does not read. The HTTP library has no such limit.
pub(super) fn drop_unread_answers(connection: &dyn Any, _data: &mut Extensions) {
    let Some(stream) = connection.downcast_ref::<TcpStream>() else { return };
    if let Err(error) = set_unread_limit(stream) {
        tracing::warn!(%error, "a client that does not read will not be cut off");
    }
}

/// Also ends a connection whose client is gone without a word.
#[cfg(target_os = "linux")]
fn set_unread_limit(stream: &TcpStream) -> std::io::Result<()> {
    socket2::SockRef::from(stream).set_tcp_user_timeout(Some(UNREAD_MAX))
}

#[cfg(not(target_os = "linux"))]
fn set_unread_limit(_stream: &TcpStream) -> std::io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limit_of_open_files_is_read_and_divided() {
        let limits = "Limit                     Soft Limit           Hard Limit           Units     \n\
                      Max open files            1024                 524288               files     \n";
        assert_eq!(parse_open_files(limits), Some(1024));
        assert_eq!(parse_open_files(&limits.replace("1024  ", "unlimited")), None);
        assert!((1..=CONNECTIONS_MAX / 2).contains(&divide_limit(2)));
        assert_eq!(divide_limit(10_000), 1);
    }

    #[cfg(target_os = "linux")]
    #[actix_web::test]
    async fn unread_answer_ends_its_connection_after_30_s() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let stream = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        drop_unread_answers(&stream, &mut Extensions::new());
        let socket = socket2::SockRef::from(&stream);
        assert_eq!(socket.tcp_user_timeout().unwrap(), Some(Duration::from_secs(30)));
    }
}
