//! The system's randomness, for secrets and tokens.

use super::failure::Failure;
use crate::partners::SECRET_BYTES;

/// As many bytes as a strong secret has.
pub(super) fn random_bytes() -> Result<[u8; SECRET_BYTES], Failure> {
    let mut random = [0; SECRET_BYTES];
    getrandom::fill(&mut random)
        .map_err(|error| Failure::new(format!("the system gives no randomness: {error}")))?;
    Ok(random)
}
