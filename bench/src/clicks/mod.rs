//! The click log bench: how many clicks a second an import brings in, parsing included, beside what the database alone
//! takes: rows by a prepared insert on SQLite, `COPY` straight into the table on PostgreSQL. Random ids, so that each
//! click goes to another page.

mod bare;
mod log;
mod product;

use std::path::Path;
use std::time::Duration;

use comfy_table::{CellAlignment, Table};
use postern_test_postgres::Database;
use serde::Serialize;

use crate::progress;
use crate::stats::{median, rounded};
use log::Log;

/// The figures of one way to bring clicks in: the median over the rounds.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Intake {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    pub(crate) clicks: u64,
    pub(crate) per_second: f64,
}

/// One way.
struct Case {
    id: &'static str,
    name: &'static str,
    way: Way,
}

#[derive(Clone, Copy)]
enum Way {
    ImportToSqlite,
    InsertIntoSqlite,
    ImportToPostgres,
    CopyIntoPostgres,
}

const CASES: [Case; 4] = [
    Case {
        id: "sqlite",
        name: "SQLite: import of a CSV",
        way: Way::ImportToSqlite,
    },
    Case {
        id: "sqlite-bare",
        name: "SQLite: a prepared insert a row, 10,000 a transaction",
        way: Way::InsertIntoSqlite,
    },
    Case {
        id: "postgres",
        name: "PostgreSQL: import of a CSV",
        way: Way::ImportToPostgres,
    },
    Case {
        id: "postgres-bare",
        name: "PostgreSQL: COPY straight into the table",
        way: Way::CopyIntoPostgres,
    },
];

/// Brings the same clicks in, in each way, each time into an empty store.
pub(crate) fn run(folder: &Path, clicks: u64, rounds: u32) -> Result<Vec<Intake>, String> {
    let log = Log::make(folder, clicks).map_err(|error| error.to_string())?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    let mut took: Vec<Vec<f64>> = CASES.iter().map(|_| Vec::new()).collect();
    for round in 1..=rounds {
        for (case, took) in CASES.iter().zip(&mut took) {
            progress(&format!("round {round} of {rounds}: {}", case.name));
            let span = runtime.block_on(time(case.way, folder, &log));
            let span = span.map_err(|error| format!("{}: {error}", case.name))?;
            took.push(clicks as f64 / span.as_secs_f64());
        }
    }
    let figures = CASES.iter().zip(&took).map(|(case, took)| Intake {
        id: case.id,
        name: case.name,
        clicks,
        per_second: rounded(median(took.iter().copied()), 0),
    });
    Ok(figures.collect())
}

/// How long one way took; making the store's schema does not count.
async fn time(way: Way, folder: &Path, log: &Log) -> Result<Duration, String> {
    match way {
        Way::ImportToSqlite | Way::InsertIntoSqlite => {
            let place = tempfile::tempdir_in(folder).map_err(|error| error.to_string())?;
            let url = format!("sqlite://{}/postern.db", place.path().display());
            if matches!(way, Way::ImportToSqlite) {
                return product::import(&url, log).await;
            }
            bare::insert(&url, log).await
        }
        Way::ImportToPostgres => {
            let database = Database::create();
            product::import(&database.url(), log).await
        }
        Way::CopyIntoPostgres => {
            let database = Database::create();
            bare::copy(&database.url(), log).await
        }
    }
}

/// As a table.
pub(crate) fn print(intakes: &[Intake]) {
    let mut table = Table::new();
    table.set_header(["way", "clicks", "clicks/s"]);
    for intake in intakes {
        table.add_row([
            intake.name.to_owned(),
            intake.clicks.to_string(),
            format!("{:.0}", intake.per_second),
        ]);
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    println!("{table}");
}
