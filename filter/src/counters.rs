//! How many requests came to which decision, and why, per partner. A host call per request would be paid by every caller, so the
//! counts are kept in the VM and handed to Envoy once a tick, by whichever root context ticks first.
//!
//! Metrics carry no labels here: partner, decision and reason are part of the name, and `stats_tags` in Envoy's bootstrap
//! make labels of them again. A request whose partner is not known yet has no partner in its name.

use std::collections::BTreeMap;

/// Envoy's metrics. Ids belong to one VM.
pub trait Metrics {
    /// The id of the counter with this name, made when it does not exist.
    fn define(&self, name: &str) -> u32;
    /// Adds to a counter; `count` is not zero.
    fn add(&self, id: u32, count: u32);
}

/// The counts of one VM.
#[derive(Debug)]
pub struct Counters {
    rows: Vec<Row>,
    places: BTreeMap<String, RowId>,
}

impl Default for Counters {
    fn default() -> Counters {
        Counters {
            rows: vec![Row::new(None)],
            places: BTreeMap::new(),
        }
    }
}

/// Where a partner's counts stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowId(usize);

impl RowId {
    /// The row of requests whose partner is not known.
    pub const STRANGER: RowId = RowId(0);
}

#[derive(Debug)]
struct Row {
    partner: Option<String>,
    cells: Vec<Cell>,
}

#[derive(Debug)]
struct Cell {
    decision: &'static str,
    reason: &'static str,
    metric: Option<u32>,
    pending: u32,
}

impl Counters {
    /// The row of this partner. Rows stay: a partner that comes back after a reload finds its own again.
    pub fn row(&mut self, partner: &str) -> RowId {
        if let Some(row) = self.places.get(partner) {
            return *row;
        }
        let row = RowId(self.rows.len());
        self.rows.push(Row::new(Some(partner.to_owned())));
        self.places.insert(partner.to_owned(), row);
        row
    }

    /// Counts one decision; the reason is the access log's.
    pub fn count(&mut self, row: RowId, decision: &'static str, reason: &'static str) {
        let Some(row) = self.rows.get_mut(row.0) else {
            return;
        };
        let same = |cell: &&mut Cell| cell.reason == reason && cell.decision == decision;
        match row.cells.iter_mut().find(same) {
            Some(cell) => cell.pending = cell.pending.saturating_add(1),
            None => row.cells.push(Cell {
                decision,
                reason,
                metric: None,
                pending: 1,
            }),
        }
    }

    /// Hands everything counted since the last time to Envoy.
    pub fn flush(&mut self, metrics: &impl Metrics) {
        for Row { partner, cells } in &mut self.rows {
            for cell in cells.iter_mut().filter(|cell| cell.pending > 0) {
                let id = *cell.metric.get_or_insert_with(|| {
                    metrics.define(&name(partner.as_deref(), cell.decision, cell.reason))
                });
                metrics.add(id, std::mem::take(&mut cell.pending));
            }
        }
    }
}

impl Row {
    fn new(partner: Option<String>) -> Row {
        let cells = Vec::new();
        Row { partner, cells }
    }
}

fn name(partner: Option<&str>, decision: &str, reason: &str) -> String {
    let of = partner.map_or_else(String::new, |partner| format!(".partner.{partner}"));
    format!("postern.gate_requests_total{of}.decision.{decision}.reason.{reason}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[derive(Default)]
    struct Envoy {
        names: RefCell<Vec<String>>,
        added: RefCell<Vec<(u32, u32)>>,
    }

    impl Metrics for Envoy {
        fn define(&self, name: &str) -> u32 {
            self.names.borrow_mut().push(name.to_owned());
            self.names.borrow().len() as u32
        }
        fn add(&self, id: u32, count: u32) {
            self.added.borrow_mut().push((id, count));
        }
    }

    #[test]
    fn counts_reach_envoy_once_and_each_metric_is_defined_once() {
        let (envoy, mut counters) = (Envoy::default(), Counters::default());
        let (stranger, partner) = (RowId::STRANGER, counters.row("a.b"));
        counters.count(partner, "accepted", "accepted");
        counters.count(partner, "accepted", "accepted");
        counters.count(stranger, "not_found", "not_found");
        counters.flush(&envoy);
        counters.flush(&envoy);
        counters.count(partner, "accepted", "accepted");
        counters.flush(&envoy);
        assert_eq!(
            *envoy.names.borrow(),
            [
                "postern.gate_requests_total.decision.not_found.reason.not_found",
                "postern.gate_requests_total.partner.a.b.decision.accepted.reason.accepted"
            ]
        );
        assert_eq!(*envoy.added.borrow(), [(1, 1), (2, 2), (2, 1)]);
    }

    #[test]
    fn one_decision_is_counted_apart_for_each_reason() {
        let (envoy, mut counters) = (Envoy::default(), Counters::default());
        for reason in ["mismatch", "time_outside", "mismatch"] {
            counters.count(RowId::STRANGER, "unauthorized", reason);
        }
        counters.flush(&envoy);
        assert_eq!(
            *envoy.names.borrow(),
            [
                "postern.gate_requests_total.decision.unauthorized.reason.mismatch",
                "postern.gate_requests_total.decision.unauthorized.reason.time_outside"
            ]
        );
        assert_eq!(*envoy.added.borrow(), [(1, 2), (2, 1)]);
    }

    #[test]
    fn a_partner_keeps_its_row_over_reloads() {
        let mut counters = Counters::default();
        let before = counters.row("p");
        counters.row("q");
        assert_eq!(counters.row("p"), before);
    }
}
