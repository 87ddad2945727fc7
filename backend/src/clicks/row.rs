//! One click's columns as text, and what they must hold.

use std::borrow::Cow;

use jiff::Timestamp;
use postern_protocol::currency::Currency;
use postern_protocol::event::{ClickId, SubId};
use postern_protocol::geo::Geo;
use postern_protocol::id::PartnerId;
use postern_protocol::money::{AmountUnit, Money};
use postern_protocol::time::UnixSeconds;

use crate::store::Click;

/// A unix time past this was meant in milliseconds: it is the year 5138.
const MAX_UNIX_SECONDS: i64 = 100_000_000_000;

/// What a click log may say of a click.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    Clickid,
    Partner,
    ClickedAt,
    Cost,
    Currency,
    Geo,
    SubId1,
    SubId2,
}

impl Column {
    pub(super) const ALL: &[Self] = &[
        Self::Clickid,
        Self::Partner,
        Self::ClickedAt,
        Self::Cost,
        Self::Currency,
        Self::Geo,
        Self::SubId1,
        Self::SubId2,
    ];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Clickid => "clickid",
            Self::Partner => "partner",
            Self::ClickedAt => "clicked_at",
            Self::Cost => "cost",
            Self::Currency => "currency",
            Self::Geo => "geo",
            Self::SubId1 => "sub_id_1",
            Self::SubId2 => "sub_id_2",
        }
    }

    /// The column of this name, in either case.
    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|column| column.name().eq_ignore_ascii_case(name))
    }
}

/// The texts of one line; an empty one is absent.
#[derive(Debug, Default)]
pub(super) struct Row<'a>([Option<Cow<'a, str>>; Column::ALL.len()]);

impl<'a> Row<'a> {
    pub(super) fn set(&mut self, column: Column, text: Cow<'a, str>) {
        let text = trimmed(text);
        self.0[column as usize] = Some(text).filter(|text| !text.is_empty());
    }

    fn get(&self, column: Column) -> Option<&str> {
        self.0[column as usize].as_deref()
    }

    /// The click, or everything that is wrong with it.
    pub(super) fn to_click(&self) -> Result<Click, String> {
        let mut wrong = Vec::new();
        let clickid = self.get(Column::Clickid).map_or_else(
            || Err("is missing".to_owned()),
            |text| ClickId::parse(text).map_err(|error| error.to_string()),
        );
        let clickid = note(&mut wrong, Column::Clickid, Some(clickid));
        let partner = self.read(&mut wrong, Column::Partner, |text| {
            PartnerId::parse(text).map_err(|error| error.to_string())
        });
        let clicked_at = self.read(&mut wrong, Column::ClickedAt, time);
        let geo = self.read(&mut wrong, Column::Geo, |text| {
            Geo::parse(text).map_err(|error| format!("must be {error}"))
        });
        let cost = note(&mut wrong, Column::Cost, self.cost());
        let sub_id_1 = self.read(&mut wrong, Column::SubId1, sub_id);
        let sub_id_2 = self.read(&mut wrong, Column::SubId2, sub_id);
        match clickid {
            Some(clickid) if wrong.is_empty() => Ok(Click {
                clickid: clickid.into(),
                partner,
                clicked_at,
                cost,
                geo: geo.map(|geo| geo.code().to_owned()),
                sub_id_1,
                sub_id_2,
            }),
            _ => Err(wrong.join("; ")),
        }
    }

    fn read<T>(
        &self,
        wrong: &mut Vec<String>,
        column: Column,
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        note(wrong, column, self.get(column).map(read))
    }

    /// The cost needs its currency; a currency alone says nothing and is passed over.
    fn cost(&self) -> Option<Result<Money, String>> {
        let cost = self.get(Column::Cost)?;
        let Some(currency) = self.get(Column::Currency) else {
            return Some(Err("needs a currency in the column currency".to_owned()));
        };
        let currency = match Currency::parse(currency) {
            Ok(currency) => currency,
            Err(error) => return Some(Err(format!("has a currency that is none: {error}"))),
        };
        Some(Money::parse(cost, currency, AmountUnit::Major).map_err(|error| error.to_string()))
    }
}

/// Blanks around a value are how people align columns; they are part of none.
fn trimmed(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    }
}

fn note<T>(wrong: &mut Vec<String>, column: Column, read: Option<Result<T, String>>) -> Option<T> {
    read?
        .map_err(|message| wrong.push(format!("{} {message}", column.name())))
        .ok()
}

fn time(text: &str) -> Result<UnixSeconds, String> {
    if let Ok(seconds) = text.parse::<i64>() {
        return match seconds {
            0..=MAX_UNIX_SECONDS => Ok(UnixSeconds(seconds)),
            _ => Err("must be unix seconds, not milliseconds".to_owned()),
        };
    }
    let time: Timestamp = text.parse().map_err(|_| {
        format!(
            "must be unix seconds, or RFC 3339 with its zone as 2026-01-31T12:00:00Z, not {text:?}"
        )
    })?;
    Ok(UnixSeconds(time.as_second()))
}

fn sub_id(text: &str) -> Result<String, String> {
    SubId::parse(text)
        .map(String::from)
        .map_err(|error| error.to_string())
}
