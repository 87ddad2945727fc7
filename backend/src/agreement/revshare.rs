//! RevShare: a share of what players bring, less the same share of what they take out again.

use std::collections::BTreeSet;
use std::fmt;

use postern_protocol::event::EventKind;
use postern_protocol::money::Decimal;

/// The events money comes in by. Cashouts are always taken off.
pub const SHARED_KINDS: [EventKind; 2] = [EventKind::Ftd, EventKind::Redeposit];

/// Basis points of a whole.
const WHOLE: u32 = 10_000;

/// Decimals of a percentage.
const PERCENT_PLACES: u32 = 2;

/// A share of the money that moves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevShare {
    /// How much of it.
    pub share: BasisPoints,
    /// Of which deposits; some of [`SHARED_KINDS`], at least one.
    pub of: BTreeSet<EventKind>,
    /// Whether a month that ends below zero is taken off the next one. Else each month begins anew.
    pub carry_over: bool,
}

/// A share in hundredths of a percent: 1 to 10,000, so more than nothing and at most all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct BasisPoints(u32);

impl BasisPoints {
    /// So many hundredths of a percent; `None` for nothing and for more than all.
    #[must_use]
    pub fn new(points: u32) -> Option<Self> {
        (1..=WHOLE).contains(&points).then_some(Self(points))
    }

    /// Reads a percentage, such as `25` or `12.5`.
    ///
    /// # Errors
    /// What to write instead.
    pub fn parse_percent(text: &str) -> Result<Self, String> {
        let points = Decimal::parse(text)
            .ok()
            .and_then(|percent| percent.scaled(PERCENT_PLACES))
            .and_then(|points| u32::try_from(points).ok());
        points.and_then(Self::new).ok_or_else(|| {
            format!("must be a percentage from 0.01 to 100 with at most 2 decimals, as \"25\" or \"12.5\", not {text:?}")
        })
    }

    /// How many.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }

    /// The share of an amount, rounded half-even: a half goes to the even neighbour, so that many
    /// halves do not add up to somebody's gain.
    #[must_use]
    pub fn of(self, minor: i64) -> i64 {
        let product = i128::from(minor) * i128::from(self.0);
        // A share is never more than the whole.
        i64::try_from(crate::payout::divide_half_even(product, i128::from(WHOLE))).unwrap_or(minor)
    }
}

impl fmt::Display for BasisPoints {
    /// As a percentage in its shortest form: `25 %`, `12.5 %`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.0 / 100, self.0 % 100);
        match (rest, rest % 10) {
            (0, _) => write!(f, "{whole} %"),
            (_, 0) => write!(f, "{whole}.{} %", rest / 10),
            _ => write!(f, "{whole}.{rest:02} %"),
        }
    }
}
