//! Dates as people write them in `partners.toml`: RFC 3339, a date alone means 00:00 UTC.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use postern_protocol::time::UnixSeconds;
use toml::Value;

/// Reads a TOML date or a text.
pub(super) fn read(value: &Value) -> Result<UnixSeconds, String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Datetime(date) => date.to_string(),
        other => other.to_string(),
    };
    parse(&text).ok_or_else(|| {
        format!("must be a date as 2026-01-31, or a time with its zone as 2026-01-31T12:00:00Z, not {text:?}")
    })
}

/// Reads a date or a time with its zone.
pub(crate) fn parse(text: &str) -> Option<UnixSeconds> {
    if let Ok(time) = text.parse::<Timestamp>() {
        return Some(UnixSeconds(time.as_second()));
    }
    // A time of day without a zone is not a date alone: whose noon would it be?
    if text.len() != "2026-01-31".len() {
        return None;
    }
    let midnight = text.parse::<Date>().ok()?.to_zoned(TimeZone::UTC).ok()?;
    Some(UnixSeconds(midnight.timestamp().as_second()))
}

/// The time as people and `partners.toml` have it.
#[must_use]
pub fn show(time: UnixSeconds) -> String {
    match Timestamp::from_second(time.0) {
        Ok(time) => time.to_string(),
        Err(_) => format!("{} s", time.0),
    }
}

/// The UTC day the time lies in, as people and `partners.toml` have it.
#[must_use]
pub fn show_day(time: UnixSeconds) -> String {
    match Timestamp::from_second(time.0) {
        Ok(time) => time.strftime("%Y-%m-%d").to_string(),
        Err(_) => format!("{} s", time.0),
    }
}

#[cfg(test)]
mod tests {
    use postern_protocol::time::UnixSeconds;
    use toml::Value;

    use super::{read, show, show_day};

    #[test]
    fn dates_and_times_are_read_from_texts_and_from_toml() {
        let day = UnixSeconds(1_769_817_600);
        assert_eq!(read(&Value::from("2026-01-31")), Ok(day));
        assert_eq!(read(&Value::from("2026-01-31T01:00:00+01:00")), Ok(day));
        let table: toml::Table = "date = 2026-01-31".parse().expect("TOML");
        assert_eq!(read(&table["date"]), Ok(day));
        assert_eq!(show(day), "2026-01-31T00:00:00Z");
        assert_eq!(show_day(UnixSeconds(day.0 - 1)), "2026-01-30");
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        for text in ["soon", "2026-02-30", "2026-01-31T12:00:00", ""] {
            assert!(read(&Value::from(text)).is_err(), "{text}");
        }
        assert!(read(&Value::from(5)).is_err());
    }
}
