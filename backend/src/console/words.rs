//! Times and amounts as the review and partner pages show them.

use postern_protocol::money::Money;
use postern_protocol::time::UnixSeconds;

/// How long ago something was, in its largest unit: `5 min`, `3 h`, `12 d`.
pub(super) fn age(at: UnixSeconds, now: UnixSeconds) -> String {
    let seconds = now.0.saturating_sub(at.0).max(0);
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min", seconds / 60),
        3_600..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} d", seconds / 86_400),
    }
}

/// An amount with its currency, or nothing.
pub(super) fn amount(money: Option<Money>) -> String {
    money.map_or_else(String::new, |money| money.to_string())
}

/// Tenths of a per cent as people read them.
pub(super) fn percent(permille: usize) -> String {
    format!("{}.{} %", permille / 10, permille % 10)
}

/// The kind of chip a word stands in: `good`, `warn`, `bad`, or plain.
pub(super) fn tone(word: &str) -> &'static str {
    match word {
        "approved" | "accepted" | "updated" | "healed" | "now" | "posts" => "good",
        "flagged" | "quarantined" | "later" | "close" => "warn",
        "rejected" | "invalid" | "ended" | "silent" => "bad",
        "pending" | "duplicate" | "closed" | "undone" => "info",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_has_its_largest_unit() {
        let ago = |seconds: i64| age(UnixSeconds(1_000_000), UnixSeconds(1_000_000 + seconds));
        assert_eq!(ago(59), "59 s");
        assert_eq!(ago(60), "1 min");
        assert_eq!(ago(3_600), "1 h");
        assert_eq!(ago(172_799), "47 h");
        assert_eq!(ago(172_800), "2 d");
        assert_eq!(ago(-5), "0 s", "another backend's clock may be ahead");
    }

    #[test]
    fn shares_are_per_cents_with_one_decimal() {
        assert_eq!(percent(0), "0.0 %");
        assert_eq!(percent(123), "12.3 %");
        assert_eq!(percent(1_000), "100.0 %");
    }
}
