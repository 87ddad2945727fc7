//! Exact decimals, read from text without a float in between.

use std::fmt;

use super::{Ambiguity, AmountError};

/// The longest text that is read as an amount.
pub const MAX_AMOUNT_BYTES: usize = 40;

/// An exact, non-negative decimal: `units` × 10^-`places`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decimal {
    units: u128,
    pub(super) places: u32,
}

impl Decimal {
    /// Reads digits with at most one point between them: `50`, `50.00`, `0.5`.
    ///
    /// # Errors
    /// [`AmountError`]: everything else, each with its own cause.
    pub fn parse(text: &str) -> Result<Self, AmountError> {
        refuse_look_alikes(text)?;
        let (whole, fraction) = match text.split_once('.') {
            Some((whole, fraction)) if !fraction.is_empty() => (whole, fraction),
            Some(_) => return Err(AmountError::NotDecimal),
            None => (text, ""),
        };
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) {
            return Err(AmountError::NotDecimal);
        }
        // Zeros at the end say nothing; without them more amounts fit.
        let fraction = fraction.trim_end_matches('0');
        let mut units: u128 = 0;
        for byte in whole.bytes().chain(fraction.bytes()) {
            units = units
                .checked_mul(10)
                .and_then(|value| value.checked_add(u128::from(byte.wrapping_sub(b'0'))))
                .ok_or(AmountError::TooLarge)?;
        }
        let places = u32::try_from(fraction.len()).map_err(|_| AmountError::TooLarge)?;
        Ok(Self { units, places })
    }

    /// Whether it is nothing, with however many zeros.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.units == 0
    }

    /// The same number counted in 10^-`exponent`, or `None` where that would round or overflow.
    #[must_use]
    pub fn scaled(self, exponent: u32) -> Option<u128> {
        let shift = exponent.checked_sub(self.places)?;
        self.units.checked_mul(10_u128.checked_pow(shift)?)
    }
}

/// Tells common texts that are no plain decimal apart, so that each gets its own answer.
fn refuse_look_alikes(text: &str) -> Result<(), AmountError> {
    if text.len() > MAX_AMOUNT_BYTES {
        return Err(AmountError::TooLarge);
    }
    if has_unclear_separators(text) {
        return Err(Ambiguity::Separator.into());
    }
    let digit_first = |text: &str| text.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    if text.strip_prefix(['-', '+', '−']).is_some_and(digit_first) {
        return Err(AmountError::Signed);
    }
    if text.split_once(['e', 'E']).is_some_and(is_exponent) {
        return Err(AmountError::Exponent);
    }
    Ok(())
}

/// Whether it is a number with separators of which nobody should guess the meaning.
fn has_unclear_separators(text: &str) -> bool {
    let separator = |c: char| matches!(c, ',' | '\'' | '’' | '_' | '٫' | '٬') || c.is_whitespace();
    let number_like = |c: char| c.is_ascii_digit() || c == '.' || separator(c);
    let points = text.bytes().filter(|byte| *byte == b'.').count();
    (points > 1 || text.contains(separator))
        && text.contains(|c: char| c.is_ascii_digit())
        && text.chars().all(number_like)
}

/// Whether what surrounds an `e` makes it an exponent.
fn is_exponent((mantissa, power): (&str, &str)) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let power = power.strip_prefix(['-', '+']).unwrap_or(power);
    digits(&mantissa.replacen('.', "", 1)) && digits(power)
}

impl fmt::Display for Decimal {
    /// The shortest plain form: `50`, `0.05`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = 10_u128.saturating_pow(self.places);
        let (whole, rest) = (self.units / unit, self.units % unit);
        match usize::try_from(self.places) {
            Ok(places @ 1..) => write!(f, "{whole}.{rest:0places$}"),
            _ => write!(f, "{whole}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn shown(text: &str) -> String {
        Decimal::parse(text).expect(text).to_string()
    }

    fn assert_refused(texts: &[&str], expected: &AmountError) {
        for text in texts {
            assert_eq!(Decimal::parse(text).as_ref(), Err(expected), "{text:?}");
        }
    }

    #[test]
    fn zeros_that_say_nothing_are_dropped() {
        for (sent, kept) in [
            ("50.00", "50"),
            ("007.50", "7.5"),
            ("0.0", "0"),
            ("0.05", "0.05"),
        ] {
            assert_eq!(shown(sent), kept);
        }
    }

    #[test]
    fn commas_blanks_apostrophes_and_second_points_are_never_guessed() {
        assert_refused(
            &[
                "1,50",
                "1,500.00",
                "1.500,00",
                "1 500",
                "1'500",
                "1’500",
                "1\u{a0}500",
                " 50.00",
                "50.00\n",
                "1_000",
                "1.234.567",
                "1.2.3",
                "50,",
            ],
            &Ambiguity::Separator.into(),
        );
    }

    #[test]
    fn a_sign_in_front_is_refused() {
        assert_refused(&["-50.00", "+50", "-0", "−50", "-.5"], &AmountError::Signed);
    }

    #[test]
    fn exponents_are_refused_with_an_answer_of_their_own() {
        assert_refused(
            &["1e2", "1E2", "5.0e+1", "1e-7", "1.0E+25"],
            &AmountError::Exponent,
        );
    }

    #[test]
    fn what_holds_no_plain_number_is_refused() {
        assert_refused(
            &[
                "", " ", ".", ",", ".5", "5.", "$50", "50USD", "50 USD", "fifty", "NaN",
                "Infinity", "0x32", "e5", "1e", "٥٠", "５０", "--5", "true",
            ],
            &AmountError::NotDecimal,
        );
    }

    #[test]
    fn digits_without_end_are_refused() {
        assert_refused(&[&"9".repeat(40), &"0".repeat(41)], &AmountError::TooLarge);
        assert_eq!(shown(&"0".repeat(40)), "0");
    }
}
