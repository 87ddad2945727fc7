//! The month balances of shares, inside the rows.

use std::collections::BTreeMap;

use postern_protocol::currency::Currency;
use postern_protocol::time::UnixSeconds;

use super::{Amounts, PayoutRow, Place};
use crate::payout::{MonthNet, PayoutKind, month_balances};
use crate::report::Sum;
use crate::report::period::Day;
use crate::store::{PayoutRows, PayoutSum};

/// Since when terms hold, and whether by them a month below zero is carried to the next.
type Rule = (UnixSeconds, bool);

/// A partner's shares in one currency that are due, by the first day of their month.
type Months = BTreeMap<Day, (i128, Option<Rule>)>;

/// Takes what months leave below zero to the next month, or forgives it.
pub(super) fn balance(groups: &mut BTreeMap<Place, (u64, Amounts)>, rows: &PayoutRows) {
    let rules = rules(rows);
    let mut partners: BTreeMap<(&str, Currency), Months> = BTreeMap::new();
    for sum in rows
        .sums
        .iter()
        .filter(|it| it.kind == PayoutKind::RevShare)
    {
        let Some(since) = sum.since else { continue };
        let months = partners.entry((&sum.partner, sum.currency)).or_default();
        let (due, rule) = months.entry(since).or_default();
        *due += if sum.is_due { sum.minor } else { 0 };
        // Where terms changed within the month, the later ones balance it.
        *rule = (*rule).max(rule_of(sum, &rules));
    }
    for ((partner, currency), months) in partners {
        for balance in month_balances(months.iter().map(net)) {
            let place = (partner.to_owned(), Some(balance.month.first()), currency);
            let Some((_, amounts)) = groups.get_mut(&place) else {
                continue;
            };
            amounts.due += balance.payable - balance.earned;
            amounts.carried_in = balance.carried_in;
            amounts.carried_out = balance.carried_out;
            amounts.forgiven = balance.forgiven;
        }
    }
}

fn net((since, (minor, rule)): (&Day, &(i128, Option<Rule>))) -> MonthNet {
    MonthNet {
        month: since.month(),
        minor: *minor,
        carries_over: rule.is_some_and(|(_, carries_over)| carries_over),
    }
}

/// The rule of each version of a partner's terms.
fn rules(rows: &PayoutRows) -> BTreeMap<(&str, &str), Rule> {
    let rule = rows.terms.iter().filter_map(|it| {
        let revshare = it.terms.revshare.as_ref()?;
        let version = it.terms.version().as_str();
        Some((
            (it.partner.as_str(), version),
            (it.terms.from, revshare.carry_over),
        ))
    });
    rule.collect()
}

fn rule_of(sum: &PayoutSum, rules: &BTreeMap<(&str, &str), Rule>) -> Option<Rule> {
    let version = sum.terms.as_deref()?;
    rules.get(&(sum.partner.as_str(), version)).copied()
}

/// What of the rows a reader of the table could not add up otherwise.
pub(super) fn notes(rows: &[PayoutRow]) -> Vec<String> {
    let mut notes = Vec::new();
    for row in rows {
        let amounts = &row.amounts;
        let mut note = |minor: i128, what: &str| {
            if minor != 0 {
                let currency = row.currency;
                let month = row.stretch.as_deref().unwrap_or_default();
                let sum = Sum { currency, minor };
                notes.push(format!("{} {month}: {sum} of shares {what}", row.partner));
            }
        };
        note(amounts.carried_in, "carried in from earlier months");
        note(amounts.carried_out, "carried out to the next month");
        note(amounts.forgiven, "forgiven");
    }
    notes
}
