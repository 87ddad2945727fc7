//! A funnel as a sheet.

use super::{Funnel, Steps};
use crate::report::sheet::{Cell, Column, Kind, Sheet, key_cells, key_columns};

impl Funnel {
    /// The funnel as a sheet.
    #[must_use]
    pub fn sheet(&self) -> Sheet {
        let mut columns = key_columns(&self.by);
        let width = columns.len();
        columns.extend(STEPS);
        let rows = self.rows.iter().map(|row| {
            let mut cells = key_cells(&row.group);
            cells.extend(row.steps.cells());
            cells
        });
        let mut total = vec![Cell::Word(String::new()); width];
        if let Some(first) = total.first_mut() {
            *first = Cell::Word("total".to_owned());
        }
        total.extend(self.total.cells());
        let whose = self.partner.as_ref();
        Sheet {
            title: whose.map_or_else(
                || format!("Funnel, {}", self.period),
                |partner| format!("Funnel of {partner}, {}", self.period),
            ),
            columns,
            rows: rows.collect(),
            // Without anything to tell rows apart by, the one row is the total.
            total: (width > 0).then_some(total),
            notes: self.notes.clone(),
        }
    }
}

/// The columns of the steps; [`Steps::cells`] has the same order.
const STEPS: [Column; 14] = {
    use Kind::{Money, Number, Rated, Ratio};
    [
        Column::new("clicks", "clicks", Number),
        Column::new(
            "registrations",
            "reg. of\nclicks",
            Rated("registrations_per_click"),
        ),
        Column::new("leads", "leads", Number),
        Column::new("ftds", "FTDs\nof reg.", Rated("ftds_per_registration")),
        Column::only_csv("ftds_per_click", Ratio),
        Column::new("redeposits", "re-\ndep.", Number),
        Column::only_csv("redeposits_per_ftd", Ratio),
        Column::new("cashouts", "cash-\nouts", Number),
        Column::new("rejects", "re-\njects", Number),
        Column::new("pending", "pend-\ning", Number),
        Column::new("flagged", "flag-\nged", Number),
        Column::new("taken_back", "taken\nback", Number),
        Column::new("deposits", "deposits", Money),
        Column::only_csv("withdrawals", Money),
    ]
};

impl Steps {
    fn cells(&self) -> [Cell; STEPS.len()] {
        let rates = &self.rates;
        [
            Cell::count(self.clicks),
            Cell::Rated(self.registrations, rates.registrations_per_click),
            Cell::count(self.leads),
            Cell::Rated(self.ftds, rates.ftds_per_registration),
            Cell::Ratio(rates.ftds_per_click),
            Cell::count(self.redeposits),
            Cell::Ratio(rates.redeposits_per_ftd),
            Cell::count(self.cashouts),
            Cell::count(self.rejects),
            Cell::count(self.pending),
            Cell::count(self.flagged),
            Cell::count(self.taken_back),
            Cell::Money(self.deposits.clone()),
            Cell::Money(self.withdrawals.clone()),
        ]
    }
}
