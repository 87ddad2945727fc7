//! When an event happened, in UNIX seconds. Other clocks' units are recognised, so that the answer
//! can name them instead of booking an event into the year 56,000.

use thiserror::Error;

use crate::time::UnixSeconds;

/// 2015-01-01T00:00:00Z. Events before it are zeros and counters that were sent as a time.
pub const EARLIEST_TIMESTAMP_SECONDS: i64 = 1_420_070_400;
/// 2100-01-01T00:00:00Z.
pub const LATEST_TIMESTAMP_SECONDS: i64 = 4_102_444_800;

/// Why a text is no time of an event.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TimestampError {
    /// Letters, dates, an empty text.
    #[error("UNIX time in whole seconds, such as 1717000000")]
    NotSeconds,
    /// A fraction of a second behind a point, or an exponent.
    #[error("UNIX time in whole seconds, such as 1717000000, without fraction or exponent")]
    NotWhole,
    /// A minus sign.
    #[error("UNIX time in seconds since 1970, such as 1717000000; it cannot be negative")]
    Negative,
    /// A thousand times too large, or a million.
    #[error("UNIX time in seconds; this looks like {0}")]
    FinerUnit(&'static str),
    /// Before [`EARLIEST_TIMESTAMP_SECONDS`].
    #[error("UNIX time in seconds, not before 2015 (1420070400)")]
    TooEarly,
    /// After [`LATEST_TIMESTAMP_SECONDS`].
    #[error("UNIX time in seconds, before 2100 (4102444800)")]
    TooLate,
}

/// Reads the time of an event: plain digits, UNIX seconds, between 2015 and 2100.
///
/// # Errors
/// [`TimestampError`], whose text says what is expected instead.
pub fn parse_timestamp(text: &str) -> Result<UnixSeconds, TimestampError> {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if text.strip_prefix('-').is_some_and(digits) {
        return Err(TimestampError::Negative);
    }
    if !digits(text) {
        let number = text
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+'));
        let number = number && text.starts_with(|c: char| c.is_ascii_digit());
        return Err(if number {
            TimestampError::NotWhole
        } else {
            TimestampError::NotSeconds
        });
    }
    let seconds = text.parse().unwrap_or(i64::MAX);
    if (EARLIEST_TIMESTAMP_SECONDS..LATEST_TIMESTAMP_SECONDS).contains(&seconds) {
        return Ok(UnixSeconds(seconds));
    }
    Err(out_of_range(seconds))
}

/// Which unit puts the number into the span of real events.
fn out_of_range(number: i64) -> TimestampError {
    if number < EARLIEST_TIMESTAMP_SECONDS {
        return TimestampError::TooEarly;
    }
    let units = [
        (1_000, "milliseconds"),
        (1_000_000, "microseconds"),
        (1_000_000_000, "nanoseconds"),
    ];
    let span = EARLIEST_TIMESTAMP_SECONDS..LATEST_TIMESTAMP_SECONDS;
    let unit = units
        .iter()
        .find(|(per_second, _)| span.contains(&(number / per_second)));
    unit.map_or(TimestampError::TooLate, |(_, name)| {
        TimestampError::FinerUnit(name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn refusal_of(text: &str) -> TimestampError {
        parse_timestamp(text).expect_err(text)
    }

    #[test]
    fn seconds_are_taken_from_2015_until_2100() {
        for seconds in [
            EARLIEST_TIMESTAMP_SECONDS,
            1_717_000_000,
            LATEST_TIMESTAMP_SECONDS - 1,
        ] {
            assert_eq!(
                parse_timestamp(&seconds.to_string()),
                Ok(UnixSeconds(seconds))
            );
        }
        assert_eq!(refusal_of("1420070399"), TimestampError::TooEarly);
        assert_eq!(refusal_of("4102444800"), TimestampError::TooLate);
    }

    #[test]
    fn finer_units_are_named() {
        assert_eq!(
            refusal_of("1717000000000"),
            TimestampError::FinerUnit("milliseconds")
        );
        assert_eq!(
            refusal_of("1717000000000000"),
            TimestampError::FinerUnit("microseconds")
        );
        assert_eq!(
            refusal_of("1717000000000000000"),
            TimestampError::FinerUnit("nanoseconds")
        );
        let message = refusal_of("1717000000000").to_string();
        assert_eq!(
            message,
            "UNIX time in seconds; this looks like milliseconds"
        );
    }

    #[test]
    fn zero_and_negative_times_are_refused() {
        assert_eq!(refusal_of("0"), TimestampError::TooEarly);
        assert_eq!(refusal_of("-1717000000"), TimestampError::Negative);
    }

    #[test]
    fn fractions_and_exponents_are_refused() {
        for text in ["1717000000.5", "1717000000.0", "1.717e9", "1.717E+9"] {
            assert_eq!(refusal_of(text), TimestampError::NotWhole, "{text}");
        }
    }

    #[test]
    fn dates_and_words_are_refused() {
        for text in [
            "",
            "2024-05-29",
            "2024-05-29T16:26:40Z",
            "now",
            "+1717000000",
            " 1717000000",
            "-",
        ] {
            assert_eq!(refusal_of(text), TimestampError::NotSeconds, "{text}");
        }
    }

    #[test]
    fn a_number_beyond_all_units_is_too_late() {
        assert_eq!(refusal_of("99999999999"), TimestampError::TooLate);
        assert_eq!(refusal_of(&"9".repeat(60)), TimestampError::TooLate);
    }
}
