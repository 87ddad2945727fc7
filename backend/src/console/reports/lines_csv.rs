//! `/console/reports/payouts/lines.csv`: all lines of money behind a row of payouts, as a file.
//!
//! They are written page by page behind the key of the last one, so however many there are, few are in
//! memory. When the store fails on the way, the connection ends before the last chunk, and browsers say
//! that the file is not whole.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;
use thiserror::Error;

use super::lines::LinesAsked;
use crate::console::Console;
use crate::console::failure::Failed;
use crate::console::query::Query;
use crate::console::session::Session;
use crate::ledger::Cause;
use crate::partners::show_time;
use crate::report::Sum;
use crate::report::sheet::{Cell, CsvError, LineFormat, Lines};
use crate::store::{Line, LineFilter, Store, StoreError};

pub(super) const PATH: &str = "/console/reports/payouts/lines.csv";

/// Lines that are read at once.
const PAGE: u32 = 1_000;

/// As the export of payouts names them.
const COLUMNS: [&str; 13] = [
    "booked_at",
    "clickid",
    "conversion",
    "number",
    "kind",
    "step",
    "amount",
    "currency",
    "rule",
    "terms",
    "due_at",
    "delivery",
    "decision",
];

/// Why a file broke off.
#[derive(Debug, Error)]
enum BrokenOff {
    #[error("{0}")]
    Store(#[from] StoreError),
    #[error("{0}")]
    Line(#[from] CsvError),
}

/// `GET /console/reports/payouts/lines.csv`.
pub(super) async fn csv(
    State(console): State<Arc<Console>>,
    _: Session,
    Query(asked): Query<LinesAsked>,
) -> Result<Response, Failed> {
    let store = console.admin.store.clone();
    let filter = asked.filter;
    // A store that is away is told before the first byte.
    let first = store.list_lines(&filter, None, PAGE).await?;
    let name = format!(
        "lines {} {} {}",
        filter.partner, filter.currency, filter.booked
    );
    let name = name.replace(' ', "-");
    let disposition = format!("attachment; filename=\"{name}.csv\"");
    let disposition = HeaderValue::try_from(disposition).map_err(|_| Failed::Internal)?;
    let file = File {
        store,
        filter,
        lines: Lines::new(LineFormat::Csv, COLUMNS.to_vec()),
        next: Next::Head(first),
    };
    let headers = [
        (
            CONTENT_TYPE,
            HeaderValue::from_static("text/csv; charset=utf-8"),
        ),
        (CONTENT_DISPOSITION, disposition),
    ];
    let chunks = stream::try_unfold(file, File::chunk);
    Ok((headers, Body::from_stream(chunks)).into_response())
}

/// A file under way.
struct File {
    store: Store,
    filter: LineFilter,
    lines: Lines,
    next: Next,
}

/// What is written next.
enum Next {
    /// What stands above the lines, with the first of them.
    Head(Vec<Line>),
    /// Those behind this one.
    Behind(Line),
    Nothing,
}

impl File {
    async fn chunk(self) -> Result<Option<(Bytes, Self)>, BrokenOff> {
        let written = self.write().await;
        written.inspect_err(|error| tracing::error!(%error, "lines of money as CSV broke off"))
    }

    async fn write(mut self) -> Result<Option<(Bytes, Self)>, BrokenOff> {
        let (mut text, page) = match self.next {
            Next::Head(page) => (self.lines.head()?, page),
            Next::Behind(last) => {
                let after = Some(last.place());
                let page = self.store.list_lines(&self.filter, after, PAGE).await?;
                (Vec::new(), page)
            }
            Next::Nothing => return Ok(None),
        };
        let rows: Vec<Vec<Cell>> = page.iter().map(cells).collect();
        text.extend(self.lines.page(&rows)?);
        let is_full = page.len() == PAGE as usize;
        let last = page.into_iter().next_back().filter(|_| is_full);
        self.next = last.map_or(Next::Nothing, Next::Behind);
        Ok(Some((text.into(), self)))
    }
}

fn cells(line: &Line) -> Vec<Cell> {
    let payout = &line.payout;
    let (delivery, decision) = match payout.cause {
        Cause::Delivery(id) => (Some(id), None),
        Cause::Decision(id) => (None, Some(id)),
    };
    let (currency, minor) = (payout.amount.currency, i128::from(payout.amount.minor));
    vec![
        Cell::Word(show_time(payout.booked_at)),
        Cell::Outside(line.clickid.clone()),
        Cell::word(Some(payout.conversion)),
        Cell::count(payout.number.into()),
        Cell::Word(payout.kind.name().to_owned()),
        Cell::Word(payout.step.name().to_owned()),
        Cell::Amount(Sum { currency, minor }),
        Cell::Word(currency.code().to_owned()),
        Cell::Word(payout.rule.clone()),
        Cell::word(Some(&payout.terms)),
        Cell::Word(show_time(payout.due_at)),
        Cell::word(delivery),
        Cell::word(decision),
    ]
}
