//! One value of a sheet or an export, and what it looks like.

use serde::Serialize;
use serde_json::value::RawValue;

use super::{Interval, Ratio};
use crate::report::{Sum, Sums};

/// One value.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing is known.
    Empty,
    /// A text that somebody else wrote: a click id, a note, a request.
    Outside(String),
    /// A text of ours: a word, an id, a time, an amount.
    Word(String),
    /// A text of ours that is JSON already, such as a list of flags.
    Json(String),
    /// Yes or no.
    Is(bool),
    /// A whole number.
    Number(i64),
    /// A part of a whole.
    Ratio(Ratio),
    /// A count, and which part of another one it is.
    Rated(u64, Ratio),
    /// A ratio with how sure it is.
    Interval(Option<Interval>),
    /// One amount: with its currency in a table, as a bare number in CSV, which has a column for it.
    Amount(Sum),
    /// Sums of money.
    Money(Sums),
}

impl Cell {
    /// A text that somebody else wrote, where there is one.
    #[must_use]
    pub fn outside(text: Option<impl Into<String>>) -> Self {
        text.map_or(Self::Empty, |text| Self::Outside(text.into()))
    }

    /// A text of ours, where there is one.
    #[must_use]
    pub fn word(text: Option<impl ToString>) -> Self {
        text.map_or(Self::Empty, |text| Self::Word(text.to_string()))
    }

    /// A count. None of ours comes near the bound.
    #[must_use]
    pub fn count(number: u64) -> Self {
        Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }

    /// The value as JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        match self {
            Self::Empty | Self::Interval(None) => "null".to_owned(),
            Self::Outside(text) | Self::Word(text) => json(text),
            // What we wrote as JSON goes on as it is; were a row damaged, its text is shown.
            Self::Json(text) => match serde_json::from_str::<&RawValue>(text) {
                Ok(value) => value.get().to_owned(),
                Err(_) => json(text),
            },
            Self::Is(is) => is.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Ratio(ratio) => json(ratio),
            Self::Rated(count, ratio) => json(&(count, ratio)),
            Self::Interval(Some(interval)) => json(interval),
            Self::Amount(sum) => json(sum),
            Self::Money(sums) => json(sums),
        }
    }
}

fn json(value: &(impl Serialize + ?Sized)) -> String {
    // Texts, numbers and lists of them always serialise.
    serde_json::to_string(value).unwrap_or_default()
}

/// One JSON object on one line, its members in the order of the columns.
#[must_use]
pub fn json_line(names: &[&str], cells: &[Cell]) -> String {
    let mut line = String::from("{");
    for (name, cell) in names.iter().zip(cells) {
        if line.len() > 1 {
            line.push(',');
        }
        line.push_str(&json(*name));
        line.push(':');
        line.push_str(&cell.to_json());
    }
    line.push('}');
    line
}
