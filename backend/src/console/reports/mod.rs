//! `/console/reports/…`: what `postern report` prints, as pages: the funnel as a picture, sources with
//! how sure their return is, payouts down to each line of money.
//!
//! A page reads what it is asked for ([`asked`], shown again by [`form`]), asks the store, has the same
//! pure report made as the command line and the admin API, and shows its figures ([`figures`],
//! [`grid`]) beside pictures of them. Each has a CSV of what is seen, at the same address with `.csv`.

mod asked;
mod csv;
mod figures;
mod form;
mod funnel;
mod grid;
mod lines;
mod lines_csv;
mod payouts;
mod scope;
mod sources;

use std::sync::Arc;

use axum::Router;
use axum::response::Redirect;
use axum::routing::get;

use super::Console;
use super::failure::Failed;
use crate::admin::Admin;
use crate::rates::Rates;
use figures::grouped;

/// Where the reports begin.
pub(super) const PATH: &str = "/console/reports";

/// The pages of this folder.
pub(super) fn routes() -> Router<Arc<Console>> {
    Router::new()
        .route(PATH, get(first))
        .route(funnel::PATH, get(funnel::show))
        .route(funnel::CSV_PATH, get(funnel::csv))
        .route(sources::PATH, get(sources::show))
        .route(sources::CSV_PATH, get(sources::csv))
        .route(payouts::PATH, get(payouts::show))
        .route(payouts::CSV_PATH, get(payouts::csv))
        .route(lines::PATH, get(lines::show))
        .route(lines_csv::PATH, get(lines_csv::csv))
}

async fn first() -> Redirect {
    Redirect::to(funnel::PATH)
}

/// Rows of a report that a page shows; nobody reads more, and its CSV has them all.
const ROWS_MAX: usize = 500;

/// What a page says that shows fewer rows than there are.
fn left_out(rows: usize) -> Option<String> {
    let all = grouped(u64::try_from(rows).unwrap_or(u64::MAX));
    let said = format!("The first {ROWS_MAX} of {all} rows are shown; the CSV has all of them.");
    (rows > ROWS_MAX).then_some(said)
}

/// The same where nobody counted them.
fn more_than_shown() -> String {
    format!("The first {ROWS_MAX} rows are shown; the CSV has all of them.")
}

/// The reports there are, as links above each.
struct Tab {
    path: &'static str,
    label: &'static str,
    is_here: bool,
}

fn tabs(here: &str) -> [Tab; 3] {
    let all = [
        (funnel::PATH, "Funnel"),
        (sources::PATH, "Sources"),
        (payouts::PATH, "Payouts"),
    ];
    all.map(|(path, label)| Tab {
        path,
        label,
        is_here: path == here,
    })
}

/// Read anew for each report, as the admin API does: people add days to the file.
fn rates(admin: &Admin) -> Result<Rates, Failed> {
    Rates::load(&admin.rates).map_err(|error| {
        tracing::error!(%error, "the rates cannot be used");
        Failed::Unfit("The rates file cannot be used; the backend's log says why.".to_owned())
    })
}
