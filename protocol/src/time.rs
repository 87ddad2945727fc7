//! Time as whole seconds since 1970-01-01 UTC.
//!
//! Pure code never asks for the time; it is handed in.

use std::fmt;

/// Seconds since 1970-01-01T00:00:00Z, leap seconds not counted.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(transparent)]
pub struct UnixSeconds(pub i64);

impl UnixSeconds {
    /// Reads plain decimal digits, 1 to 11 of them: no sign, blank or fraction.
    #[must_use]
    pub fn parse(text: &[u8]) -> Option<Self> {
        let fits = (1..=11).contains(&text.len()) && text.iter().all(u8::is_ascii_digit);
        let digits = text.iter().map(|digit| i64::from(digit.wrapping_sub(b'0')));
        fits.then(|| Self(digits.fold(0, |sum, digit| sum.wrapping_mul(10).wrapping_add(digit))))
    }

    /// How far apart two moments are, in seconds, whichever comes first.
    #[must_use]
    pub const fn seconds_apart(self, other: Self) -> u64 {
        self.0.abs_diff(other.0)
    }
}

impl fmt::Display for UnixSeconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
