//! Amounts of the ledger: whole numbers of the smallest unit that may be below zero.

use std::fmt;

use postern_protocol::currency::Currency;
use postern_protocol::money::Money;
use serde::{Serialize, Serializer};

use crate::report::Sum;

/// So much of a currency, earned or taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Amount {
    /// How many of the smallest unit; below zero where it is taken back.
    pub minor: i64,
    /// What it is counted in.
    pub currency: Currency,
}

impl Amount {
    /// Nothing, in this currency.
    #[must_use]
    pub const fn zero(currency: Currency) -> Self {
        Self { minor: 0, currency }
    }

    fn sum(self) -> Sum {
        Sum {
            currency: self.currency,
            minor: i128::from(self.minor),
        }
    }
}

impl From<Money> for Amount {
    fn from(money: Money) -> Self {
        Self {
            minor: money.minor(),
            currency: money.currency(),
        }
    }
}

impl fmt::Display for Amount {
    /// In major units with all decimals of the currency: `-50.00 USD`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.sum().fmt(f)
    }
}

impl Serialize for Amount {
    /// As sums are: `{"currency":"USD","amount":"-50.00"}`.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.sum().serialize(serializer)
    }
}

/// `number / divisor`, rounded to the nearest whole; a half goes to the even neighbour. The divisor
/// is above zero.
#[must_use]
pub fn divide_half_even(number: i128, divisor: i128) -> i128 {
    let (below, rest) = (number.div_euclid(divisor), number.rem_euclid(divisor));
    let is_up = match (rest).cmp(&(divisor - rest)) {
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Greater => true,
        std::cmp::Ordering::Equal => below.rem_euclid(2) == 1,
    };
    below + i128::from(is_up)
}

#[cfg(test)]
mod tests {
    use postern_protocol::currency::Currency;
    use proptest::prelude::*;

    use super::{Amount, divide_half_even};

    #[test]
    fn amounts_are_shown_with_sign_and_all_decimals() {
        let shown = |minor, code| {
            let currency = Currency::parse(code).expect(code);
            Amount { minor, currency }.to_string()
        };
        assert_eq!(shown(-5, "USD"), "-0.05 USD");
        assert_eq!(shown(-12_345, "USD"), "-123.45 USD");
        assert_eq!(shown(1_000, "JPY"), "1000 JPY");
        assert_eq!(shown(i64::MIN, "USD"), "-92233720368547758.08 USD");
    }

    #[test]
    fn a_half_goes_to_the_even_neighbour() {
        for (number, rounded) in [
            (5, 0),
            (15, 2),
            (25, 2),
            (35, 4),
            (-5, 0),
            (-15, -2),
            (-25, -2),
        ] {
            assert_eq!(divide_half_even(number, 10), rounded, "{number}/10");
        }
        for (number, rounded) in [(4, 0), (6, 1), (14, 1), (16, 2), (-4, 0), (-6, -1)] {
            assert_eq!(divide_half_even(number, 10), rounded, "{number}/10");
        }
    }

    proptest! {
        #[test]
        fn rounding_is_off_by_a_half_at_most_and_knows_no_sign(
            number in -(1_i128 << 100)..(1_i128 << 100), divisor in 1_i128..1_000_000_000_000,
        ) {
            let rounded = divide_half_even(number, divisor);
            prop_assert!((rounded * divisor - number).abs() * 2 <= divisor);
            prop_assert_eq!(divide_half_even(-number, divisor), -rounded);
        }
    }
}
