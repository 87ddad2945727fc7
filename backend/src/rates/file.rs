//! `rates.toml` as a person writes it, read whole and checked whole.

use std::path::{Path, PathBuf};

use postern_protocol::currency::Currency;
use postern_protocol::mistakes::Mistakes;
use postern_protocol::money::Decimal;
use toml::{Table, Value};

use super::{MAX_RATE_PLACES, Rate, Rates};
use crate::fields::{self, Fields};
use crate::files;
use crate::report::period::Day;

/// Why the rates cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RatesError {
    /// The file is there but cannot be read.
    #[error("{0}")]
    Unreadable(#[from] std::io::Error),
    /// All that is wrong in it.
    #[error("{} has mistakes:\n{mistakes}", .path.display())]
    Mistakes {
        /// The file.
        path: PathBuf,
        /// All of them.
        mistakes: Mistakes,
    },
}

impl Rates {
    /// Reads the file of rates; a missing one holds none.
    ///
    /// # Errors
    /// Every mistake at once.
    pub fn load(path: &Path) -> Result<Self, RatesError> {
        let text = files::read_if_there(path)?.unwrap_or_default();
        Self::parse(&text).map_err(|mistakes| RatesError::Mistakes {
            path: path.to_owned(),
            mistakes,
        })
    }

    /// Reads the file's text.
    ///
    /// # Errors
    /// Every mistake at once, each with its place.
    pub fn parse(text: &str) -> Result<Self, Mistakes> {
        let mut notes = Mistakes::default();
        let mut rates = Self::default();
        match fields::parse(text) {
            Ok(table) => read(table, &mut rates, &mut notes),
            Err(cause) => notes.add("", format!("is not TOML: {cause}")),
        }
        notes.unless_any(Some(rates))
    }
}

fn read(table: Table, rates: &mut Rates, notes: &mut Mistakes) {
    let mut top = Fields::new("", table, notes);
    let tables = top.tables("rate").unwrap_or_default();
    for (index, table) in tables.into_iter().enumerate() {
        let place = format!("rate[{}]", index + 1);
        let Some(rate) = rate(&place, table, top.notes()) else {
            continue;
        };
        if !rates.add(rate) {
            top.notes().add(
                place,
                "is of the same day and currencies as another: remove one",
            );
        }
    }
    top.finish();
}

fn rate(place: &str, table: Table, notes: &mut Mistakes) -> Option<Rate> {
    let mut fields = Fields::new(place, table, notes);
    fields.require("date", "the first UTC day it holds for, as 2026-01-31");
    fields.require("from", "a currency, as \"EUR\"");
    fields.require("to", "another currency, as \"USD\"");
    fields.require(
        "rate",
        "what one of the former is in the latter, as \"1.0842\"",
    );
    let date = fields.value("date", |value| {
        let text = match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        Day::parse(&text).map_err(|error| error.to_string())
    });
    let from = fields.text("from", currency);
    let to = fields.text("to", currency);
    if from.is_some() && from == to {
        fields.wrong("to", "is the same currency: a rate leads to another");
    }
    let rate = fields.text("rate", |text| {
        Decimal::parse(text).map_err(|_| rate_expected(text))
    });
    fields.finish();
    let (date, from, to, decimal) = (date?, from?, to?, rate?);
    let rate = Rate::new(date, from, to, decimal);
    if rate.is_none() {
        notes.add(format!("{place}.rate"), rate_expected(&decimal.to_string()));
    }
    rate
}

fn rate_expected(text: &str) -> String {
    format!(
        "must be a decimal above zero with a point and at most {MAX_RATE_PLACES} decimals, as \
         \"1.0842\", not {text:?}"
    )
}

fn currency(text: &str) -> Result<Currency, String> {
    Currency::parse(text).map_err(|error| format!("must be {error}"))
}
