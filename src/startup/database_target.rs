//! How the database of the settings is reached.

use std::sync::Arc;

use anyhow::Context as _;

use crate::{
    config::{DatabaseUrl, SslMode},
    store::DatabaseTarget,
};

/// Converts the setting into a database target, with the certificates that the setting trusts.
///
/// # Errors
/// The URL or a certificate file cannot be read.
pub fn resolve_target(url: &DatabaseUrl) -> anyhow::Result<DatabaseTarget> {
    match url {
        DatabaseUrl::Sqlite { path } => Ok(DatabaseTarget::Sqlite { path: path.clone() }),
        DatabaseUrl::Postgres { url, password, sslmode, ca_file } => {
            let mut config: tokio_postgres::Config =
                url.expose().parse().context("DATABASE_URL cannot be understood")?;
            if let Some(password) = password {
                config.password(password.expose());
            }
            let tls = match sslmode {
                SslMode::Disable => None,
                SslMode::Verify => Some(Arc::new(build_tls_config(ca_file.as_deref())?)),
            };
            Ok(DatabaseTarget::Postgres { config: Box::new(config), tls })
        }
    }
}

fn build_tls_config(ca_file: Option<&std::path::Path>) -> anyhow::Result<rustls::ClientConfig> {
    use rustls_pki_types::{CertificateDer, pem::PemObject as _};
    let mut roots = rustls::RootCertStore::empty();
    match ca_file {
        Some(file) => {
            for certificate in
                CertificateDer::pem_file_iter(file).context("sslrootcert cannot be read")?
            {
                roots.add(certificate.context("sslrootcert cannot be read")?)?;
            }
        }
        None => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
    }
    Ok(rustls::ClientConfig::builder_with_provider(Arc::new(
        rustls::crypto::ring::default_provider(),
    ))
    .with_safe_default_protocol_versions()?
    .with_root_certificates(roots)
    .with_no_client_auth())
}
