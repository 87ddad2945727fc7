//! The development certificate: self-signed, for loopback only.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::error::{StandError, doing};

/// Writes `server.crt` and `server.key` into `folder` unless they are there, so that a
/// certificate somebody has trusted once stays the same.
pub(crate) fn make(folder: &Path) -> Result<(), StandError> {
    let (certificate, key) = (folder.join("server.crt"), folder.join("server.key"));
    if certificate.exists() && key.exists() {
        return Ok(());
    }
    let names = ["localhost", "127.0.0.1", "::1"].map(String::from);
    let made = rcgen::generate_simple_self_signed(names)
        .map_err(|cause| StandError::new(format!("making a certificate: {cause}")))?;
    fs::write(&key, made.signing_key.serialize_pem()).map_err(doing("writing the key"))?;
    fs::set_permissions(&key, Permissions::from_mode(0o600)).map_err(doing("guarding the key"))?;
    fs::write(&certificate, made.cert.pem()).map_err(doing("writing the certificate"))
}
