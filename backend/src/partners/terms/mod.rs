//! What a partner is paid for: the `[[partner.terms]]` tables.

use std::collections::{BTreeMap, BTreeSet};

use postern_protocol::event::EventKind;
use postern_protocol::geo::Geo;
use postern_protocol::mistakes::Mistakes;
use postern_protocol::money::Money;
use postern_protocol::time::UnixSeconds;
use toml::{Table, Value};

use super::when;
use crate::agreement::{
    BasisPoints, CPA_KINDS, Caps, Cpa, DAY_SECONDS, MAX_TERMS_PER_PARTNER, Pay, RevShare, Rules,
    SHARED_KINDS, Terms, money_of,
};
use crate::fields::{Fields, as_text};

/// The longest hold.
const MAX_HOLD_DAYS: u32 = 365;

/// The largest cap; who wants more wants none.
const MAX_CAP: u32 = 1_000_000_000;

/// Reads the `[[partner.terms]]` of the partner at `path`, in the order of their days. `None` when
/// anything is wrong with them.
pub(super) fn read(path: &str, tables: Vec<Table>, notes: &mut Mistakes) -> Option<Vec<Terms>> {
    let found = tables.len();
    if found > MAX_TERMS_PER_PARTNER {
        notes.add(
            format!("{path}.terms"),
            format!("are {found}, at most {MAX_TERMS_PER_PARTNER} can be"),
        );
    }
    let mut all: Vec<Terms> = Vec::new();
    for (index, table) in tables.into_iter().enumerate() {
        let place = format!("{path}.terms[{}]", index + 1);
        let Some(rules) = rules(&place, table, notes) else {
            continue;
        };
        if all.iter().any(|other| other.from == rules.from) {
            notes.add(
                format!("{place}.from"),
                "is the day of other terms: only one can hold",
            );
        }
        all.push(Terms::new(rules));
    }
    all.sort_by_key(|terms| terms.from);
    (all.len() == found).then_some(all)
}

fn rules(place: &str, table: Table, notes: &mut Mistakes) -> Option<Rules> {
    let mut fields = Fields::new(place, table, notes);
    fields.require("from", "the first UTC day it holds for, as \"2026-01-31\"");
    let from = fields.value("from", day);
    let cpa = fields.table("cpa");
    let cpa = cpa.map(|table| read_cpa(&format!("{place}.cpa"), table, fields.notes()));
    let revshare = fields.table("revshare");
    let revshare =
        revshare.map(|table| read_revshare(&format!("{place}.revshare"), table, fields.notes()));
    let hold_days = fields.whole("hold_days", 0..=MAX_HOLD_DAYS);
    let caps = Caps {
        per_day: fields.whole("cap_per_day", 1..=MAX_CAP),
        per_month: fields.whole("cap_per_month", 1..=MAX_CAP),
    };
    let least = fields.list("min_deposit", amount);
    let ends = fields.value("pays_nothing", |value| match value {
        Value::Boolean(true) => Ok(()),
        _ => Err("must be true, or left out".to_owned()),
    });
    check_ending(&mut fields, ends.is_some());
    check_cpa_terms(&mut fields, cpa.as_ref().map(Option::as_ref));
    let min_deposit = by_currency(&mut fields, least.unwrap_or_default());
    fields.finish();
    // A part that was there and is wrong leaves nothing that could be used.
    Some(Rules {
        from: from?,
        cpa: cpa.map_or(Some(None), |cpa| cpa.map(Some))?,
        revshare: revshare.map_or(Some(None), |revshare| revshare.map(Some))?,
        hold_days: hold_days.unwrap_or(0),
        caps,
        min_deposit,
    })
}

fn day(value: &Value) -> Result<UnixSeconds, String> {
    let time = when::read(value)?;
    if time.0.rem_euclid(DAY_SECONDS) != 0 {
        return Err("must be a whole UTC day, as \"2026-01-31\"".to_owned());
    }
    Ok(time)
}

/// Terms say what they pay, or that they pay nothing: an empty table is a slip.
fn check_ending(fields: &mut Fields, ends: bool) {
    let pays = fields.had_any(&["cpa", "revshare"]);
    if ends && fields.had_any(&["cpa", "revshare", "hold_days"]) {
        fields.wrong("pays_nothing", "contradicts what stands beside it");
    } else if !ends && !pays && !fields.had_any(&["pays_nothing"]) {
        fields.wrong(
            "cpa",
            "is missing, and so is revshare: write what is paid, or pays_nothing = true",
        );
    }
}

