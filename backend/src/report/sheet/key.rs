//! The columns that say what a row stands for.

use super::{Cell, Column, Kind};
use crate::store::{Dimension, Key};

/// The columns of what rows are told apart by.
#[must_use]
pub fn key_columns(by: &[&str]) -> Vec<Column> {
    let columns = by.iter().filter_map(|name| Dimension::parse(name));
    let columns = columns.flat_map(|it| it.columns());
    columns
        .map(|name| Column::new(name, title(name), kind(name)))
        .collect()
}

fn title(column: &'static str) -> &'static str {
    match column {
        "sub_id_1" => "sub id 1",
        "sub_id_2" => "sub id 2",
        other => other,
    }
}

fn kind(column: &str) -> Kind {
    match column {
        "day" | "geo" => Kind::Word,
        _ => Kind::Text,
    }
}

/// The cells of a key. Sub ids come with the visitor; a partner's name may begin with `-`, as a formula
/// may. The rest is checked.
#[must_use]
pub fn key_cells(key: &Key) -> Vec<Cell> {
    let cell = |(name, value): (&str, Option<&str>)| match value {
        None => Cell::Empty,
        Some(value) if name.starts_with("sub_id") || name == "partner" => {
            Cell::Outside(value.to_owned())
        }
        Some(value) => Cell::Word(value.to_owned()),
    };
    key.parts().map(cell).collect()
}
