//! Limits as the stock service's configuration has them, one level of descriptors deep. Unknown keys are mistakes.

use serde::Deserialize;

/// A configuration file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Limits {
    pub(crate) domain: String,
    descriptors: Vec<Descriptor>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Descriptor {
    key: String,
    /// For this value alone; without one for every value, each with a count of its own.
    value: Option<String>,
    rate_limit: RateLimit,
}

/// So many requests in each unit.
#[derive(Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RateLimit {
    unit: Unit,
    pub(crate) requests_per_unit: u64,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Unit {
    Second,
    Minute,
    Hour,
    Day,
}

impl RateLimit {
    pub(crate) fn seconds(self) -> u64 {
        match self.unit {
            Unit::Second => 1,
            Unit::Minute => 60,
            Unit::Hour => 3_600,
            Unit::Day => 86_400,
        }
    }
}

impl Limits {
    /// The limit of an entry: that of its value before that of its key.
    pub(crate) fn of(&self, key: &str, value: &str) -> Option<RateLimit> {
        let of_key = || self.descriptors.iter().filter(|it| it.key == key);
        let exact = of_key().find(|it| it.value.as_deref() == Some(value));
        let found = exact.or_else(|| of_key().find(|it| it.value.is_none()));
        found.map(|it| it.rate_limit)
    }
}
