//! The one text of terms: what their version is taken over, what `partners apply` hands on, and
//! what the store keeps. Keys stand in the order of the alphabet and amounts with their currency.

use std::collections::BTreeMap;

use postern_protocol::currency::Currency;
use postern_protocol::event::EventKind;
use postern_protocol::geo::Geo;
use postern_protocol::money::{AmountError, AmountUnit, Money};
use postern_protocol::time::UnixSeconds;
use serde::{Deserialize, Serialize};

use super::{BasisPoints, Caps, Cpa, Pay, RevShare, Rules};

/// Terms that are not as they were written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("terms cannot be read: {0}")]
pub struct DamagedTerms(String);

/// Fields in the order of the alphabet: it is the order of the text.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TermsShape {
    #[serde(skip_serializing_if = "Option::is_none")]
    cap_per_day: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cap_per_month: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cpa: Option<CpaShape>,
    from: i64,
    hold_days: u32,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    min_deposit: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    revshare: Option<RevShareShape>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CpaShape {
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    geo: BTreeMap<String, BTreeMap<String, String>>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pay: BTreeMap<String, String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RevShareShape {
    basis_points: u32,
    carry_over: bool,
    of: Vec<EventKind>,
}

impl TermsShape {
    pub(crate) fn of(rules: &Rules) -> Self {
        Self {
            cap_per_day: rules.caps.per_day,
            cap_per_month: rules.caps.per_month,
            cpa: rules.cpa.as_ref().map(|cpa| CpaShape {
                geo: cpa
                    .by_geo
                    .iter()
                    .map(|(geo, pay)| (geo.to_string(), pay_texts(pay)))
                    .collect(),
                pay: pay_texts(&cpa.pay),
            }),
            from: rules.from.0,
            hold_days: rules.hold_days,
            min_deposit: rules.min_deposit.values().map(Money::to_string).collect(),
            revshare: rules.revshare.as_ref().map(|revshare| RevShareShape {
                basis_points: revshare.share.get(),
                carry_over: revshare.carry_over,
                of: revshare.of.iter().copied().collect(),
            }),
        }
    }

    pub(super) fn to_json(&self) -> String {
        // Texts and numbers always have a JSON form.
        serde_json::to_string(self).unwrap_or_default()
    }

    pub(super) fn parse(text: &str) -> Result<Self, DamagedTerms> {
        serde_json::from_str(text).map_err(|error| DamagedTerms(error.to_string()))
    }

    pub(crate) fn rules(&self) -> Result<Rules, DamagedTerms> {
        let least = self.min_deposit.iter().map(|text| {
            let money = money(text)?;
            Ok((money.currency(), money))
        });
        Ok(Rules {
            from: UnixSeconds(self.from),
            cpa: self.cpa.as_ref().map(CpaShape::cpa).transpose()?,
            revshare: self
                .revshare
                .as_ref()
                .map(RevShareShape::revshare)
                .transpose()?,
            hold_days: self.hold_days,
            caps: Caps {
                per_day: self.cap_per_day,
                per_month: self.cap_per_month,
            },
            min_deposit: least.collect::<Result<_, DamagedTerms>>()?,
        })
    }
}

impl CpaShape {
    fn cpa(&self) -> Result<Cpa, DamagedTerms> {
        let by_geo = self.geo.iter().map(|(geo, texts)| {
            let geo =
                Geo::parse(geo).map_err(|_| DamagedTerms(format!("{geo:?} is no country")))?;
            Ok((geo, pay(texts)?))
        });
        Ok(Cpa {
            pay: pay(&self.pay)?,
            by_geo: by_geo.collect::<Result<_, DamagedTerms>>()?,
        })
    }
}

impl RevShareShape {
    fn revshare(&self) -> Result<RevShare, DamagedTerms> {
        let points = self.basis_points;
        let share = BasisPoints::new(points)
            .ok_or_else(|| DamagedTerms(format!("{points} basis points are no share")))?;
        Ok(RevShare {
            share,
            of: self.of.iter().copied().collect(),
            carry_over: self.carry_over,
        })
    }
}

fn pay_texts(pay: &Pay) -> BTreeMap<String, String> {
    let text = |(kind, money): (&EventKind, &Money)| (kind.to_string(), money.to_string());
    pay.iter().map(text).collect()
}

fn pay(texts: &BTreeMap<String, String>) -> Result<Pay, DamagedTerms> {
    let entry = |(kind, text): (&String, &String)| {
        let kind =
            EventKind::parse(kind).map_err(|_| DamagedTerms(format!("{kind:?} is no event")))?;
        Ok((kind, money(text)?))
    };
    texts.iter().map(entry).collect()
}

fn money(text: &str) -> Result<Money, DamagedTerms> {
    money_of(text).map_err(|error| DamagedTerms(format!("{text:?} {error}")))
}

/// Reads an amount with its currency, as `100.00 USD`.
pub(crate) fn money_of(text: &str) -> Result<Money, String> {
    let (amount, code) = text
        .split_once(' ')
        .ok_or("must be an amount with its currency, as \"100.00 USD\"")?;
    let currency = Currency::parse(code).map_err(|error| format!("must be in {error}"))?;
    Money::parse(amount, currency, AmountUnit::Major).map_err(|error| match error {
        AmountError::Ambiguous(doubt) => format!("is in doubt: {doubt}"),
        error => format!("must be {error}"),
    })
}
