//! The keys a partner's program may have used in place of a secret that counts.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::Cause;
use crate::sign::{Key, Keyring};
use crate::time::UnixSeconds;

/// The secret of the sample that partners integrate by. Everybody knows it.
const SAMPLE_SECRET: &[u8] = b"your_secret_key";

/// A key to try. Wiped when dropped, never shown.
pub(super) struct Candidate {
    pub(super) bytes: Zeroizing<Vec<u8>>,
    pub(super) cause: Option<Cause>,
}

impl Candidate {
    fn new(bytes: &[u8], cause: Option<Cause>) -> Self {
        Self {
            bytes: Zeroizing::new(bytes.to_vec()),
            cause,
        }
    }
}

/// The secrets that count now.
pub(super) fn live(keys: &Keyring, now: UnixSeconds) -> Vec<Candidate> {
    keys.live(now)
        .map(|key| Candidate::new(key.secret.expose().as_bytes(), None))
        .collect()
}

/// Everything else: secrets that do not count now, secrets handled wrongly, and what everybody
/// can sign with.
pub(super) fn others(keys: &Keyring, now: UnixSeconds) -> Vec<Candidate> {
    let dead = keys.keys().iter().filter(|key| !key.is_live(now));
    let mut all: Vec<_> = dead.map(|key| outside_its_span(key, now)).collect();
    for key in keys.live(now) {
        mishandled(&mut all, key.secret.expose());
    }
    all.push(Candidate::new(b"", Some(Cause::SecretEmpty)));
    all.push(Candidate::new(SAMPLE_SECRET, Some(Cause::SecretSample)));
    all
}

fn outside_its_span(key: &Key, now: UnixSeconds) -> Candidate {
    let id = key.id.as_str().to_owned();
    let cause = if key.not_before.is_some_and(|first| now < first) {
        Cause::KeyNotYet { key: id }
    } else {
        Cause::KeyExpired { key: id }
    };
    Candidate::new(key.secret.expose().as_bytes(), Some(cause))
}

fn mishandled(all: &mut Vec<Candidate>, secret: &str) {
    let mut push = |bytes: Zeroizing<Vec<u8>>, cause: Cause| {
        if *bytes != secret.as_bytes() {
            let cause = Some(cause);
            all.push(Candidate { bytes, cause });
        }
    };
    let around = |before: &str, after: &str| wiped([before, secret, after].concat());
    for after in ["\n", "\r\n", " ", "\r"] {
        push(around("", after), Cause::SecretPadded);
    }
    push(around(" ", ""), Cause::SecretPadded);
    push(around(" ", " "), Cause::SecretPadded);
    push(wiped(secret.trim().to_owned()), Cause::SecretTrimmed);
    push(around("\"", "\""), Cause::SecretQuoted);
    push(around("'", "'"), Cause::SecretQuoted);
    push(wiped(secret.to_uppercase()), Cause::SecretCase);
    push(wiped(secret.to_lowercase()), Cause::SecretCase);
    let decoded = STANDARD.decode(secret).ok().map(Zeroizing::new);
    for bytes in [unhex(secret), decoded].into_iter().flatten() {
        push(bytes, Cause::SecretDecoded);
    }
}

fn wiped(text: String) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(text.into_bytes())
}

fn unhex(secret: &str) -> Option<Zeroizing<Vec<u8>>> {
    let digit = |byte: u8| {
        char::from(byte)
            .to_digit(16)
            .and_then(|d| u8::try_from(d).ok())
    };
    let (pairs, []) = secret.as_bytes().as_chunks::<2>() else {
        return None;
    };
    let bytes: Option<Vec<u8>> = pairs
        .iter()
        .map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?))
        .collect();
    bytes.map(Zeroizing::new)
}
