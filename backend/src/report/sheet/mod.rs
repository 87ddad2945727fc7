//! A report as rows and columns, before it is a table for people or a CSV for machines.
//!
//! A report says once what its columns are; how each sort of value looks is decided here.

mod cell;
mod csv;
mod key;
mod lines;
mod ratio;
mod table;
#[cfg(test)]
mod tests;

pub use cell::{Cell, json_line};
pub use csv::{CsvError, csv_text, safe_text};
pub use key::{key_cells, key_columns};
pub use lines::{LineFormat, Lines};
pub use ratio::{Interval, Ratio};
pub use table::{TABLE_COLUMNS_MAX, printable};

/// What a column holds, and so how it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Words; in a table that would be too wide they are broken.
    Text,
    /// A word that is never broken, such as a day.
    Word,
    /// Whole numbers.
    Number,
    /// A part of a whole.
    Ratio,
    /// A count with its part of another one below it: two columns in CSV, the second named so.
    Rated(&'static str),
    /// A ratio with how sure it is: three columns in CSV.
    Interval,
    /// Sums of money: in CSV a column for each currency there is.
    Money,
}

/// A column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Its name in CSV; it never changes.
    pub name: &'static str,
    /// What stands above it in a table.
    pub title: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether it is left out of tables, which have to fit a screen.
    pub only_csv: bool,
}

impl Column {
    /// A column of tables and CSV.
    #[must_use]
    pub const fn new(name: &'static str, title: &'static str, kind: Kind) -> Self {
        Self {
            name,
            title,
            kind,
            only_csv: false,
        }
    }

    /// A column of CSV alone.
    #[must_use]
    pub const fn only_csv(name: &'static str, kind: Kind) -> Self {
        Self {
            name,
            title: "",
            kind,
            only_csv: true,
        }
    }
}

/// Rows of cells under columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// What the whole is about, above the table.
    pub title: String,
    /// The columns, in order.
    pub columns: Vec<Column>,
    /// The rows; each has a cell for each column.
    pub rows: Vec<Vec<Cell>>,
    /// The sums of the rows, below the table. CSV leaves it out: who adds up a column there must
    /// not count it twice.
    pub total: Option<Vec<Cell>>,
    /// What a reader must know, below the table.
    pub notes: Vec<String>,
}
