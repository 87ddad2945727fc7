//! Rows by column, in batches.

use std::ops::Range;

use uuid::Uuid;

use super::BATCH;

/// The cells of one column.
pub(super) enum Column {
    Uuid(Vec<Option<Uuid>>),
    Text(Vec<Option<String>>),
    Bytes(Vec<Option<Vec<u8>>>),
    Int(Vec<Option<i64>>),
    Bool(Vec<Option<bool>>),
}

/// What a column holds.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Uuid,
    Text,
    Bytes,
    Int,
    Bool,
}

/// A table whose rows are written again.
pub(super) struct Table {
    pub(super) name: &'static str,
    pub(super) columns: Vec<(String, Kind)>,
    /// By column; each batch holds the rows of [`BATCH`] deliveries.
    pub(super) batches: Vec<Vec<Column>>,
}

/// All that was read.
pub(super) struct Recorded {
    pub(super) deliveries: usize,
    pub(super) tables: Vec<Table>,
}

/// A table, and the order in which its rows are read.
pub(super) type Read = (&'static str, &'static str);

/// What is read: in the order of the deliveries, so that a batch's rows stand together. `contents` is
/// where the store finds the contents it knows.
pub(super) const fn tables(contents: Read) -> [Read; 4] {
    [
        contents,
        ("conversions", "id"),
        ("payouts", "delivery, number"),
        ("deliveries", "id"),
    ]
}
/// Where the keys of the lookups stand.
pub(super) const CONVERSIONS: usize = 1;
pub(super) const DELIVERIES: usize = 3;

impl Kind {
    /// By the word a database has for it.
    pub(super) fn of(word: &str) -> Option<Self> {
        match word {
            "uuid" => Some(Self::Uuid),
            "text" | "TEXT" => Some(Self::Text),
            "bytea" | "BLOB" => Some(Self::Bytes),
            "bigint" | "INTEGER" => Some(Self::Int),
            "boolean" => Some(Self::Bool),
            _ => None,
        }
    }

    /// An array of it, as PostgreSQL writes it.
    pub(super) const fn array(self) -> &'static str {
        match self {
            Self::Uuid => "uuid[]",
            Self::Text => "text[]",
            Self::Bytes => "bytea[]",
            Self::Int => "bigint[]",
            Self::Bool => "boolean[]",
        }
    }
}

impl Column {
    fn part(&self, range: Range<usize>) -> Self {
        match self {
            Self::Uuid(cells) => Self::Uuid(cells[range].to_vec()),
            Self::Text(cells) => Self::Text(cells[range].to_vec()),
            Self::Bytes(cells) => Self::Bytes(cells[range].to_vec()),
            Self::Int(cells) => Self::Int(cells[range].to_vec()),
            Self::Bool(cells) => Self::Bool(cells[range].to_vec()),
        }
    }
}

impl Table {
    /// Parts all rows, of which each delivery has as many, into batches.
    pub(super) fn parted(
        name: &'static str,
        columns: Vec<(String, Kind)>,
        rows: usize,
        deliveries: usize,
        cells: &[Column],
    ) -> Self {
        let each = rows / deliveries.max(1);
        let batches = (0..deliveries / BATCH).map(|batch| {
            let from = batch * BATCH * each;
            let part = |column: &Column| column.part(from..from + BATCH * each);
            cells.iter().map(part).collect()
        });
        Self {
            name,
            columns,
            batches: batches.collect(),
        }
    }

    pub(super) fn names(&self) -> String {
        let names: Vec<&str> = self.columns.iter().map(|(name, _)| name.as_str()).collect();
        names.join(", ")
    }

    /// A column of a batch, by name.
    pub(super) fn column(&self, batch: usize, name: &str) -> Option<&Column> {
        let at = self.columns.iter().position(|(it, _)| it == name)?;
        self.batches.get(batch)?.get(at)
    }
}
