//! A certificate for the server, by an authority of its own.

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};

use crate::error::{PostgresError, doing};

/// All as PEM.
pub(crate) struct Certificate {
    /// Whom to trust.
    pub(crate) authority: String,
    pub(crate) certificate: String,
    pub(crate) key: String,
}

/// Makes one for a server of this name or address.
pub(crate) fn make(name: &str) -> Result<Certificate, PostgresError> {
    sign(name).map_err(doing("making a certificate"))
}

fn sign(name: &str) -> Result<Certificate, rcgen::Error> {
    let mut authority = CertificateParams::new([])?;
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority_key = KeyPair::generate()?;
    let root = authority.self_signed(&authority_key)?;
    let issuer = Issuer::new(authority, authority_key);
    let key = KeyPair::generate()?;
    let server = CertificateParams::new([name.to_owned()])?;
    Ok(Certificate {
        authority: root.pem(),
        certificate: server.signed_by(&key, &issuer)?.pem(),
        key: key.serialize_pem(),
    })
}
