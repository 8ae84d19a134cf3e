//! The listeners of the service, and the signals that stop it.

use std::net::{SocketAddr, TcpListener};

use actix_web::{App, HttpServer, dev::Server, web::Data};
use anyhow::Context as _;

use crate::{
    api::{metrics, state::State},
    config::Settings,
};

/// The bound listeners of the service. They are bound before anything is written, so that a failed start leaves nothing
/// behind. Connections that arrive before the server runs wait in the backlog.
#[derive(Debug)]
pub struct BoundListeners {
    /// The listener of the API, and its port.
    pub(super) main: (TcpListener, u16),
    /// The listener of the metrics, and its port.
    pub(super) metrics: Option<(TcpListener, u16)>,
}

impl BoundListeners {
    /// Binds the addresses of the settings. Port 0 picks a free port.
    ///
    /// # Errors
    /// An address is in use, or this machine does not have it.
    pub fn bind_all(settings: &Settings) -> anyhow::Result<Self> {
        let main = bind_listener(settings.bind)?;
        let metrics = |at| bind_listener(at).context("ASCN_METRICS_BIND");
        Ok(Self { main, metrics: settings.metrics_bind.map(metrics).transpose()? })
    }
}

/// Binds a listener. Returns it with its port.
fn bind_listener(at: SocketAddr) -> anyhow::Result<(TcpListener, u16)> {
    let listener = TcpListener::bind(at).with_context(|| format!("cannot listen on {at}"))?;
    let port = listener.local_addr()?.port();
    Ok((listener, port))
}

/// Starts the server of the metrics. It ignores signals, so that the last requests of the service are still counted and
/// readable while it stops.
pub(super) fn serve_metrics(
    (listener, port): (TcpListener, u16),
    state: &State,
) -> anyhow::Result<(Server, u16)> {
    let shared = state.clone();
    let app =
        move || App::new().app_data(Data::new(shared.clone())).configure(metrics::register_metrics);
    let server = HttpServer::new(app).workers(1).disable_signals().listen(listener)?.run();
    Ok((server, port))
}

/// Waits for SIGTERM or SIGINT. The server listens to the same signals by itself.
#[cfg(unix)]
pub(super) async fn wait_for_stop_signal() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut terminate, mut interrupt) =
        (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

/// Waits for Ctrl-C. The server listens to it by itself as well.
#[cfg(not(unix))]
pub(super) async fn wait_for_stop_signal() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}
