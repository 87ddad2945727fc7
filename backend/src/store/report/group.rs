//! What the rows of a report stand for.

use postern_protocol::time::UnixSeconds;
use serde::{Serialize, Serializer};

use crate::report::period::{DAY_SECONDS, Day};
use crate::store::StoreError;
use crate::store::row::Cells;

/// What a report's rows can be told apart by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dimension {
    /// The partner.
    Partner,
    /// The two sub ids of the tracking link together.
    Source,
    /// The visitor's country.
    Geo,
    /// The UTC day.
    Day,
}

impl Dimension {
    /// Every dimension, in the order they stand in.
    pub const ALL: [Self; 4] = [Self::Partner, Self::Source, Self::Geo, Self::Day];

    /// The word on the command line and in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Partner => "partner",
            Self::Source => "source",
            Self::Geo => "geo",
            Self::Day => "day",
        }
    }

    /// Reads a word as [`Dimension::name`] gives it.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }

    /// The columns it takes.
    #[must_use]
    pub const fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Partner => &["partner"],
            Self::Source => &["sub_id_1", "sub_id_2"],
            Self::Geo => &["geo"],
            Self::Day => &["day"],
        }
    }
}

/// Dimensions in their one order, each once.
pub(super) fn in_order(by: &[Dimension]) -> Vec<Dimension> {
    let asked = |it: &Dimension| by.contains(it);
    Dimension::ALL.into_iter().filter(asked).collect()
}

/// What one row stands for: columns and their values; no value where none is known.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(Vec<(&'static str, Option<String>)>);

impl Key {
    /// A key of these columns.
    #[must_use]
    pub const fn new(parts: Vec<(&'static str, Option<String>)>) -> Self {
        Self(parts)
    }

    /// The columns and values, in order.
    pub fn parts(&self) -> impl Iterator<Item = (&'static str, Option<&str>)> {
        self.0.iter().map(|(name, value)| (*name, value.as_deref()))
    }

    /// The value of a column.
    #[must_use]
    pub fn get(&self, column: &str) -> Option<&str> {
        let found = self.0.iter().find(|(name, _)| *name == column)?;
        found.1.as_deref()
    }

    /// Reads what a row was grouped by.
    pub(super) fn read(row: &impl Cells, by: &[Dimension]) -> Result<Self, StoreError> {
        let mut parts = Vec::new();
        for column in by.iter().flat_map(|it| it.columns()) {
            let value = match *column {
                "day" => row
                    .number_or_null("day")?
                    .map(|day| Day::of(UnixSeconds(day.saturating_mul(DAY_SECONDS))).to_string()),
                column => row.owned_or_null(column)?,
            };
            parts.push((*column, value));
        }
        Ok(Self(parts))
    }
}

impl Serialize for Key {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.parts())
    }
}
