//! Currencies, because an amount without its exponent is a guess.
//!
//! A code as the partner sent it goes in; a [`Currency`] that is really paid in, with the number of
//! decimals of its smallest unit, comes out. National currencies come from ISO 4217; the crypto
//! codes affiliates are paid in stand in [`CRYPTO`], for no standard lists them.

use std::fmt;

use serde::{Serialize, Serializer};
use thiserror::Error;

/// The longest code that is looked up at all; longer ones are certainly none.
const MAX_CODE_BYTES: usize = 16;

/// A currency that money can be booked in.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency {
    code: &'static str,
    exponent: u8,
}

/// Crypto codes and the decimals of the smallest unit they are booked in, sorted by code.
///
/// It is the coin's own smallest unit where that has at most nine decimals. Coins with finer units
/// (ETH's wei has eighteen) are booked in billionths (gwei), but for BNB, which keeps the eight
/// decimals of its first chain, and for dollar and euro tokens, all in millionths as USDT and USDC
/// are: finer amounts are dust, and a sum of them would not fit 64 bits.
const CRYPTO: [(&str, u8); 28] = [
    ("ADA", 6),
    ("ATOM", 6),
    ("AVAX", 9),
    ("BCH", 8),
    ("BNB", 8),
    ("BTC", 8),
    ("BUSD", 6),
    ("DAI", 6),
    ("DASH", 8),
    ("DOGE", 8),
    ("DOT", 9),
    ("ETC", 9),
    ("ETH", 9),
    ("EURC", 6),
    ("FDUSD", 6),
    ("LTC", 8),
    ("MATIC", 9),
    ("POL", 9),
    ("PYUSD", 6),
    ("SOL", 9),
    ("TON", 9),
    ("TRX", 6),
    ("TUSD", 6),
    ("USDC", 6),
    ("USDT", 6),
    ("XLM", 7),
    ("XMR", 9),
    ("XRP", 6),
];

/// Ways people write a currency that are not its code, and the code they mean.
const MISNOMERS: [(&str, &str); 10] = [
    ("$", "USD"),
    ("US$", "USD"),
    ("€", "EUR"),
    ("£", "GBP"),
    ("₽", "RUB"),
    ("RUR", "RUB"),
    ("RMB", "CNY"),
    ("XBT", "BTC"),
    ("BYR", "BYN"),
    ("TETHER", "USDT"),
];

/// Token networks that senders write behind the coin, as in `USDT_TRC20`.
const NETWORKS: [&str; 5] = ["TRC20", "ERC20", "BEP20", "SPL", "TON"];

