//! Spans of time on the command line.

use jiff::{Span, SpanRelativeTo};

/// The length of a span in whole seconds; a day has 24 hours.
pub(super) fn seconds(text: &str) -> Result<i64, String> {
    let span: Span = text
        .parse()
        .map_err(|_| "write a time as 7d, 12h or 30m".to_owned())?;
    let length = span
        .to_duration(SpanRelativeTo::days_are_24_hours())
        .map_err(|_| "write it in weeks, days, hours or minutes, as 7d".to_owned())?;
    match length.as_secs() {
        seconds if seconds >= 0 => Ok(seconds),
        _ => Err("must not be negative".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_so_many_seconds() {
        assert_eq!(seconds("2d"), Ok(172_800));
        assert_eq!(seconds("1w 12h"), Ok(648_000));
        assert_eq!(seconds("0s"), Ok(0));
    }

    #[test]
    fn what_is_no_span_says_how_to_write_one() {
        for (text, word) in [
            ("soon", "as 7d, 12h or 30m"),
            ("2mo", "weeks, days"),
            ("-1d", "negative"),
        ] {
            let said = seconds(text).unwrap_err();
            assert!(said.contains(word), "{text}: {said}");
        }
    }
}
