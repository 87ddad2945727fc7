//! Sums of money, each currency by itself: there is nothing here that adds two currencies.

use std::collections::BTreeMap;
use std::fmt;

use postern_protocol::currency::Currency;
use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};
use utoipa::ToSchema;

/// An exact sum in one currency; it may be negative, and is wider than any amount of the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ToSchema)]
pub struct Sum {
    /// In which currency.
    #[schema(value_type = String, example = "USD")]
    pub currency: Currency,
    /// How many of its smallest unit; in JSON with all decimals of the currency.
    #[schema(rename = "amount", value_type = String, example = "50.00")]
    pub minor: i128,
}

impl Sum {
    /// The number alone, in main units with all decimals of the currency: `-50.00`.
    #[must_use]
    pub fn decimal(self) -> String {
        let places = usize::from(self.currency.exponent());
        let unit = 10_u128.pow(u32::from(self.currency.exponent()));
        let (whole, rest) = (
            self.minor.unsigned_abs() / unit,
            self.minor.unsigned_abs() % unit,
        );
        let sign = if self.minor < 0 { "-" } else { "" };
        match places {
            0 => format!("{sign}{whole}"),
            _ => format!("{sign}{whole}.{rest:0places$}"),
        }
    }
}

impl fmt::Display for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.decimal(), self.currency)
    }
}

impl Serialize for Sum {
    /// The amount is a text: a JSON reader's doubles must not touch it.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut shape = serializer.serialize_struct("Sum", 2)?;
        shape.serialize_field("currency", &self.currency)?;
        shape.serialize_field("amount", &self.decimal())?;
        shape.end()
    }
}

/// Sums in several currencies.
#[derive(Debug, Clone, Default, PartialEq, Eq, ToSchema)]
#[schema(value_type = Vec<Sum>)]
pub struct Sums(BTreeMap<Currency, i128>);

impl Sums {
    /// Adds to the sum of this currency.
    pub fn add(&mut self, currency: Currency, minor: i128) {
        *self.0.entry(currency).or_default() += minor;
    }

    /// Adds each currency's sum to the same currency's here.
    pub fn add_all(&mut self, other: &Self) {
        for sum in other.iter() {
            self.add(sum.currency, sum.minor);
        }
    }

    /// The sum in one currency.
    #[must_use]
    pub fn get(&self, currency: Currency) -> Option<i128> {
        self.0.get(&currency).copied()
    }

    /// All of them, by currency.
    pub fn iter(&self) -> impl Iterator<Item = Sum> {
        self.0
            .iter()
            .map(|(&currency, &minor)| Sum { currency, minor })
    }

    /// Whether no currency has a sum.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<Sum> for Sums {
    fn from_iter<I: IntoIterator<Item = Sum>>(sums: I) -> Self {
        let mut all = Self::default();
        for sum in sums {
            all.add(sum.currency, sum.minor);
        }
        all
    }
}

impl Serialize for Sums {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(code: &str, minor: i128) -> Sum {
        let currency = Currency::parse(code).expect(code);
        Sum { currency, minor }
    }

    #[test]
    fn a_sum_shows_all_decimals_of_its_currency_and_its_sign() {
        for (code, minor, shown) in [
            ("USD", 5_000, "50.00 USD"),
            ("USD", -5, "-0.05 USD"),
            ("JPY", -1_000, "-1000 JPY"),
            ("USDT", 1, "0.000001 USDT"),
            (
                "USD",
                170_141_183_460_469_231_731,
                "1701411834604692317.31 USD",
            ),
        ] {
            assert_eq!(sum(code, minor).to_string(), shown);
        }
    }

    #[test]
    fn currencies_stay_apart() {
        let sums: Sums = [sum("USD", 1), sum("EUR", 2), sum("USD", 3)]
            .into_iter()
            .collect();
        assert_eq!(
            sums.iter().collect::<Vec<_>>(),
            [sum("EUR", 2), sum("USD", 4)]
        );
        assert_eq!(
            serde_json::to_string(&sums).expect("JSON"),
            r#"[{"currency":"EUR","amount":"0.02"},{"currency":"USD","amount":"0.04"}]"#
        );
    }
}
