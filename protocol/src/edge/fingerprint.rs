//! The SHA-256 of a client certificate: by it a partner's certificate is known, whoever issued it.

use std::fmt;

use crate::limits::CERTIFICATE_FINGERPRINT_BYTES;

/// Why a text is no fingerprint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "is no SHA-256 fingerprint: give the 64 hex digits that `openssl x509 -noout -fingerprint -sha256` prints"
)]
pub struct FingerprintError;

/// The SHA-256 of a certificate in DER.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct CertificateFingerprint([u8; CERTIFICATE_FINGERPRINT_BYTES]);

impl CertificateFingerprint {
    /// Reads 64 hex digits of either case, or 32 pairs of them with a colon between any two, as
    /// OpenSSL prints them.
    ///
    /// # Errors
    /// Anything else.
    pub fn parse(text: &str) -> Result<Self, FingerprintError> {
        let pairs: Vec<&[u8]> = if text.contains(':') {
            text.split(':').map(str::as_bytes).collect()
        } else {
            text.as_bytes().chunks(2).collect()
        };
        let bytes: Option<Vec<u8>> = pairs.into_iter().map(byte).collect();
        let bytes = bytes.and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self).ok_or(FingerprintError)
    }
}

fn byte(pair: &[u8]) -> Option<u8> {
    let [high, low] = pair else {
        return None;
    };
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

impl fmt::Display for CertificateFingerprint {
    /// 64 hex digits in lower case.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for CertificateFingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const PLAIN: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

    #[test]
    fn it_is_read_as_openssl_and_envoy_write_it() {
        let pairs: Vec<&str> = (0..32).map(|n| &PLAIN[2 * n..2 * n + 2]).collect();
        for text in [
            PLAIN.to_owned(),
            PLAIN.to_uppercase(),
            pairs.join(":").to_uppercase(),
        ] {
            let read = CertificateFingerprint::parse(&text).map(|it| it.to_string());
            assert_eq!(read.as_deref(), Ok(PLAIN), "{text}");
        }
    }

    #[test]
    fn what_is_no_fingerprint_is_refused() {
        let long = format!("{PLAIN}00");
        let odd = &PLAIN[1..];
        let sha1 = &PLAIN[..40];
        let sign = PLAIN.replacen("00", "+1", 1);
        let wide = PLAIN.replacen("00", "é", 1);
        let colon = PLAIN.replacen("0011", "00:11", 1);
        for text in ["", ":", &long, odd, sha1, &sign, &wide, &colon, "sha256"] {
            assert_eq!(
                CertificateFingerprint::parse(text),
                Err(FingerprintError),
                "{text}"
            );
        }
    }
}
