//! An amount in another currency.

use super::{MAX_RATE_PLACES, Rate};
use crate::payout::divide_half_even;
use crate::report::Sum;

/// An amount in another currency, with the rate that was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Converted {
    /// How much it is.
    pub sum: Sum,
    /// By which rate.
    pub rate: Rate,
}

/// The result has no room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the amount is too large to be converted by {0}; correct the rate")]
pub struct TooLarge(Rate);

impl Rate {
    /// So many of the smallest unit of `from` in `to`, rounded half-even to the smallest unit. To
    /// round once, convert sums and not what they are made of.
    ///
    /// # Errors
    /// [`TooLarge`], which only a rate that is a slip can cause.
    pub fn convert(&self, minor: i128) -> Result<Converted, TooLarge> {
        let converted = self.exact(minor).ok_or(TooLarge(*self))?;
        Ok(Converted {
            sum: Sum {
                currency: self.to,
                minor: converted,
            },
            rate: *self,
        })
    }

    fn exact(&self, minor: i128) -> Option<i128> {
        let (from, to) = (self.from.exponent(), self.to.exponent());
        let power = |exponent: u8| 10_i128.checked_pow(u32::from(exponent));
        let product = minor.checked_mul(self.units)?;
        let product = product.checked_mul(power(to.saturating_sub(from))?)?;
        let divisor = 10_i128.checked_pow(MAX_RATE_PLACES)?;
        let divisor = divisor.checked_mul(power(from.saturating_sub(to))?)?;
        Some(divide_half_even(product, divisor))
    }
}
