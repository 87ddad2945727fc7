//! A sheet as CSV: a header, then a line a row.
//!
//! Spreadsheets run a cell that begins with `=`, `+`, `-` or `@` as a formula, and click ids, sub
//! ids and notes come from strangers. So in texts from outside such a beginning gets an apostrophe
//! in front, which spreadsheets take as "this is text". NDJSON and JSON hold texts as they are.

use std::collections::BTreeSet;

use postern_protocol::currency::Currency;

use super::{Cell, Kind, Ratio, Sheet};

/// Characters at the beginning of a cell that some spreadsheet takes for a formula; a tab or a line
/// break is skipped by some before they look.
const FORMULA_BEGINNINGS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// Why a line of CSV could not be made or written.
pub type CsvError = csv::Error;

/// A text that somebody else wrote, as a spreadsheet may have it.
#[must_use]
pub fn safe_text(text: &str) -> String {
    if text.starts_with(FORMULA_BEGINNINGS) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

/// A value of one column as CSV has it. What takes several columns has its own way
/// there.
#[must_use]
pub fn csv_text(cell: &Cell) -> String {
    match cell {
        Cell::Empty | Cell::Interval(_) | Cell::Money(_) | Cell::Rated(..) => String::new(),
        Cell::Outside(text) => safe_text(text),
        Cell::Word(text) | Cell::Json(text) => text.clone(),
        Cell::Is(is) => is.to_string(),
        Cell::Number(number) => number.to_string(),
        Cell::Ratio(ratio) => ratio.to_string(),
        Cell::Amount(sum) => sum.decimal(),
    }
}

impl Sheet {
    /// The sheet as CSV.
    ///
    /// # Errors
    /// None in practice: it is written to memory.
    pub fn to_csv(&self) -> Result<String, CsvError> {
        let currencies: Vec<Vec<Currency>> = (0..self.columns.len())
            .map(|place| self.currencies(place))
            .collect();
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(self.header(&currencies))?;
        for row in &self.rows {
            writer.write_record(self.line(row, &currencies))?;
        }
        let bytes = writer
            .into_inner()
            .map_err(|error| csv::Error::from(error.into_error()))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// The currencies that occur in a column.
    fn currencies(&self, place: usize) -> Vec<Currency> {
        let cells = self.rows.iter().filter_map(|row| row.get(place));
        let found: BTreeSet<Currency> = cells
            .filter_map(|cell| match cell {
                Cell::Money(sums) => Some(sums.iter().map(|sum| sum.currency)),
                _ => None,
            })
            .flatten()
            .collect();
        found.into_iter().collect()
    }

    fn header(&self, currencies: &[Vec<Currency>]) -> Vec<String> {
        let mut header = Vec::new();
        for (column, currencies) in self.columns.iter().zip(currencies) {
            let name = column.name;
            match column.kind {
                Kind::Money => header.extend(
                    currencies
                        .iter()
                        .map(|currency| format!("{name}_{}", currency.code().to_lowercase())),
                ),
                Kind::Rated(rate) => header.extend([name.to_owned(), rate.to_owned()]),
                Kind::Interval => {
                    header.extend(["", "_low", "_high"].map(|end| format!("{name}{end}")));
                }
                _ => header.push(name.to_owned()),
            }
        }
        header
    }

    fn line(&self, row: &[Cell], currencies: &[Vec<Currency>]) -> Vec<String> {
        let mut line = Vec::new();
        for ((column, currencies), cell) in self.columns.iter().zip(currencies).zip(row) {
            match (column.kind, cell) {
                (Kind::Money, Cell::Money(sums)) => {
                    line.extend(currencies.iter().map(|currency| {
                        let found = sums.iter().find(|sum| sum.currency == *currency);
                        found.map_or_else(String::new, super::super::Sum::decimal)
                    }))
                }
                (Kind::Money, _) => line.extend(currencies.iter().map(|_| String::new())),
                (_, Cell::Rated(count, ratio)) => {
                    line.extend([count.to_string(), ratio.to_string()]);
                }
                (Kind::Interval, Cell::Interval(Some(interval))) => {
                    let ends = [interval.value, interval.low, interval.high];
                    line.extend(ends.iter().map(Ratio::to_string));
                }
                (Kind::Interval, _) => line.extend([const { String::new() }; 3]),
                _ => line.push(csv_text(cell)),
            }
        }
        line
    }
}
