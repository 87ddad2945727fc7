//! Amount and currency, read together: neither means anything alone.

use super::read::{Reader, Sent, word};
use super::{Doubt, DoubtReason, EventKind};
use crate::currency::Currency;
use crate::money::{AmountError, AmountUnit, Decimal, Money};
use crate::request::{Field, Kind};

/// The postback's money, with every mistake reported. `kind` is `None` where the event itself could
/// not be read: then money is checked as far as it is there.
///
/// A deposit or withdrawal of nothing is refused: zero is what a template leaves behind when its
/// amount is missing, and booked it would count, and be paid, as a deposit. Where no money moves,
/// such a zero without a currency says nothing and counts as absent.
pub(super) fn read(
    reader: &mut Reader<'_, '_>,
    kind: Option<EventKind>,
    unit: AmountUnit,
) -> Option<Money> {
    let needed = kind.is_some_and(EventKind::needs_money);
    let amount = reader.sent("amount");
    let currency = reader.read("currency", word(Currency::parse));
    if needed && matches!(amount, Sent::Absent) {
        reader.missing("amount", "the amount of money that moved, such as 50.00");
    }
    if !needed && matches!(currency, Sent::Absent) && is_nothing(&amount) {
        return None;
    }
    if matches!(currency, Sent::Absent) && (needed || !matches!(amount, Sent::Absent)) {
        reader.missing("currency", "the currency of the amount, such as USD");
    }
    let field = amount.good()?;
    let Some(currency) = currency.good() else {
        // Without a currency the amount's own mistakes can still be told.
        if let Err(error) = Decimal::parse(field.value()) {
            report(reader, field, &error);
        }
        return None;
    };
    match in_currency(field, currency, unit) {
        Ok(money) if needed && money.minor() == 0 => {
            let expected = "an amount above zero: nothing moved is no deposit or withdrawal";
            reader.wrong("amount", Some(field.value()), expected);
            None
        }
        Ok(money) => Some(money),
        Err(error) => {
            report(reader, field, &error);
            None
        }
    }
}

fn is_nothing(amount: &Sent<&Field<'_>>) -> bool {
    let Sent::Good(field) = amount else {
        return false;
    };
    Decimal::parse(field.value()).is_ok_and(Decimal::is_zero)
}

fn in_currency(
    field: &Field<'_>,
    currency: Currency,
    unit: AmountUnit,
) -> Result<Money, AmountError> {
    match field.kind() {
        Kind::Number => Money::from_number(field.value(), currency, unit),
        _ => Money::parse(field.value(), currency, unit),
    }
}

fn report(reader: &mut Reader<'_, '_>, field: &Field<'_>, error: &AmountError) {
    let (sent, why) = (field.value(), error.to_string());
    match error {
        AmountError::Ambiguous(_) => {
            reader.doubt(Doubt::new(
                "amount",
                sent,
                DoubtReason::AmbiguousAmount,
                &why,
            ));
        }
        _ => reader.wrong("amount", Some(sent), why),
    }
}
