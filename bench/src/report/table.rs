//! Tables for the terminal.

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{CellAlignment, Table};

use super::thousands;
use crate::backend::Recording;
use crate::edge::Edge;
use crate::machine::Machine;
use crate::refuse::Refusal;

/// The machine's facts.
pub(crate) fn facts(machine: &Machine) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED);
    for (name, value) in machine.facts() {
        table.add_row([name.to_owned(), value]);
    }
    table
}

/// The edge bench.
pub(crate) fn edge(edge: &Edge) -> Table {
    let mut table = figures(&[
        "",
        "CPU µs/request",
        "of bare",
        "requests/s",
        "core used",
        "p50 ms",
        "p99 ms",
    ]);
    for one in &edge.contestants {
        let cpu = match one.service_cpu_micros {
            Some(service) => format!(
                "{:.1} ({:.1} + {service:.1})",
                one.cpu_micros, one.proxy_cpu_micros
            ),
            None => format!("{:.1}", one.cpu_micros),
        };
        table.add_row([
            one.name.clone(),
            cpu,
            format!("{:.2} ×", one.ratio_to_bare),
            thousands(one.per_second),
            format!("{:.0} %", one.core_used * 100.0),
            format!("{:.2}", one.p50_millis),
            format!("{:.2}", one.p99_millis),
        ]);
    }
    table
}

/// The refusals.
pub(crate) fn refusals(refusals: &[Refusal]) -> Table {
    let mut table = figures(&[
        "",
        "status",
        "refused/s",
        "CPU µs each",
        "p99 ms",
        "reconnects",
    ]);
    for one in refusals {
        table.add_row([
            one.name.clone(),
            one.status.to_string(),
            thousands(one.per_second),
            format!("{:.1}", one.cpu_micros),
            format!("{:.2}", one.p99_millis),
            format!("{} in {}", one.reconnects, thousands(one.requests as f64)),
        ]);
    }
    table
}

/// The backend bench.
pub(crate) fn backend(recordings: &[Recording]) -> Table {
    let mut table = figures(&[
        "",
        "",
        "at once",
        "a second",
        "of single",
        "of bare",
        "p50 ms",
        "p99 ms",
        "CPU µs each",
    ]);
    for one in recordings {
        table.add_row([
            one.engine.name().to_owned(),
            one.name.clone(),
            or_all(one.in_flight),
            thousands(one.per_second),
            or_empty(one.of_single, 1),
            or_empty(one.of_bare, 2),
            or_empty(one.p50_millis, 2),
            or_empty(one.p99_millis, 2),
            format!("{:.1}", one.cpu_micros),
        ]);
    }
    table
}

/// A figure that not every row has.
pub(super) fn or_empty(figure: Option<f64>, digits: usize) -> String {
    figure.map_or_else(String::new, |figure| format!("{figure:.digits$}"))
}

/// How many at once; all, where nothing is said.
pub(super) fn or_all(count: Option<usize>) -> String {
    count.map_or_else(|| "all".to_owned(), |count| count.to_string())
}

/// A table whose first column is text and whose others are figures.
fn figures(header: &[&str]) -> Table {
    let mut table = Table::new();
    table
        .load_style(UTF8_FULL_CONDENSED)
        .set_header(header.to_vec());
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}
