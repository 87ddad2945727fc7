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

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn plain_digits_are_a_time() {
        assert_eq!(
            UnixSeconds::parse(b"1717000000"),
            Some(UnixSeconds(1_717_000_000))
        );
        assert_eq!(UnixSeconds::parse(b"0"), Some(UnixSeconds(0)));
        assert_eq!(
            UnixSeconds::parse(b"99999999999"),
            Some(UnixSeconds(99_999_999_999))
        );
    }

    #[test]
    fn signs_blanks_fractions_and_endless_digits_are_none() {
        for text in [
            "",
            "-1",
            "+1",
            " 1",
            "1 ",
            "1.0",
            "1e3",
            "0x1",
            "1717000000000",
            "\u{661}",
        ] {
            assert_eq!(UnixSeconds::parse(text.as_bytes()), None, "{text:?}");
        }
    }

    #[test]
    fn the_distance_of_two_moments_has_no_direction_and_no_overflow() {
        let (early, late) = (UnixSeconds(100), UnixSeconds(160));
        assert_eq!(early.seconds_apart(late), 60);
        assert_eq!(late.seconds_apart(early), 60);
        assert_eq!(
            UnixSeconds(i64::MIN).seconds_apart(UnixSeconds(i64::MAX)),
            u64::MAX
        );
    }
}
