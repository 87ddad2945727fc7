//! TLS for hand-held connections: trusts one certificate authority, offers one protocol by ALPN.

use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto::ring};

const HANDSHAKE_WITHIN: Duration = Duration::from_secs(10);

/// Shakes hands as `localhost` over `stream`.
///
/// # Errors
/// When the peer's certificate does not come from `ca_pem`, or it does not offer `protocol`.
pub(crate) async fn handshake(
    stream: TcpStream,
    ca_pem: &[u8],
    protocol: &[u8],
) -> io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(ca_pem) {
        roots
            .add(certificate.map_err(io::Error::other)?)
            .map_err(io::Error::other)?;
    }
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![protocol.to_vec()];
    let name = ServerName::try_from("localhost").map_err(io::Error::other)?;
    let stream = timeout(
        HANDSHAKE_WITHIN,
        TlsConnector::from(Arc::new(config)).connect(name, stream),
    )
    .await??;
    let agreed = stream.get_ref().1.alpn_protocol().map(<[u8]>::to_vec);
    if agreed.as_deref() != Some(protocol) {
        return Err(io::Error::other(format!(
            "the peer agreed on {agreed:?}, not on {protocol:?}"
        )));
    }
    Ok(stream)
}
