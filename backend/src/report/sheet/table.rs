//! A sheet as a table for people.

use comfy_table::{
    CellAlignment, ColumnConstraint, ContentArrangement, LineStyle, Table, TableStyle,
};

use super::{Cell, Kind, Sheet};

/// Columns of a terminal that a table takes at most: what fits beside a log.
pub const TABLE_COLUMNS_MAX: u16 = 100;

/// A line above, below and under the titles: columns are told apart by space.
const LINES: TableStyle = TableStyle::new()
    .top_border(LineStyle::none().fill('─').junction('─'))
    .header_separator(LineStyle::none().fill('─').junction('─'))
    .bottom_border(LineStyle::none().fill('─').junction('─'));

impl Sheet {
    /// The sheet as a table: numbers end below each other and are never broken, texts are,
    /// so that it takes [`TABLE_COLUMNS_MAX`].
    #[must_use]
    pub fn to_table(&self) -> String {
        let shown: Vec<usize> = (0..self.columns.len())
            .filter(|&place| !self.columns[place].only_csv)
            .collect();
        let mut table = Table::new();
        table
            .load_style(LINES)
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(TABLE_COLUMNS_MAX)
            .set_header(shown.iter().map(|&place| self.columns[place].title));
        for row in self.rows.iter().chain(&self.total) {
            table.add_row(shown.iter().map(|&place| text(&row[place])));
        }
        for (&place, column) in shown.iter().zip(table.column_iter_mut()) {
            column.set_padding((0, 1));
            let kind = self.columns[place].kind;
            if kind != Kind::Text {
                column.set_constraint(ColumnConstraint::ContentWidth);
            }
            if !matches!(kind, Kind::Text | Kind::Word) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        let mut lines = vec![self.title.clone()];
        if self.rows.is_empty() {
            lines.push("nothing to show: no row matches".to_owned());
        } else {
            lines.push(table.trim_fmt());
        }
        lines.extend(self.notes.iter().map(|note| format!("note: {note}")));
        lines.join("\n")
    }
}

fn text(cell: &Cell) -> String {
    match cell {
        Cell::Empty | Cell::Interval(None) => "–".to_owned(),
        Cell::Outside(text) => printable(text),
        Cell::Word(text) | Cell::Json(text) => text.clone(),
        Cell::Is(is) => if *is { "yes" } else { "no" }.to_owned(),
        Cell::Number(number) => number.to_string(),
        Cell::Ratio(ratio) => ratio.percent(),
        Cell::Rated(count, ratio) => format!("{count}\n{}", ratio.percent()),
        Cell::Interval(Some(interval)) => interval.percent(),
        Cell::Amount(sum) => sum.to_string(),
        Cell::Money(sums) if sums.is_empty() => "–".to_owned(),
        Cell::Money(sums) => {
            let lines: Vec<String> = sums.iter().map(|sum| sum.to_string()).collect();
            lines.join("\n")
        }
    }
}

/// A stranger's text as a terminal may have it: control characters would move the cursor, or worse.
#[must_use]
pub fn printable(text: &str) -> String {
    let show = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    text.chars().map(show).collect()
}
