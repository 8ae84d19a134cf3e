//! What the service listens to: its addresses, and the signals that end it.

use std::net::{SocketAddr, TcpListener};

use actix_web::{App, HttpServer, dev::Server, web::Data};
use anyhow::Context as _;

use crate::{
    api::{metrics, state::State},
    config::Settings,
};

/// The doors of a service, taken before anything is made or told: a start that cannot listen leaves nothing behind. Who knocks
/// before it runs waits.
#[derive(Debug)]
pub struct BoundListeners {
    /// The listener of the service, and its port.
    pub(super) main: (TcpListener, u16),
    /// The listener of the metrics, and its port.
    pub(super) metrics: Option<(TcpListener, u16)>,
}

impl BoundListeners {
    /// Binds what the settings ask for; port 0 picks a free one.
    ///
    /// # Errors
    /// An address that is in use, or that this machine does not have.
    pub fn bind_all(settings: &Settings) -> anyhow::Result<Self> {
        let main = bind_listener(settings.bind)?;
        let metrics = |at| bind_listener(at).context("ASCN_METRICS_BIND");
        Ok(Self { main, metrics: settings.metrics_bind.map(metrics).transpose()? })
    }
}

/// Binds a listener and returns its port.
fn bind_listener(at: SocketAddr) -> anyhow::Result<(TcpListener, u16)> {
    let listener = TcpListener::bind(at).with_context(|| format!("cannot listen on {at}"))?;
    let port = listener.local_addr()?.port();
    Ok((listener, port))
}

/// Serves the metrics. It outlives the requests that the service still answers when it stops.
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

/// Waits for a signal to stop; the server listens to the same ones by itself.
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

/// Waits for a signal to stop; the server listens to the same one by itself.
#[cfg(not(unix))]
pub(super) async fn wait_for_stop_signal() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}
