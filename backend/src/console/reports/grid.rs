//! A report's sheet as a table of a page: the same columns and values as on the command line.

use super::ROWS_MAX;
use super::figures::{grouped, sum, sums};
use crate::report::sheet::{Cell, Column, Kind, Sheet};

/// Rows of cells under columns.
pub(super) struct Grid {
    pub(super) head: Vec<Head>,
    pub(super) rows: Vec<Vec<Shown>>,
    pub(super) total: Option<Vec<Shown>>,
}

/// What stands above a column.
pub(super) struct Head {
    pub(super) title: String,
    pub(super) is_figure: bool,
}

/// A cell.
pub(super) struct Shown {
    /// What stands above its column, for a phone.
    pub(super) label: String,
    pub(super) lines: Vec<String>,
    pub(super) is_figure: bool,
}

impl Grid {
    /// The first rows of the sheet, but for ratios, which stand below the counts they are of.
    pub(super) fn of(sheet: &Sheet) -> Self {
        let is_shown = |column: &Column| column.kind != Kind::Ratio;
        let columns: Vec<(usize, &Column)> = sheet.columns.iter().enumerate().collect();
        let columns: Vec<_> = columns.into_iter().filter(|it| is_shown(it.1)).collect();
        let row = |row: &Vec<Cell>| {
            let cells = columns.iter();
            cells
                .filter_map(|(place, column)| Some(shown(column, row.get(*place)?)))
                .collect()
        };
        Self {
            head: columns.iter().map(|(_, column)| head(column)).collect(),
            rows: sheet.rows.iter().take(ROWS_MAX).map(row).collect(),
            total: sheet.total.as_ref().map(row),
        }
    }
}

fn head(column: &Column) -> Head {
    Head {
        title: title(column),
        is_figure: is_figure(column),
    }
}

/// The column's name in words.
fn title(column: &Column) -> String {
    match column.name {
        "ftds" => "first deposits".to_owned(),
        "geo" => "country".to_owned(),
        name => name.replace('_', " "),
    }
}

const fn is_figure(column: &Column) -> bool {
    !matches!(column.kind, Kind::Text | Kind::Word)
}

fn shown(column: &Column, cell: &Cell) -> Shown {
    Shown {
        label: title(column),
        lines: lines(cell),
        is_figure: is_figure(column),
    }
}

fn lines(cell: &Cell) -> Vec<String> {
    let one = |text: &str| vec![text.to_owned()];
    match cell {
        Cell::Empty | Cell::Interval(None) => one("–"),
        Cell::Outside(text) | Cell::Word(text) | Cell::Json(text) => one(text),
        Cell::Is(is) => one(if *is { "yes" } else { "no" }),
        Cell::Number(number) => vec![grouped(number)],
        Cell::Ratio(ratio) => vec![ratio.percent()],
        Cell::Rated(count, ratio) => vec![grouped(count), ratio.percent()],
        Cell::Interval(Some(interval)) => interval.percent().lines().map(str::to_owned).collect(),
        Cell::Amount(amount) => vec![sum(*amount)],
        Cell::Money(money) => sums(money),
    }
}
