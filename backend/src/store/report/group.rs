//! What the rows of a report stand for.

use postern_protocol::time::UnixSeconds;
use serde::{Serialize, Serializer};

use crate::report::period::{DAY_SECONDS, Day};
use crate::store::StoreError;
use crate::store::row::Cells;
use crate::store::statement::{Argument, ByteOrder, Statement};

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

    /// What stands in these columns for a click `k`.
    pub(super) const fn of_click(self) -> &'static [&'static str] {
        match self {
            Self::Partner => &["k.partner"],
            Self::Source => &["k.sub_id_1", "k.sub_id_2"],
            Self::Geo => &["k.geo"],
            Self::Day => &["k.clicked_at / 86400"],
        }
    }

    /// The same for a conversion `v`: its source and country are those of the click where the log has
    /// them, else the event's. Two sub ids are one source: they come from one of them together. A
    /// conversion keeps those of its click, as to look them up took more than all the rest.
    pub(super) const fn of_conversion(self) -> &'static [&'static str] {
        match self {
            Self::Partner => &["v.partner"],
            Self::Source => &[
                "CASE WHEN v.click_sub_id_1 IS NULL AND v.click_sub_id_2 IS NULL \
                    THEN v.sub_id_1 ELSE v.click_sub_id_1 END",
                "CASE WHEN v.click_sub_id_1 IS NULL AND v.click_sub_id_2 IS NULL \
                    THEN v.sub_id_2 ELSE v.click_sub_id_2 END",
            ],
            Self::Geo => &["coalesce(v.click_geo, v.geo)"],
            Self::Day => &["v.occurred_at / 86400"],
        }
    }
}

/// Columns in the order of keys: no value before any, texts by their bytes, days as numbers.
pub(super) fn ordered(
    names: &[&'static str],
    columns: &[&'static str],
    order: ByteOrder,
) -> String {
    let each = columns.iter().zip(names).map(|(column, name)| match *name {
        "day" => format!("{column} NULLS FIRST"),
        _ => format!("{column}{order} NULLS FIRST"),
    });
    each.collect::<Vec<_>>().join(", ")
}

/// Selects columns by their names, each with a comma behind it.
pub(super) fn select(names: &[&'static str], columns: &[&'static str]) -> String {
    let each = columns.iter().zip(names);
    each.map(|(column, name)| format!("{column} AS {name}, "))
        .collect()
}

/// A group up to which a statement is to read, and how its database compares texts by their bytes.
pub(super) type Until<'k> = (&'k Key, ByteOrder);

/// Keeps to what comes before the next value of a group's leading column, which is `column` here: some
/// groups behind it too, but no sort and no row for most of them.
pub(super) fn up_to((group, order): Until<'_>, column: &str, statement: &mut Statement) {
    let Some((name, value)) = group.parts().next() else {
        return;
    };
    statement.push(format_args!(" AND ({column} IS NULL"));
    match value {
        Some(day) if name == "day" => {
            let day = Day::parse(day).map_or(i64::MAX, |day| day.0);
            statement.push(format_args!(" OR {column} <= "));
            statement.bind(Argument::Number(day));
        }
        Some(text) => {
            statement.push(format_args!(" OR {column}{order} <= "));
            statement.bind(Argument::Text(text.to_owned()));
        }
        None => {}
    }
    statement.push(")");
}

/// Dimensions in their one order, each once.
pub(super) fn in_order(by: &[Dimension]) -> Vec<Dimension> {
    let asked = |it: &Dimension| by.contains(it);
    Dimension::ALL.into_iter().filter(asked).collect()
}

/// The columns that dimensions take, each as `of` gives it.
pub(super) fn columns(
    by: &[Dimension],
    of: impl Fn(Dimension) -> &'static [&'static str],
) -> Vec<&'static str> {
    let by = in_order(by).into_iter();
    by.flat_map(|it| of(it).iter().copied()).collect()
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
