//! Why an amount cannot be booked, told apart by what happens next: what is ambiguous waits for a
//! person, what is wrong goes back to the partner.

use thiserror::Error;

use super::MAX_AMOUNT_MINOR;
use crate::currency::Currency;

/// Why a text is no amount, or not surely one.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AmountError {
    /// It can be read in two ways. A person must decide.
    #[error(transparent)]
    Ambiguous(#[from] Ambiguity),
    /// No digits where digits belong: letters, currency signs, several points, `.5`, `5.`.
    #[error("a decimal number with a point, such as 50.00")]
    NotDecimal,
    /// A plus or minus sign in front.
    #[error("an amount without a sign, such as 50.00; say with status or event what became of it")]
    Signed,
    /// `5e1`: encoders print so what they rounded.
    #[error("plain digits, such as 50.00; exponents (1e2) are not read")]
    Exponent,
    /// More decimals than the currency has, and they are not zero.
    #[error("at most {exponent} decimals for {currency}")]
    TooPrecise {
        /// Which currency.
        currency: Currency,
        /// The decimals it has.
        exponent: u8,
    },
    /// A point although the partner sends minor units.
    #[error("a whole number: this partner's amounts are agreed in the currency's smallest unit")]
    NotWhole,
    /// Above [`MAX_AMOUNT_MINOR`].
    #[error("at most {MAX_AMOUNT_MINOR} of the currency's smallest unit")]
    TooLarge,
}

/// In which way an amount can be read twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Ambiguity {
    /// `1,50`, `1,500`, `1 500`, `1'500`, `1.234.567`.
    #[error(
        "its separators may part decimals or thousands; send one point before the decimals and nothing between thousands"
    )]
    Separator,
    /// `50.000` as a text, of a currency that has fewer than three decimals.
    #[error(
        "three digits behind the point may be decimals or thousands; send no more decimals than the currency has"
    )]
    Thousands,
}
