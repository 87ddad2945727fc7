//! The two formats of a click log, each turned into the same row.

use std::borrow::Cow;
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

impl Format {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Ndjson => "ndjson",
        }
    }
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
    pub(super) fn from_header(line: &Line<'_>) -> Result<Self, String> {
        line.check()
            .map_err(|message| format!("the header {message}"))?;
        let delimiter = delimiter_of(line.text);
        let names = names(line.text, delimiter)?;
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
    pub(super) fn row<'a>(&self, line: &'a [u8]) -> Result<Row<'a>, String> {
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

fn names(header: &[u8], delimiter: u8) -> Result<Vec<String>, String> {
    let mut names = Vec::new();
    each_field(header, delimiter, |name| names.push(name.trim().to_owned()))?;
    Ok(names)
}

fn csv_row<'a>(
    line: &'a [u8],
    delimiter: u8,
    columns: &[Option<Column>],
) -> Result<Row<'a>, String> {
    let mut row = Row::default();
    let mut fields = 0;
    each_field(line, delimiter, |field| {
        if let Some(Some(column)) = columns.get(fields) {
            row.set(*column, field);
        }
        fields += 1;
    })?;
    if fields != columns.len() {
        return Err(format!(
            "has {fields} fields, the header has {}",
            columns.len()
        ));
    }
    Ok(row)
}

fn each_field<'a>(
    line: &'a [u8],
    delimiter: u8,
    mut take: impl FnMut(Cow<'a, str>),
) -> Result<(), String> {
    let quotes = memchr::memchr_iter(b'"', line).count();
    if quotes % 2 == 1 {
        return Err("has a quote that is not closed".to_owned());
    }
    if quotes > 0 {
        return each_quoted_field(line, delimiter, take);
    }
    // Nearly all lines of nearly all logs: no quote, so each delimiter is one.
    let line = text(line)?;
    line.split(char::from(delimiter))
        .for_each(|field| take(Cow::Borrowed(field)));
    Ok(())
}

fn each_quoted_field<'a>(
    line: &[u8],
    delimiter: u8,
    mut take: impl FnMut(Cow<'a, str>),
) -> Result<(), String> {
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .delimiter(delimiter)
        .buffer_capacity(line.len().max(1))
        .from_reader(line);
    let mut record = ByteRecord::new();
    reader
        .read_byte_record(&mut record)
        .map_err(|error| error.to_string())?;
    for field in &record {
        take(Cow::Owned(text(field)?.to_owned()));
    }
    Ok(())
}

fn text(bytes: &[u8]) -> Result<&str, String> {
    std::str::from_utf8(bytes).map_err(|_| "is not UTF-8".to_owned())
}

fn json_row(line: &[u8]) -> Result<Row<'_>, String> {
    let mut row = Row::default();
    for (name, value) in Members::read(line)?.0 {
        let Some(column) = Column::named(&name.0) else {
            continue;
        };
        if let Some(text) = json::text(&name.0, value)? {
            row.set(column, text);
        }
    }
    Ok(row)
}
