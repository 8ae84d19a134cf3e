//! The listeners of the service, and the signals that stop it.

use std::net::{SocketAddr, TcpListener};

use actix_web::{App, HttpServer, dev::Server, web::Data};
use anyhow::Context as _;

use crate::{
    api::{metrics, state::State},
    config::Settings,
};

/// The most connections to the listener of the metrics.
const METRICS_CONNECTIONS_MAX: usize = 64;

/// The bound listeners of the service. They are bound before anything is written, so that a failed start leaves nothing
/// behind. Connections that arrive before the server runs wait in the backlog.
#[derive(Debug)]
pub struct BoundListeners {
    /// The listener of the API.
    pub(super) main: BoundListener,
    /// The listener of the metrics.
    pub(super) metrics: Option<BoundListener>,
}

/// A bound listener, with its port.
#[derive(Debug)]
pub(super) struct BoundListener {
    pub(super) listener: TcpListener,
    pub(super) port: u16,
}

impl BoundListeners {
    /// Binds the addresses of the settings. Port 0 picks a free port.
    ///
    /// # Errors
    /// An address is in use, or this machine does not have it.
    pub fn bind_all(settings: &Settings) -> anyhow::Result<Self> {
        let main = BoundListener::bind(settings.bind)?;
        let metrics = |at| BoundListener::bind(at).context("ASCN_METRICS_BIND");
        Ok(Self { main, metrics: settings.metrics_bind.map(metrics).transpose()? })
    }
}

impl BoundListener {
    fn bind(at: SocketAddr) -> anyhow::Result<Self> {
        let listener = TcpListener::bind(at).with_context(|| format!("cannot listen on {at}"))?;
        let port = listener.local_addr()?.port();
        Ok(Self { listener, port })
    }
}

/// The server of the metrics, with its port.
pub(super) struct MetricsServer {
    pub(super) server: Server,
    pub(super) port: u16,
}

/// Starts the server of the metrics. It ignores signals, so that the last requests of the service are still counted and
/// readable while it stops.
pub(super) fn serve_metrics(bound: BoundListener, state: &State) -> anyhow::Result<MetricsServer> {
    let shared = state.clone();
    let app =
        move || App::new().app_data(Data::new(shared.clone())).configure(metrics::register_metrics);
    let server = HttpServer::new(app)
        .workers(1)
        .max_connections(METRICS_CONNECTIONS_MAX)
        .disable_signals()
        .listen(bound.listener)?
        .run();
    Ok(MetricsServer { server, port: bound.port })
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
