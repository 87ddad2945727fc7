//! TLS for hand-held connections: trusts the certificates it is told to, offers one protocol by ALPN, and shows a client
//! certificate where a story gives it one.

use rcgen::{CertifiedKey, KeyPair};
use sha2::{Digest as _, Sha256};
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{
    CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName,
};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto::ring};

const HANDSHAKE_WITHIN: Duration = Duration::from_secs(10);

/// A self-signed certificate with its key, of a partner or of a gate.
pub struct Identity {
    certificate: CertifiedKey<KeyPair>,
}

impl Identity {
    /// A new one, for `localhost`.
    ///
    /// # Panics
    /// When none can be made.
    #[must_use]
    pub fn new() -> Identity {
        let certificate = rcgen::generate_simple_self_signed(["localhost".to_owned()]);
        Identity {
            certificate: certificate.expect("a certificate can be made"),
        }
    }

    /// The certificate in PEM.
    #[must_use]
    pub fn certificate_pem(&self) -> String {
        self.certificate.cert.pem()
    }

    /// The private key in PEM.
    #[must_use]
    pub fn key_pem(&self) -> String {
        self.certificate.signing_key.serialize_pem()
    }

    /// The certificate's SHA-256 as `openssl x509 -fingerprint -sha256` prints it.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let digest = Sha256::digest(self.certificate.cert.der());
        let pairs: Vec<String> = digest.iter().map(|byte| format!("{byte:02X}")).collect();
        pairs.join(":")
    }

    fn chain_and_key(&self) -> (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>) {
        let key = self.certificate.signing_key.serialize_der();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key));
        (vec![self.certificate.cert.der().clone()], key)
    }
}

impl Default for Identity {
    fn default() -> Identity {
        Identity::new()
    }
}

/// Shakes hands as `localhost` over `stream`, and shows `identity` where the peer asks.
///
/// # Errors
/// When the peer's certificate does not come from `ca_pem`, or it does not offer `protocol`.
pub(crate) async fn handshake(
    stream: TcpStream,
    ca_pem: &[u8],
    protocol: &[u8],
    identity: Option<&Identity>,
) -> io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(ca_pem) {
        roots
            .add(certificate.map_err(io::Error::other)?)
            .map_err(io::Error::other)?;
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_root_certificates(roots);
    let mut config = match identity.map(Identity::chain_and_key) {
        None => config.with_no_client_auth(),
        Some((chain, key)) => config
            .with_client_auth_cert(chain, key)
            .map_err(io::Error::other)?,
    };
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
