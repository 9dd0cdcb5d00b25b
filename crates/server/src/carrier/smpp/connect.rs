//! The way to a service centre: a connection, and TLS over it where the URL says so.

use std::sync::Arc;
use std::time::Duration;

use rustls::ClientConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::ServerName;
use rustls_platform_verifier::BuilderVerifierExt;
use tokio::io::{AsyncRead, AsyncWrite, split};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::Settings;

/// How long a connection may take, with the handshake.
const TIMEOUT: Duration = Duration::from_secs(10);

/// What is heard of the other side.
pub(super) type Ear = Box<dyn AsyncRead + Send + Unpin>;

/// What is said to it.
pub(super) type Mouth = Box<dyn AsyncWrite + Send + Unpin>;

/// Connects; a sentence for the operator when that cannot be.
pub(super) async fn connect(settings: &Settings) -> Result<(Ear, Mouth), String> {
    let connected = timeout(TIMEOUT, reach(settings)).await.unwrap_or(Err("it does not answer".to_owned()));
    connected.map_err(|why| format!("{}:{} cannot be reached: {why}.", settings.host, settings.port))
}

async fn reach(settings: &Settings) -> Result<(Ear, Mouth), String> {
    let place = (settings.host.as_str(), settings.port);
    let socket = TcpStream::connect(place).await.map_err(|problem| problem.to_string())?;
    // Units are written together where they come together; none waits for another.
    socket.set_nodelay(true).map_err(|problem| problem.to_string())?;
    if settings.is_secure {
        return secure(&settings.host, socket).await.map_err(|problem| format!("TLS: {problem}"));
    }
    let (ear, mouth) = socket.into_split();
    Ok((Box::new(ear), Box::new(mouth)))
}

/// Shakes hands with whoever this machine's authorities vouch for under this name.
async fn secure(host: &str, socket: TcpStream) -> Result<(Ear, Mouth), String> {
    let name = ServerName::try_from(host.to_owned()).map_err(|problem| problem.to_string())?;
    let connector = TlsConnector::from(Arc::new(trusting().map_err(|problem| problem.to_string())?));
    let socket = connector.connect(name, socket).await.map_err(|problem| problem.to_string())?;
    let (ear, mouth) = split(socket);
    Ok((Box::new(ear), Box::new(mouth)))
}

/// Made for each connection, so that a renewed authority is trusted without a restart.
fn trusting() -> Result<ClientConfig, rustls::Error> {
    let builder = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()));
    let builder = builder.with_safe_default_protocol_versions()?;
    Ok(builder.with_platform_verifier()?.with_no_client_auth())
}