/// Caps and the least deposit are conditions of CPA. `cpa`: `None` when there is none, `Some(None)`
/// when it is wrong.
fn check_cpa_terms(fields: &mut Fields, cpa: Option<Option<&Cpa>>) {
    let caps = ["cap_per_day", "cap_per_month"];
    for name in caps {
        if cpa.is_none() && fields.had_any(&[name]) {
            fields.wrong(
                name,
                "counts conversions that CPA is paid for, but there is no cpa",
            );
        }
    }
    let pays_ftd = match cpa {
        None => false,
        Some(None) => true,
        Some(Some(cpa)) => cpa.pays_for(EventKind::Ftd),
    };
    if !pays_ftd && fields.had_any(&["min_deposit"]) {
        fields.wrong(
            "min_deposit",
            "is a condition of CPA for a first deposit, but there is no cpa.ftd",
        );
    }
}

fn by_currency(
    fields: &mut Fields,
    amounts: Vec<Money>,
) -> BTreeMap<postern_protocol::currency::Currency, Money> {
    let mut least = BTreeMap::new();
    for money in amounts {
        let currency = money.currency();
        if least.insert(currency, money).is_some() {
            fields.wrong("min_deposit", format!("has {currency} twice"));
        }
    }
    least
}

fn read_cpa(place: &str, table: Table, notes: &mut Mistakes) -> Option<Cpa> {
    let mut fields = Fields::new(place, table, notes);
    let geo = fields.table("geo");
    let by_geo = geo.map(|table| read_geo(place, table, fields.notes()));
    let pay = read_pay(fields)?;
    let by_geo = by_geo.unwrap_or(Some(BTreeMap::new()))?;
    if pay.is_empty() && by_geo.is_empty() {
        notes.add(
            place,
            "pays for nothing: write an amount, as ftd = \"100.00 USD\"",
        );
        return None;
    }
    Some(Cpa { pay, by_geo })
}

fn read_geo(place: &str, table: Table, notes: &mut Mistakes) -> Option<BTreeMap<Geo, Pay>> {
    let found = table.len();
    let mut by_geo = BTreeMap::new();
    for (name, value) in table {
        let place = format!("{place}.geo.{name}");
        let geo = match Geo::parse(&name) {
            Ok(geo) => geo,
            Err(error) => {
                notes.add(place, format!("must be {error}"));
                continue;
            }
        };
        let Value::Table(table) = value else {
            notes.add(place, "must be a table: { ftd = \"100.00 USD\" }");
            continue;
        };
        if by_geo.contains_key(&geo) {
            notes.add(&place, "is there twice");
        }
        if let Some(pay) = read_pay(Fields::new(&place, table, notes)) {
            by_geo.insert(geo, pay);
        }
    }
    (by_geo.len() == found).then_some(by_geo)
}

/// The amounts by event; ends the reading of the table.
fn read_pay(mut fields: Fields) -> Option<Pay> {
    let mut pay = Pay::new();
    let mut is_good = true;
    for kind in CPA_KINDS {
        match fields.value(kind.name(), amount) {
            Some(money) => _ = pay.insert(kind, money),
            None => is_good &= !fields.had_any(&[kind.name()]),
        }
    }
    fields.finish();
    is_good.then_some(pay)
}

/// An amount above zero with its currency.
fn amount(value: &Value) -> Result<Money, String> {
    let money = money_of(as_text(value)?)?;
    if money.minor() == 0 {
        return Err("must be above zero; leave it out to pay or ask for nothing".to_owned());
    }
    Ok(money)
}

fn read_revshare(place: &str, table: Table, notes: &mut Mistakes) -> Option<RevShare> {
    let mut fields = Fields::new(place, table, notes);
    fields.require("percent", "the share, as percent = \"25\"");
    fields.require(
        "carry_over",
        "true: a month below zero is taken off the next; false: it is forgiven",
    );
    let share = fields.text("percent", BasisPoints::parse_percent);
    let of = fields.list("of", shared_kind);
    if of.as_ref().is_some_and(Vec::is_empty) {
        fields.wrong("of", "is empty: leave it out for ftd and redeposit");
    }
    let carry_over = fields.value("carry_over", |value| {
        value.as_bool().ok_or("must be true or false".to_owned())
    });
    fields.finish();
    Some(RevShare {
        share: share?,
        of: of.map_or(BTreeSet::from(SHARED_KINDS), BTreeSet::from_iter),
        carry_over: carry_over?,
    })
}

fn shared_kind(value: &Value) -> Result<EventKind, String> {
    let text = as_text(value)?;
    let kind = SHARED_KINDS.into_iter().find(|kind| kind.name() == text);
    kind.ok_or_else(|| {
        format!("must be ftd or redeposit, not {text:?}: cashouts are always taken off")
    })
}

#[cfg(test)]
mod tests;
