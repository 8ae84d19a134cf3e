//! What the service listens to: its addresses, and the signals that end it.

use std::net::{SocketAddr, TcpListener};

use anyhow::Context as _;

/// Binds a listener and returns its port.
pub(super) fn listen(at: SocketAddr) -> anyhow::Result<(TcpListener, u16)> {
    let listener = TcpListener::bind(at).with_context(|| format!("cannot listen on {at}"))?;
    let port = listener.local_addr()?.port();
    Ok((listener, port))
}

/// Waits for a signal to stop; the server listens to the same ones by itself.
#[cfg(unix)]
pub(super) async fn asked_to_stop() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut terminate, mut interrupt) =
        (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

/// Waits for a signal to stop; the server listens to the same one by itself.
#[cfg(not(unix))]
pub(super) async fn asked_to_stop() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}
