//! `/console/reports/funnel`: from clicks to deposits, as a picture and by group.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::{Html, Response};
use postern_protocol::time::UnixSeconds;

use super::asked::{Address as _, FUNNEL_BY, FunnelAsked};
use super::figures::{grouped, sums};
use super::form::Form;
use super::grid::Grid;
use super::{ROWS_MAX, Tab, csv as file, more_than_shown, tabs};
use crate::console::Console;
use crate::console::chart::FunnelPicture;
use crate::console::failure::Failed;
use crate::console::page::{Area, Page, show as shown};
use crate::console::query::Query;
use crate::console::session::Session;
use crate::report::funnel::{Funnel, Steps};
use crate::report::sheet::Ratio;
use crate::store::{FunnelQuery, Store};

pub(super) const PATH: &str = "/console/reports/funnel";
pub(super) const CSV_PATH: &str = "/console/reports/funnel.csv";

#[derive(Template)]
#[template(path = "reports/funnel.html")]
struct View {
    page: Page,
    tabs: [Tab; 3],
    form: Form,
    over: String,
    picture: FunnelPicture,
    steps: Vec<Step>,
    deposits: Vec<String>,
    withdrawals: Vec<String>,
    grid: Grid,
    csv: String,
    notes: Vec<String>,
}

/// A step in figures.
struct Step {
    label: &'static str,
    count: String,
    /// How many of the step before reach it.
    rate: String,
    /// Of which step the rate is.
    of: &'static str,
}

/// The funnel, the same that the command line prints.
async fn report(
    store: &Store,
    asked: &FunnelAsked,
    now: UnixSeconds,
    first: Option<usize>,
) -> Result<Funnel, Failed> {
    let query = FunnelQuery {
        period: asked.scope.period(now),
        partner: asked.scope.partner.clone(),
        by: asked.by.dimensions(),
        first,
    };
    let counted = store.funnel(&query).await?;
    Ok(Funnel::of(&query, &counted))
}

/// `GET /console/reports/funnel`.
pub(super) async fn show(
    State(console): State<Arc<Console>>,
    session: Session,
    Query(asked): Query<FunnelAsked>,
) -> Result<Html<String>, Failed> {
    let admin = &console.admin;
    let now = admin.clock.unix_seconds();
    let funnel = report(&admin.store, &asked, now, Some(ROWS_MAX)).await?;
    let sheet = funnel.sheet();
    let left_out = funnel.is_cut.then(more_than_shown);
    shown(&View {
        page: session.page(Area::Reports, "Funnel"),
        tabs: tabs(PATH),
        form: Form::of(PATH, &asked.scope, admin, now).apart(asked.by, &FUNNEL_BY, true),
        over: over(&funnel),
        picture: FunnelPicture::of(&funnel.total),
        steps: steps(&funnel.total),
        deposits: sums(&funnel.total.deposits),
        withdrawals: sums(&funnel.total.withdrawals),
        grid: Grid::of(&sheet),
        csv: asked.at(CSV_PATH),
        notes: funnel.notes.into_iter().chain(left_out).collect(),
    })
}

/// `GET /console/reports/funnel.csv`.
pub(super) async fn csv(
    State(console): State<Arc<Console>>,
    _: Session,
    Query(asked): Query<FunnelAsked>,
) -> Result<Response, Failed> {
    let now = console.admin.clock.unix_seconds();
    let funnel = report(&console.admin.store, &asked, now, None).await?;
    file::file("funnel", funnel.period, &funnel.sheet())
}

fn over(funnel: &Funnel) -> String {
    let whose = funnel.partner.as_deref();
    let whose = whose.map_or_else(|| "all partners".to_owned(), str::to_owned);
    format!("{}, {whose}", funnel.period)
}

fn steps(steps: &Steps) -> Vec<Step> {
    let rates = &steps.rates;
    let clicks = "of clicks";
    vec![
        counted("Clicks", steps.clicks),
        counted("Registrations", steps.registrations).rated(rates.registrations_per_click, clicks),
        counted("Leads", steps.leads),
        counted("First deposits", steps.ftds)
            .rated(rates.ftds_per_registration, "of registrations"),
        counted("First deposits", steps.ftds).rated(rates.ftds_per_click, clicks),
        counted("Redeposits", steps.redeposits)
            .rated(rates.redeposits_per_ftd, "of first deposits"),
        counted("Cashouts", steps.cashouts),
        counted("Refused deposits", steps.rejects),
        counted("Pending", steps.pending),
        counted("Flagged", steps.flagged),
        counted("Taken back", steps.taken_back),
    ]
}

fn counted(label: &'static str, count: u64) -> Step {
    Step {
        label,
        count: grouped(count),
        rate: String::new(),
        of: "",
    }
}

impl Step {
    fn rated(self, rate: Ratio, of: &'static str) -> Self {
        Self {
            rate: rate.percent(),
            of,
            ..self
        }
    }
}
