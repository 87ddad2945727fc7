//! Sources as a sheet.

use super::{SourceRow, Sources};
use crate::report::sheet::{Cell, Column, Kind, Sheet, key_cells, key_columns};

impl Sources {
    /// The sources as a sheet.
    #[must_use]
    pub fn sheet(&self) -> Sheet {
        let mut columns = key_columns(&self.by);
        columns.extend(COLUMNS);
        let row = |row: &SourceRow| {
            let mut cells = key_cells(&row.group);
            cells.extend(row.cells());
            cells
        };
        let whose = self.partner.as_ref();
        let whose = whose.map_or_else(String::new, |partner| format!(" of {partner}"));
        let mut notes = self.notes.clone();
        notes.push(format!("below rates and ROI: {}", self.method));
        Sheet {
            title: format!("Sources{whose}, clicks of {}", self.period),
            columns,
            rows: self.rows.iter().map(row).collect(),
            total: None,
            notes,
        }
    }
}

/// The columns; [`SourceRow::cells`] has the same order.
const COLUMNS: [Column; 10] = {
    use Kind::{Interval, Money, Number, Text, Word};
    [
        Column::new("clicks", "clicks", Number),
        Column::only_csv("costed_clicks", Number),
        Column::new("ftds", "FTDs", Number),
        Column::new("ftd_rate", "per click", Interval),
        Column::new("cost", "cost", Money),
        Column::new("revenue", "revenue", Money),
        Column::only_csv("roi_currency", Word),
        Column::new("roi", "ROI", Interval),
        Column::new("recommendation", "advice", Word),
        Column::only_csv("reason", Text),
    ]
};

impl SourceRow {
    fn cells(&self) -> [Cell; COLUMNS.len()] {
        [
            Cell::count(self.clicks),
            Cell::count(self.costed_clicks),
            Cell::count(self.ftds),
            Cell::Interval(self.ftd_rate),
            Cell::Money(self.cost.clone()),
            Cell::Money(self.revenue.clone()),
            Cell::word(self.roi.map(|roi| roi.currency)),
            Cell::Interval(self.roi.map(|roi| roi.interval)),
            Cell::Word(self.advice.recommendation.name().to_owned()),
            Cell::Word(self.advice.reason.clone()),
        ]
    }
}
