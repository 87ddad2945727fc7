//! Payouts as a sheet.

use super::{Amounts, Conversion, PayoutRow, Payouts, Total};
use crate::report::sheet::{Cell, Column, Kind, Sheet};
use crate::report::{Sum, Sums};

impl Payouts {
    /// The payouts as a sheet.
    #[must_use]
    pub fn sheet(&self) -> Sheet {
        let is_converted = self.rows.iter().any(|row| row.converted.is_some());
        let mut columns = columns(self.by, is_converted);
        if is_converted {
            columns.extend(CONVERTED);
        }
        let row = |row: &PayoutRow| {
            let mut cells = row.cells();
            if let Some(converted) = &row.converted {
                cells.extend(converted.cells());
            }
            cells
        };
        let mut total = self.total.cells();
        if is_converted {
            let sum = |sum: Option<Sum>| sum.map_or(Cell::Empty, Cell::Amount);
            let converted = self.total_converted;
            total.extend([
                sum(converted.map(|it| it.held)),
                sum(converted.map(|it| it.due)),
                Cell::Word(String::new()),
                Cell::Word(String::new()),
            ]);
        }
        let whose = self.partner.as_ref();
        let whose = whose.map_or_else(String::new, |partner| format!(" of {partner}"));
        Sheet {
            title: format!(
                "Payouts{whose}, {}, due until {}",
                self.period, self.due_until
            ),
            columns,
            rows: self.rows.iter().map(row).collect(),
            total: Some(total),
            notes: self.notes.clone(),
        }
    }
}

/// A table that converts has no room for everything; CSV has.
fn columns(by: &'static str, is_converted: bool) -> Vec<Column> {
    use Kind::{Number, Text, Word};
    let roomy = |name, title| match is_converted {
        true => Column::only_csv(name, Number),
        false => Column::new(name, title, Number),
    };
    vec![
        Column::new("partner", "partner", Text),
        match by {
            "whole" => Column::only_csv("stretch", Word),
            "day" => Column::new("stretch", "day", Word),
            _ => Column::new("stretch", "month", Word),
        },
        Column::only_csv("currency", Text),
        Column::only_csv("entries", Number),
        Column::new("booked", "booked", Number),
        roomy("adjusted", "adjusted"),
        roomy("clawed_back", "clawed back"),
        Column::only_csv("carried_in", Number),
        Column::new("held", "held", Number),
        Column::new("due", "due", Number),
        Column::only_csv("carried_out", Number),
        Column::only_csv("forgiven", Number),
    ]
}

/// What conversion adds; [`Conversion::cells`] has the same order.
const CONVERTED: [Column; 4] = [
    Column::only_csv("held_converted", Kind::Number),
    Column::new("due_converted", "due, converted", Kind::Number),
    Column::only_csv("converted_into", Kind::Text),
    Column::new("rate", "rate", Kind::Text),
];

impl Conversion {
    fn cells(&self) -> [Cell; CONVERTED.len()] {
        let sums = self.sums();
        let amount = |sum: Option<Sum>| sum.map_or(Cell::Empty, Cell::Amount);
        [
            amount(sums.map(|(held, _)| held)),
            amount(sums.map(|(_, due)| due)),
            Cell::word(sums.map(|(_, due)| due.currency)),
            match self {
                Self::Same { .. } => Cell::Word("the same currency".to_owned()),
                Self::By { rate, .. } => Cell::Word(rate.clone()),
                Self::Not(why) => Cell::Word(why.not_converted.clone()),
            },
        ]
    }
}

impl PayoutRow {
    fn cells(&self) -> Vec<Cell> {
        let Amounts {
            currency,
            booked,
            adjusted,
            clawed_back,
            carried_in,
            held,
            due,
            carried_out,
            forgiven,
        } = self.amounts;
        let amount = |minor| Cell::Amount(Sum { currency, minor });
        vec![
            Cell::Outside(self.partner.clone()),
            Cell::word(self.stretch.as_ref()),
            Cell::Word(currency.code().to_owned()),
            Cell::count(self.entries),
            amount(booked),
            amount(adjusted),
            amount(clawed_back),
            amount(carried_in),
            amount(held),
            amount(due),
            amount(carried_out),
            amount(forgiven),
        ]
    }
}

impl Total {
    /// In the order of the columns; what is carried is no sum of anything.
    fn cells(&self) -> Vec<Cell> {
        let money = |sums: &Sums| Cell::Money(sums.clone());
        let blank = || Cell::Word(String::new());
        vec![
            Cell::Word("total".to_owned()),
            blank(),
            blank(),
            blank(),
            money(&self.booked),
            money(&self.adjusted),
            money(&self.clawed_back),
            blank(),
            money(&self.held),
            money(&self.due),
            blank(),
            blank(),
        ]
    }
}
