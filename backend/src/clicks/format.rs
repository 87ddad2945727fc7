//! The two formats of a click log, each turned into the same row.

use std::path::Path;

use csv::{ByteRecord, ReaderBuilder};

use super::json::{self, Members};
use super::lines::Line;
use super::row::{Column, Row};

/// How a click log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A header line, then one click a line; fields split by comma, semicolon or tab.
    Csv,
    /// One JSON object a line.
    Ndjson,
}

/// The format by the name's ending, else by the first byte that is no blank.
#[must_use]
pub fn guess(name: Option<&Path>, start: &[u8]) -> Format {
    let ending = name
        .and_then(Path::extension)
        .and_then(|ending| ending.to_str());
    match ending.map(str::to_ascii_lowercase).as_deref() {
        Some("csv" | "tsv") => Format::Csv,
        Some("ndjson" | "jsonl" | "json") => Format::Ndjson,
        _ if start.trim_ascii_start().starts_with(b"{") => Format::Ndjson,
        _ => Format::Csv,
    }
}

/// What is known before the first click.
pub(super) enum Layout {
    Csv {
        delimiter: u8,
        columns: Vec<Option<Column>>,
        ignored: Vec<String>,
    },
    Ndjson,
}

impl Layout {
    /// Reads a CSV's header.
    pub(super) fn from_header(line: Option<Line>) -> Result<Self, String> {
        let line = line.ok_or("the file is empty: a CSV starts with a line of column names")?;
        line.check()
            .map_err(|message| format!("the header {message}"))?;
        let delimiter = delimiter_of(&line.text);
        let names = texts(&split(&line.text, delimiter)?)?;
        let columns: Vec<Option<Column>> = names.iter().map(|name| Column::named(name)).collect();
        for column in Column::ALL {
            if columns
                .iter()
                .filter(|other| **other == Some(*column))
                .count()
                > 1
            {
                return Err(format!("the header names {} twice", column.name()));
            }
        }
        if !columns.contains(&Some(Column::Clickid)) {
            return Err(format!(
                "the header has no column clickid; it has {}",
                names.join(", ")
            ));
        }
        let unknown = names
            .iter()
            .zip(&columns)
            .filter(|(_, column)| column.is_none());
        let ignored = unknown.map(|(name, _)| name.clone()).collect();
        Ok(Self::Csv {
            delimiter,
            columns,
            ignored,
        })
    }

    pub(super) fn ignored_columns(&self) -> &[String] {
        match self {
            Self::Csv { ignored, .. } => ignored,
            Self::Ndjson => &[],
        }
    }

    /// Reads one line.
    pub(super) fn row(&self, line: &[u8]) -> Result<Row, String> {
        match self {
            Self::Csv {
                delimiter, columns, ..
            } => csv_row(line, *delimiter, columns),
            Self::Ndjson => json_row(line),
        }
    }
}

/// The one of comma, semicolon and tab that the header has most of.
fn delimiter_of(header: &[u8]) -> u8 {
    let count = |delimiter: u8| header.iter().filter(|byte| **byte == delimiter).count();
    [b';', b'\t'].into_iter().fold(b',', |best, other| {
        if count(other) > count(best) {
            other
        } else {
            best
        }
    })
}

fn split(line: &[u8], delimiter: u8) -> Result<ByteRecord, String> {
    if line.iter().filter(|byte| **byte == b'"').count() % 2 == 1 {
        return Err("has a quote that is not closed".to_owned());
    }
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .delimiter(delimiter)
        .buffer_capacity(line.len().max(1))
        .from_reader(line);
    let mut record = ByteRecord::new();
    reader
        .read_byte_record(&mut record)
        .map_err(|error| error.to_string())?;
    Ok(record)
}

fn texts(record: &ByteRecord) -> Result<Vec<String>, String> {
    let text = |field: &[u8]| match std::str::from_utf8(field) {
        Ok(text) => Ok(text.trim().to_owned()),
        Err(_) => Err("is not UTF-8".to_owned()),
    };
    record.iter().map(text).collect()
}

fn csv_row(line: &[u8], delimiter: u8, columns: &[Option<Column>]) -> Result<Row, String> {
    let fields = texts(&split(line, delimiter)?)?;
    if fields.len() != columns.len() {
        return Err(format!(
            "has {} fields, the header has {}",
            fields.len(),
            columns.len()
        ));
    }
    let mut row = Row::default();
    for (column, field) in columns.iter().zip(fields) {
        if let Some(column) = column {
            row.set(*column, field);
        }
    }
    Ok(row)
}

fn json_row(line: &[u8]) -> Result<Row, String> {
    let mut row = Row::default();
    for (name, value) in Members::read(line)?.0 {
        let Some(column) = Column::named(&name) else {
            continue;
        };
        if let Some(text) = json::text(&name, &value)? {
            row.set(column, text.trim().to_owned());
        }
    }
    Ok(row)
}
