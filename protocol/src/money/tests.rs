//! Stories of amounts.

use super::AmountUnit::{Major, Minor};
use super::*;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn currency(code: &str) -> Currency {
    Currency::parse(code).expect(code)
}

fn minor(text: &str, code: &str) -> Result<i64, AmountError> {
    Money::parse(text, currency(code), Major).map(|money| money.minor)
}

#[test]
fn the_same_amount_is_the_same_number_however_many_zeros_it_ends_with() {
    for text in ["50", "50.0", "50.00", "050.00", "50.0000", "50.00000000"] {
        assert_eq!(minor(text, "USD"), Ok(5000), "{text}");
    }
}

#[test]
fn the_currency_decides_the_smallest_unit() {
    assert_eq!(minor("1000", "JPY"), Ok(1000));
    assert_eq!(minor("1.234", "KWD"), Ok(1234));
    assert_eq!(minor("0.000001", "USDT"), Ok(1));
    assert_eq!(minor("0.00000001", "BTC"), Ok(1));
    assert_eq!(minor("1.5", "ETH"), Ok(1_500_000_000));
}

#[test]
fn cents_that_floats_lose_are_kept() {
    assert_eq!(minor("0.29", "USD"), Ok(29));
    assert_eq!(minor("4.35", "USD"), Ok(435));
    assert_eq!(minor("9999999999999.99", "USD"), Ok(999_999_999_999_999));
}

#[test]
fn decimals_the_currency_lacks_are_refused_unless_zero() {
    let too_precise = |code: &str| AmountError::TooPrecise {
        currency: currency(code),
        exponent: currency(code).exponent(),
    };
    for text in ["50.0001", "0.001", "1234.001"] {
        assert_eq!(minor(text, "USD"), Err(too_precise("USD")), "{text}");
    }
    let number = Money::from_number("50.001", currency("USD"), Major);
    assert_eq!(number, Err(too_precise("USD")));
    assert_eq!(minor("50.5", "JPY"), Err(too_precise("JPY")));
    assert_eq!(minor("50.00", "JPY"), Ok(50));
    assert_eq!(too_precise("USD").to_string(), "at most 2 decimals for USD");
}

#[test]
fn three_digits_behind_the_point_wait_for_a_person() {
    for (text, code) in [
        ("50.000", "VND"),
        ("1.500", "USD"),
        ("1.234", "USD"),
        ("999.999", "JPY"),
        ("150.000", "IDR"),
    ] {
        assert_eq!(
            minor(text, code),
            Err(Ambiguity::Thousands.into()),
            "{text}"
        );
    }
}

#[test]
fn three_decimals_that_cannot_be_thousands_are_decimals() {
    assert_eq!(minor("0.500", "USD"), Ok(50));
    assert_eq!(minor("1234.000", "USD"), Ok(123_400));
    assert_eq!(minor("50.000", "KWD"), Ok(50_000));
    assert_eq!(minor("50.000", "USDT"), Ok(50_000_000));
    assert_eq!(minor("1.500", "USDC"), Ok(1_500_000));
    assert_eq!(minor("a.bcd", "USD"), Err(AmountError::NotDecimal));
    assert_eq!(minor(".500", "USD"), Err(AmountError::NotDecimal));
    let number = Money::from_number("50.000", currency("USD"), Major);
    assert_eq!(number.map(|money| money.minor), Ok(5000));
}

#[test]
fn minor_units_are_whole_numbers() {
    let read = |text| Money::parse(text, currency("USD"), Minor).map(|money| money.minor);
    assert_eq!(read("5000"), Ok(5000));
    assert_eq!(read("50.00"), Err(AmountError::NotWhole));
    assert_eq!(read("5000.0"), Err(AmountError::NotWhole));
    assert_eq!(read("1.500"), Err(AmountError::NotWhole));
    assert_eq!(read("1,500"), Err(Ambiguity::Separator.into()));
}

#[test]
fn the_largest_amount_is_taken_and_one_more_is_not() {
    let read = |text: &str| Money::parse(text, currency("USD"), Minor);
    let largest = read("1000000000000000").expect("largest");
    assert_eq!(largest.minor, MAX_AMOUNT_MINOR);
    assert_eq!(read("1000000000000001"), Err(AmountError::TooLarge));
    assert_eq!(
        minor("10000000000000.01", "USD"),
        Err(AmountError::TooLarge)
    );
    assert_eq!(minor("1000001", "ETH"), Err(AmountError::TooLarge));
}

#[test]
fn money_is_shown_with_all_decimals_of_its_currency() {
    let show = |minor, code| {
        let money = Money::of_minor(minor, currency(code)).expect("in bounds");
        money.to_string()
    };
    assert_eq!(show(5000, "USD"), "50.00 USD");
    assert_eq!(show(5, "USD"), "0.05 USD");
    assert_eq!(show(1000, "JPY"), "1000 JPY");
    assert_eq!(show(1, "BTC"), "0.00000001 BTC");
}

#[test]
fn money_holds_no_debt_and_nothing_beyond_the_maximum() {
    let of = |minor| Money::of_minor(minor, currency("USD")).map(Money::minor);
    assert_eq!(of(0), Some(0));
    assert_eq!(of(MAX_AMOUNT_MINOR), Some(MAX_AMOUNT_MINOR));
    assert_eq!(of(-1), None);
    assert_eq!(of(MAX_AMOUNT_MINOR + 1), None);
}

#[cfg(not(target_arch = "wasm32"))]
mod properties {
    use super::*;
    use proptest::prelude::*;

    const CODES: [&str; 6] = ["JPY", "USD", "KWD", "USDT", "BTC", "ETH"];

    proptest! {
        #[test]
        fn what_is_shown_reads_back_as_itself(
            minor in 0..=MAX_AMOUNT_MINOR,
            code in proptest::sample::select(&CODES[..]),
        ) {
            let money = Money { minor, currency: currency(code) };
            let shown = money.to_string();
            let (number, _) = shown.split_once(' ').expect("number and code");
            prop_assert_eq!(Money::from_number(number, money.currency, Major), Ok(money));
        }

        #[test]
        fn each_text_is_its_digits_and_nothing_is_rounded(
            whole in 0_i64..1_000_000,
            cents in 0_i64..100,
        ) {
            let text = format!("{whole}.{cents:02}");
            prop_assert_eq!(minor(&text, "USD"), Ok(whole * 100 + cents));
        }

        #[test]
        fn a_decimal_survives_parse_format_parse(text in "[0-9]{1,15}(\\.[0-9]{1,15})?") {
            let once = Decimal::parse(&text).expect("a decimal");
            prop_assert_eq!(Decimal::parse(&once.to_string()), Ok(once));
        }

        #[test]
        fn no_text_panics_or_exceeds_the_maximum(text in ".{0,50}") {
            for code in CODES {
                for unit in [Major, Minor] {
                    if let Ok(money) = Money::parse(&text, currency(code), unit) {
                        prop_assert!((0..=MAX_AMOUNT_MINOR).contains(&money.minor));
                    }
                }
            }
        }
    }
}
