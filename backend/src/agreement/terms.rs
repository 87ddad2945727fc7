//! One dated payout agreement, and the name its content gives it.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::ops::Deref;

use postern_protocol::currency::Currency;
use postern_protocol::money::Money;
use postern_protocol::time::UnixSeconds;
use sha2::{Digest as _, Sha256};

use super::{Cpa, DAY_SECONDS, DamagedTerms, RevShare, TermsShape};

/// Hex digits of a version: enough to tell all terms of all partners apart.
const VERSION_HEX_DIGITS: usize = 16;

/// Terms a partner may have: a change a month for many years.
pub const MAX_TERMS_PER_PARTNER: usize = 200;

/// What is paid from a day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// The first second for which it holds: the start of a UTC day.
    pub from: UnixSeconds,
    /// A fixed amount for an event.
    pub cpa: Option<Cpa>,
    /// A share of the money that moves.
    pub revshare: Option<RevShare>,
    /// How many days earnings are held before they are due.
    pub hold_days: u32,
    /// For how many conversions CPA is paid.
    pub caps: Caps,
    /// A first deposit below it earns no CPA; nor does one in a currency that is not listed. Empty:
    /// any deposit will do.
    pub min_deposit: BTreeMap<Currency, Money>,
}

impl Rules {
    /// Nothing is paid from then on.
    #[must_use]
    pub const fn paying_nothing(from: UnixSeconds) -> Self {
        Self {
            from,
            cpa: None,
            revshare: None,
            hold_days: 0,
            caps: Caps::NONE,
            min_deposit: BTreeMap::new(),
        }
    }

    /// When what is earned now is due.
    #[must_use]
    pub const fn due_at(&self, now: UnixSeconds) -> UnixSeconds {
        let hold = self.hold_days as i64 * DAY_SECONDS;
        UnixSeconds(now.0.saturating_add(hold))
    }
}

/// For how many conversions CPA is paid; `None`: for as many as there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Caps {
    /// Those that happen in one UTC day.
    pub per_day: Option<u32>,
    /// Those that happen in one UTC month.
    pub per_month: Option<u32>,
}

/// Which cap leaves no place for another conversion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CapReached {
    /// The day has had as many as this.
    Day(u32),
    /// The month has had as many as this.
    Month(u32),
}

impl Caps {
    /// No limits.
    pub const NONE: Self = Self {
        per_day: None,
        per_month: None,
    };

    /// Whether conversions need not be counted at all.
    #[must_use]
    pub const fn is_none(&self) -> bool {
        self.per_day.is_none() && self.per_month.is_none()
    }

    /// The cap that leaves no place, where so many have had theirs.
    #[must_use]
    pub fn reached(&self, used_in_day: u32, used_in_month: u32) -> Option<CapReached> {
        let day = self.per_day.filter(|cap| used_in_day >= *cap);
        let month = self.per_month.filter(|cap| used_in_month >= *cap);
        day.map(CapReached::Day).or(month.map(CapReached::Month))
    }
}

/// Rules with the name their content gives them. They cannot be changed any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    version: TermsVersion,
    rules: Rules,
}

impl Terms {
    /// Names the rules.
    #[must_use]
    pub fn new(rules: Rules) -> Self {
        let version = TermsVersion::of(&TermsShape::of(&rules).to_json());
        Self { version, rules }
    }

    /// What names them.
    #[must_use]
    pub const fn version(&self) -> &TermsVersion {
        &self.version
    }

    /// The one text for these rules: keys sorted, nothing between them.
    #[must_use]
    pub fn to_json(&self) -> String {
        TermsShape::of(&self.rules).to_json()
    }

    /// Reads what [`Terms::to_json`] wrote.
    ///
    /// # Errors
    /// What is not as it was written.
    pub fn from_json(text: &str) -> Result<Self, DamagedTerms> {
        TermsShape::parse(text)?.rules().map(Self::new)
    }
}

impl Deref for Terms {
    type Target = Rules;

    fn deref(&self) -> &Rules {
        &self.rules
    }
}

/// The name of terms: the start of a SHA-256 over their text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TermsVersion(String);

impl TermsVersion {
    fn of(json: &str) -> Self {
        let mut hex = String::new();
        for byte in Sha256::digest(json.as_bytes()) {
            // Writing into a String cannot fail.
            let _ = write!(hex, "{byte:02x}");
        }
        hex.truncate(VERSION_HEX_DIGITS);
        Self(hex)
    }

    /// Reads a version as the store keeps it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        let is_version = text.len() == VERSION_HEX_DIGITS && text.bytes().all(is_hex);
        is_version.then(|| Self(text.to_owned()))
    }

    /// The version as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TermsVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
