//! `/console/reports/payouts`: what partners are owed, by stretch of time and currency; each row opens
//! to its lines.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::{Html, Response};
use postern_protocol::time::UnixSeconds;

use super::asked::{Address as _, PayoutsAsked};
use super::figures::{grouped, sum, sums};
use super::form::Form;
use super::lines::LinesAsked;
use super::{ROWS_MAX, Tab, csv as file, left_out, rates, tabs};
use crate::admin::Admin;
use crate::console::Console;
use crate::console::failure::Failed;
use crate::console::page::{Area, Page, show as shown};
use crate::console::query::Query;
use crate::console::session::Session;
use crate::report::Sum;
use crate::report::payouts::{Conversion, ConvertedTotal, PayoutRow, Payouts, Total};
use crate::report::period::{Day, Period};
use crate::store::{PayoutQuery, Stretch};

pub(super) const PATH: &str = "/console/reports/payouts";
pub(super) const CSV_PATH: &str = "/console/reports/payouts.csv";

#[derive(Template)]
#[template(path = "reports/payouts.html")]
struct View {
    page: Page,
    tabs: [Tab; 3],
    form: Form,
    over: String,
    stretch: &'static str,
    into: Option<&'static str>,
    rows: Vec<Row>,
    total: Totals,
    csv: String,
    notes: Vec<String>,
}

/// One partner's lines of one stretch in one currency.
struct Row {
    partner: String,
    stretch: String,
    entries: String,
    lines: String,
    booked: String,
    adjusted: String,
    clawed_back: String,
    /// What months carry to each other or forgive, where they do.
    balanced: Vec<String>,
    held: String,
    due: String,
    converted: Option<Converted>,
}

/// The same in the currency that was asked for.
struct Converted {
    due: String,
    /// The rate that was used, or why there is none.
    rate: String,
    is_missing: bool,
}

/// All rows together.
struct Totals {
    booked: Vec<String>,
    adjusted: Vec<String>,
    clawed_back: Vec<String>,
    held: Vec<String>,
    due: Vec<String>,
    converted: String,
}

/// What the report is asked for. Shares are balanced by whole months: a period that splits one is told
/// apart by day.
pub(super) fn query(asked: &PayoutsAsked, now: UnixSeconds) -> PayoutQuery {
    let period = asked.scope.period(now);
    let by = match asked.by.unwrap_or_default() {
        Stretch::Month if !period.is_of_whole_months() => Stretch::Day,
        by => by,
    };
    PayoutQuery {
        period,
        partner: asked.scope.partner.clone(),
        by,
        now,
    }
}

/// The report, the same that the command line prints.
async fn report(
    admin: &Admin,
    asked: &PayoutsAsked,
    query: &PayoutQuery,
) -> Result<Payouts, Failed> {
    let rates = rates(admin)?;
    let rows = admin.store.payout_sums(query).await?;
    let into = asked.into.map(|into| (into, &rates));
    Ok(Payouts::of(query, &rows, into))
}

/// `GET /console/reports/payouts`.
pub(super) async fn show(
    State(console): State<Arc<Console>>,
    session: Session,
    Query(asked): Query<PayoutsAsked>,
) -> Result<Html<String>, Failed> {
    let admin = &console.admin;
    let now = admin.clock.unix_seconds();
    let query = query(&asked, now);
    let payouts = report(admin, &asked, &query).await?;
    let form = Form::of(PATH, &asked.scope, admin, now)
        .stretches(query.by)
        .currencies(asked.into, rates(admin)?.targets());
    let said = notes(&asked, &query, &payouts);
    let shown_rows = payouts.rows.iter().take(ROWS_MAX);
    shown(&View {
        page: session.page(Area::Reports, "Payouts"),
        tabs: tabs(PATH),
        form,
        over: over(&payouts),
        stretch: payouts.by,
        into: asked.into.map(|into| into.code()),
        rows: shown_rows.map(|it| row(it, &query)).collect(),
        total: totals(&payouts.total, payouts.total_converted),
        csv: asked.at(CSV_PATH),
        notes: said
            .into_iter()
            .chain(left_out(payouts.rows.len()))
            .collect(),
    })
}