/// Why a code names no currency that money can be booked in.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CurrencyError {
    /// Neither ISO 4217 nor our crypto table has the code.
    #[error("an ISO 4217 code such as USD or EUR, or a crypto code such as USDT or BTC")]
    Unknown,
    /// A common misspelling, with the code that is meant.
    #[error("{0} (that is the code of this currency)")]
    Misnomer(&'static str),
    /// The coin with its network, such as `USDT_TRC20`.
    #[error("{0} alone; the network is not part of the currency")]
    WithNetwork(&'static str),
    /// Withdrawn, with the code of the currency that took its place.
    #[error("a currency in circulation; this one was replaced by {0}")]
    Withdrawn(&'static str),
    /// Funds, precious metals and test codes, such as XAU, XTS and XXX.
    #[error("a currency people pay in; this ISO 4217 code stands for a fund, a metal or a test")]
    NotMoney,
}

impl Currency {
    /// Reads a currency code; upper and lower case mean the same.
    ///
    /// # Errors
    /// [`CurrencyError`], whose text says what is expected instead.
    pub fn parse(text: &str) -> Result<Self, CurrencyError> {
        if text.len() > MAX_CODE_BYTES {
            return Err(CurrencyError::Unknown);
        }
        let code = text.to_ascii_uppercase();
        if let Some(found) = crypto(&code) {
            return Ok(found);
        }
        match iso_currency::Currency::from_code(&code) {
            Some(iso) => from_iso(iso),
            None => Err(hint(&code)),
        }
    }

    /// The code in upper case, such as `USD`.
    pub fn code(self) -> &'static str {
        self.code
    }

    /// The decimals of the smallest unit: 2 for USD (cents), 0 for JPY, 6 for USDT.
    pub fn exponent(self) -> u8 {
        self.exponent
    }
}

/// The crypto currency with this upper-case code.
fn crypto(code: &str) -> Option<Currency> {
    CRYPTO
        .iter()
        .find(|(known, _)| *known == code)
        .map(|&(code, exponent)| Currency { code, exponent })
}

/// An ISO 4217 entry, unless nobody pays in it.
fn from_iso(iso: iso_currency::Currency) -> Result<Currency, CurrencyError> {
    // Both bolívar codes are in ISO 4217 and in use; the table calls VES superseded.
    let withdrawn = iso
        .is_superseded()
        .filter(|_| iso != iso_currency::Currency::VES);
    if let Some(successor) = withdrawn {
        return Err(CurrencyError::Withdrawn(successor.code()));
    }
    let exponent = iso.exponent().and_then(|digits| u8::try_from(digits).ok());
    match exponent {
        Some(exponent) if !iso.is_fund() && !iso.is_special() => Ok(Currency {
            code: iso.code(),
            exponent,
        }),
        _ => Err(CurrencyError::NotMoney),
    }
}

/// What an unknown code was probably meant to be.
fn hint(code: &str) -> CurrencyError {
    if let Some((_, meant)) = MISNOMERS.iter().find(|(wrong, _)| *wrong == code) {
        return CurrencyError::Misnomer(meant);
    }
    let coin = NETWORKS
        .iter()
        .filter_map(|network| code.strip_suffix(network))
        .map(|coin| coin.trim_end_matches(['_', '-', '.', ' ']))
        .find_map(crypto);
    match coin {
        Some(coin) => CurrencyError::WithNetwork(coin.code),
        None => CurrencyError::Unknown,
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code)
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code)
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn exponent_of(code: &str) -> u8 {
        Currency::parse(code).expect(code).exponent()
    }

    fn refusal_of(code: &str) -> CurrencyError {
        Currency::parse(code).expect_err(code)
    }

    #[test]
    fn national_currencies_have_the_decimals_iso_gives_them() {
        for (code, exponent) in [
            ("USD", 2),
            ("EUR", 2),
            ("BRL", 2),
            ("KZT", 2),
            ("JPY", 0),
            ("KRW", 0),
            ("VND", 0),
            ("CLP", 0),
            ("XAF", 0),
            ("KWD", 3),
            ("BHD", 3),
            ("TND", 3),
            // Both bolívar codes are in use.
            ("VES", 2),
            ("VED", 2),
        ] {
            assert_eq!(exponent_of(code), exponent, "{code}");
        }
    }

    #[test]
    fn crypto_codes_have_the_decimals_of_our_table() {
        for (code, exponent) in [
            ("USDT", 6),
            ("USDC", 6),
            ("BTC", 8),
            ("ETH", 9),
            ("LTC", 8),
            ("TRX", 6),
            ("BNB", 8),
            ("SOL", 9),
            ("XRP", 6),
            ("DOGE", 8),
            ("TON", 9),
            ("DAI", 6),
        ] {
            assert_eq!(exponent_of(code), exponent, "{code}");
        }
    }

    #[test]
    fn the_crypto_table_is_sorted_and_hides_no_national_code() {
        assert!(CRYPTO.windows(2).all(|pair| pair[0].0 < pair[1].0));
        for (code, _) in CRYPTO {
            assert_eq!(iso_currency::Currency::from_code(code), None, "{code}");
        }
    }

    #[test]
    fn case_does_not_matter_and_the_code_comes_out_in_upper_case() {
        assert_eq!(Currency::parse("usd").expect("usd").code(), "USD");
        assert_eq!(Currency::parse("Usdt").expect("Usdt").to_string(), "USDT");
    }

    #[test]
    fn withdrawn_currencies_name_their_successor() {
        assert_eq!(refusal_of("HRK"), CurrencyError::Withdrawn("EUR"));
        assert_eq!(refusal_of("ZWL"), CurrencyError::Withdrawn("ZWG"));
        assert!(refusal_of("HRK").to_string().contains("EUR"));
    }

    #[test]
    fn funds_metals_and_test_codes_are_not_money() {
        for code in ["XXX", "XTS", "XAU", "XDR", "CHE", "UYI", "XAD"] {
            assert_eq!(refusal_of(code), CurrencyError::NotMoney, "{code}");
        }
    }

    #[test]
    fn a_misspelt_currency_is_answered_with_its_code() {
        assert_eq!(refusal_of("$"), CurrencyError::Misnomer("USD"));
        assert_eq!(refusal_of("rur"), CurrencyError::Misnomer("RUB"));
        for code in ["USDT_TRC20", "usdt-erc20", "USDTTRC20", "USDT.BEP20"] {
            assert_eq!(
                refusal_of(code),
                CurrencyError::WithNetwork("USDT"),
                "{code}"
            );
        }
    }

    #[test]
    fn what_is_no_code_is_refused() {
        for code in [
            "",
            "US",
            "DOLLAR",
            "840",
            " USD",
            "USD ",
            "ＵＳＤ",
            "AVERYLONGCURRENCYCODE",
        ] {
            assert_eq!(refusal_of(code), CurrencyError::Unknown, "{code}");
        }
    }
}
