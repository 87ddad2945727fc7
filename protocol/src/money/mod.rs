//! Money as whole numbers of the currency's smallest unit, because floats lose cents.
//!
//! An amount flows through here once: its text → an exact [`Decimal`] → [`Money`]. What could be
//! read in two ways is told apart from what is wrong, since the first is kept for a person to
//! decide and the second is refused.

mod decimal;
mod error;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use self::decimal::{Decimal, MAX_AMOUNT_BYTES};
pub use self::error::{Ambiguity, AmountError};
use crate::currency::Currency;

/// The largest amount, in the currency's smallest unit: ten trillion dollars, a million ETH.
///
/// It lies below 2^53, so a JSON reader that uses doubles still sees the very number, and more than
/// nine thousand of them add up without overflow.
pub const MAX_AMOUNT_MINOR: i64 = 1_000_000_000_000_000;

/// In which unit a partner sends amounts; it is agreed per partner, never guessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AmountUnit {
    /// The currency's main unit: `50.00` is fifty dollars.
    #[default]
    Major,
    /// Its smallest unit: `5000` is fifty dollars.
    Minor,
}

/// An amount that is not negative, exact to the currency's smallest unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    minor: i64,
    currency: Currency,
}

impl Money {
    /// So many of the currency's smallest unit; `None` below zero or above [`MAX_AMOUNT_MINOR`].
    #[must_use]
    pub fn of_minor(minor: i64, currency: Currency) -> Option<Self> {
        let valid = (0..=MAX_AMOUNT_MINOR).contains(&minor);
        valid.then_some(Self { minor, currency })
    }

    /// How many of the smallest unit: 5000 for 50.00 USD; 0 to [`MAX_AMOUNT_MINOR`].
    #[must_use]
    pub const fn minor(self) -> i64 {
        self.minor
    }

    /// What it is counted in.
    #[must_use]
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// Reads an amount sent as text, in the unit agreed with the partner.
    ///
    /// # Errors
    /// [`AmountError`], whose text says what is expected instead.
    pub fn parse(text: &str, currency: Currency, unit: AmountUnit) -> Result<Self, AmountError> {
        // Before the decimals are counted: `1.234` USD is no less in doubt than `1.230` is.
        if unit == AmountUnit::Major && reads_as_thousands(text, currency) {
            return Err(Ambiguity::Thousands.into());
        }
        Self::from_number(text, currency, unit)
    }

    /// Reads the token of a JSON number. It differs from [`Money::parse`] in one thing: its point
    /// is a decimal point beyond doubt, so `50.000` is fifty.
    ///
    /// # Errors
    /// As [`Money::parse`].
    pub fn from_number(
        token: &str,
        currency: Currency,
        unit: AmountUnit,
    ) -> Result<Self, AmountError> {
        let decimal = Decimal::parse(token)?;
        let exponent = match unit {
            AmountUnit::Major => u32::from(currency.exponent()),
            AmountUnit::Minor if token.contains('.') => return Err(AmountError::NotWhole),
            AmountUnit::Minor => 0,
        };
        if decimal.places > exponent {
            return Err(AmountError::TooPrecise {
                currency,
                exponent: currency.exponent(),
            });
        }
        decimal
            .scaled(exponent)
            .and_then(|minor| i64::try_from(minor).ok())
            .and_then(|minor| Self::of_minor(minor, currency))
            .ok_or(AmountError::TooLarge)
    }
}

/// `50.000` may be fifty or, in half of the world, fifty thousand. `0.500` and `1234.000` are not
/// how anybody writes thousands. A currency with three decimals or more is written so, coins and
/// dollar tokens among them: `1.500` USDT is one and a half.
fn reads_as_thousands(text: &str, currency: Currency) -> bool {
    let Some((whole, fraction)) = text.split_once('.') else {
        return false;
    };
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let grouped = matches!(whole.len(), 1..=3) && fraction.len() == 3;
    let plain = all_digits(whole) && all_digits(fraction) && !whole.starts_with('0');
    currency.exponent() < 3 && grouped && plain
}

impl fmt::Display for Money {
    /// In major units with all decimals of the currency: `50.00 USD`, `1000 JPY`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let places = usize::from(self.currency.exponent());
        let unit = 10_i64.saturating_pow(u32::from(self.currency.exponent()));
        let (whole, rest) = (self.minor / unit, self.minor % unit);
        match places {
            0 => write!(f, "{whole} {}", self.currency),
            _ => write!(f, "{whole}.{rest:0places$} {}", self.currency),
        }
    }
}

#[cfg(test)]
mod tests;