/// `GET /console/reports/payouts.csv`.
pub(super) async fn csv(
    State(console): State<Arc<Console>>,
    _: Session,
    Query(asked): Query<PayoutsAsked>,
) -> Result<Response, Failed> {
    let query = query(&asked, console.admin.clock.unix_seconds());
    let payouts = report(&console.admin, &asked, &query).await?;
    file::file("payouts", payouts.period, &payouts.sheet())
}

fn over(payouts: &Payouts) -> String {
    let whose = payouts.partner.as_deref().unwrap_or("all partners");
    format!(
        "Booked {}, {whose}, due until {}",
        payouts.period, payouts.due_until
    )
}

fn row(row: &PayoutRow, query: &PayoutQuery) -> Row {
    let currency = row.currency;
    let amount = |minor| sum(Sum { currency, minor });
    let amounts = &row.amounts;
    let balanced = [
        (amounts.carried_in, "carried in"),
        (amounts.carried_out, "carried out"),
        (amounts.forgiven, "forgiven"),
    ];
    let balanced = balanced.into_iter().filter(|(minor, _)| *minor != 0);
    let lines = LinesAsked::of(row, days(row, query));
    Row {
        partner: row.partner.clone(),
        stretch: row
            .stretch
            .clone()
            .unwrap_or_else(|| query.period.to_string()),
        entries: grouped(row.entries),
        lines: lines.map_or_else(String::new, |it| it.address()),
        booked: amount(amounts.booked),
        adjusted: amount(amounts.adjusted),
        clawed_back: amount(amounts.clawed_back),
        balanced: balanced
            .map(|(minor, what)| format!("{} {what}", amount(minor)))
            .collect(),
        held: amount(amounts.held),
        due: amount(amounts.due),
        converted: row.converted.as_ref().map(converted),
    }
}

/// The days of a row.
fn days(row: &PayoutRow, query: &PayoutQuery) -> Period {
    let stretch = row.stretch.as_deref();
    let day = stretch.and_then(|text| match query.by {
        Stretch::Month => Day::parse(&format!("{text}-01")).ok(),
        Stretch::Day | Stretch::Whole => Day::parse(text).ok(),
    });
    let Some(day) = day else { return query.period };
    let to = match query.by {
        Stretch::Month => day.month().last(),
        Stretch::Day | Stretch::Whole => day,
    };
    Period {
        from: Some(day),
        to: Some(to),
    }
}

fn converted(conversion: &Conversion) -> Converted {
    let due = conversion.sums().map(|(_, due)| sum(due));
    let rate = match conversion {
        Conversion::Same { .. } => "the same currency".to_owned(),
        Conversion::By { rate, .. } => rate.clone(),
        Conversion::Not(why) => why.not_converted.clone(),
    };
    Converted {
        is_missing: due.is_none(),
        due: due.unwrap_or_else(|| "–".to_owned()),
        rate,
    }
}

fn totals(total: &Total, converted: Option<ConvertedTotal>) -> Totals {
    Totals {
        booked: sums(&total.booked),
        adjusted: sums(&total.adjusted),
        clawed_back: sums(&total.clawed_back),
        held: sums(&total.held),
        due: sums(&total.due),
        converted: converted.map_or_else(|| "–".to_owned(), |it| sum(it.due)),
    }
}

fn notes(asked: &PayoutsAsked, query: &PayoutQuery, payouts: &Payouts) -> Vec<String> {
    let is_split = query.by == Stretch::Day && asked.by.unwrap_or_default() == Stretch::Month;
    let split = is_split.then(|| {
        "Shares are balanced by whole months, and these days split one: the rows are days, as they \
         were booked."
            .to_owned()
    });
    let partial = asked.into.is_some() && payouts.total_converted.is_none();
    let partial = (partial && !payouts.rows.is_empty()).then(|| {
        "There is no converted total: a row has no rate, and a part would be taken for the whole."
            .to_owned()
    });
    let told = payouts.notes.iter().cloned();
    split.into_iter().chain(partial).chain(told).collect()
}
