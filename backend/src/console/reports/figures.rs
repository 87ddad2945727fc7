//! Figures for eyes: thousands apart, each amount with its currency.

use crate::report::{Sum, Sums};

/// A whole number or a decimal with its thousands apart: `-1,234.50`.
pub(super) fn grouped(number: impl ToString) -> String {
    let text = number.to_string();
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text.as_str()),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mut grouped = String::from(sign);
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if !fraction.is_empty() {
        grouped.push('.');
        grouped.push_str(fraction);
    }
    grouped
}

/// A sum with its currency.
pub(super) fn sum(sum: Sum) -> String {
    format!("{} {}", grouped(sum.decimal()), sum.currency)
}

/// Sums, each currency by itself; a dash for none.
pub(super) fn sums(sums: &Sums) -> Vec<String> {
    if sums.is_empty() {
        return vec!["–".to_owned()];
    }
    sums.iter().map(sum).collect()
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn thousands_stand_apart() {
        for (number, shown) in [
            ("0", "0"),
            ("999", "999"),
            ("1000", "1,000"),
            ("-1234567.80", "-1,234,567.80"),
            ("-100.00", "-100.00"),
            ("123456", "123,456"),
        ] {
            assert_eq!(grouped(number), shown);
        }
        assert_eq!(grouped(12_345_u64), "12,345");
    }
}
