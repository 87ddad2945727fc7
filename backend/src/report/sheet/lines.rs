//! Rows as lines, a page at a time: what is exported is never in memory as a whole.

use super::{Cell, CsvError, csv_text, json_line};

/// How lines are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LineFormat {
    /// A JSON object a line.
    #[default]
    Ndjson,
    /// A header, then a line a row.
    Csv,
}

/// Writes rows of these columns.
#[derive(Debug, Clone)]
pub struct Lines {
    format: LineFormat,
    names: Vec<&'static str>,
}

impl Lines {
    /// Lines of this format, with these columns.
    #[must_use]
    pub const fn new(format: LineFormat, names: Vec<&'static str>) -> Self {
        Self { format, names }
    }

    /// What stands above the first row.
    ///
    /// # Errors
    /// None in practice: it is written to memory.
    pub fn head(&self) -> Result<Vec<u8>, CsvError> {
        match self.format {
            LineFormat::Csv => csv([self.names.iter().map(ToString::to_string)]),
            LineFormat::Ndjson => Ok(Vec::new()),
        }
    }

    /// Some rows.
    ///
    /// # Errors
    /// None in practice: it is written to memory.
    pub fn page(&self, rows: &[Vec<Cell>]) -> Result<Vec<u8>, CsvError> {
        match self.format {
            LineFormat::Csv => csv(rows.iter().map(|row| row.iter().map(csv_text))),
            LineFormat::Ndjson => {
                let lines = rows.iter().map(|row| json_line(&self.names, row) + "\n");
                Ok(lines.collect::<String>().into_bytes())
            }
        }
    }
}

fn csv(lines: impl IntoIterator<Item = impl Iterator<Item = String>>) -> Result<Vec<u8>, CsvError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for line in lines {
        writer.write_record(line)?;
    }
    let written = writer.into_inner();
    written.map_err(|error| csv::Error::from(error.into_error()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: Result<Vec<u8>, CsvError>) -> String {
        String::from_utf8(bytes.expect("written")).expect("text")
    }

    #[test]
    fn rows_are_lines_of_either_kind() {
        let rows = [
            vec![Cell::Outside("=1,2".to_owned()), Cell::Number(3)],
            vec![Cell::Empty, Cell::Empty],
        ];
        let csv = Lines::new(LineFormat::Csv, vec!["a", "b"]);
        assert_eq!(text(csv.head()), "a,b\n");
        assert_eq!(text(csv.page(&rows)), "\"'=1,2\",3\n,\n");
        let ndjson = Lines::new(LineFormat::Ndjson, vec!["a", "b"]);
        assert_eq!(text(ndjson.head()), "");
        assert_eq!(
            text(ndjson.page(&rows)),
            "{\"a\":\"=1,2\",\"b\":3}\n{\"a\":null,\"b\":null}\n"
        );
    }
}
