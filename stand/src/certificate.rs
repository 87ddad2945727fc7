//! The development certificate: self-signed, for loopback only.

use std::fs;
use std::path::Path;

use crate::error::{StandError, doing};
use crate::layout::write_private;

/// Writes `server.crt` and `server.key` into `folder` unless they are there, so that a
/// certificate somebody has trusted once stays the same.
///
/// # Errors
/// When it cannot be made or written.
pub fn make(folder: &Path) -> Result<(), StandError> {
    let (certificate, key) = (folder.join("server.crt"), folder.join("server.key"));
    if certificate.exists() && key.exists() {
        return Ok(());
    }
    let names = ["localhost", "127.0.0.1", "::1"].map(String::from);
    let made = rcgen::generate_simple_self_signed(names)
        .map_err(|cause| StandError::new(format!("making a certificate: {cause}")))?;
    write_private(&key, &made.signing_key.serialize_pem())?;
    fs::write(&certificate, made.cert.pem()).map_err(doing("writing the certificate"))
}
