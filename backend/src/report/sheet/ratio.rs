//! Ratios, and intervals that say how sure they are. Counts and money stay exact; these are what is
//! computed from them for eyes and for steering, and the only floats of the backend's reports.

use std::fmt;

use serde::{Serialize, Serializer};
use utoipa::ToSchema;

/// Decimals of a ratio in JSON and CSV: a ten-thousandth of a percent. More would be noise, and the
/// same data must give the same bytes.
const RATIO_DECIMALS: usize = 6;
const RATIO_SCALE: f64 = 1e6;

/// A part of a whole; nothing where the whole is nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, ToSchema)]
#[schema(value_type = Option<f64>)]
pub struct Ratio(Option<f64>);

impl Ratio {
    /// `part` of `whole`.
    #[must_use]
    pub fn of(part: u64, whole: u64) -> Self {
        // Counts stay far below 2^53.
        Self((whole > 0).then(|| part as f64 / whole as f64))
    }

    /// A number that was computed, where it is one.
    #[must_use]
    pub fn new(value: f64) -> Self {
        Self(value.is_finite().then_some(value))
    }

    /// The value, rounded as it is written.
    #[must_use]
    pub fn value(self) -> Option<f64> {
        // The sum turns -0.0 into 0.0: one zero, one text.
        self.0
            .map(|value| (value * RATIO_SCALE).round() / RATIO_SCALE + 0.0)
    }

    /// As a percentage with one decimal: `12.5 %`.
    #[must_use]
    pub fn percent(self) -> String {
        self.0
            .map_or_else(|| "–".to_owned(), |value| format!("{} %", tenths(value)))
    }
}

fn tenths(value: f64) -> String {
    let text = format!("{:.1}", value * 100.0);
    if text == "-0.0" {
        "0.0".to_owned()
    } else {
        text
    }
}

impl fmt::Display for Ratio {
    /// As CSV has it: `0.125000`; empty where there is none.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value()
            .map_or(Ok(()), |value| write!(f, "{value:.RATIO_DECIMALS$}"))
    }
}

impl Serialize for Ratio {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value().serialize(serializer)
    }
}

/// A ratio and the span that holds the true one with 95 % confidence.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct Interval {
    /// What was seen.
    pub value: Ratio,
    /// It is hardly less.
    pub low: Ratio,
    /// It is hardly more.
    pub high: Ratio,
}

impl Interval {
    /// As percentages, the value above its ends: `12.5 %` and `9.1 to 16.8`.
    #[must_use]
    pub fn percent(&self) -> String {
        let end = |ratio: Ratio| ratio.0.map_or_else(|| "–".to_owned(), tenths);
        format!(
            "{}\n{} to {}",
            self.value.percent(),
            end(self.low),
            end(self.high)
        )
    }
}
