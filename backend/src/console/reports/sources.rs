//! `/console/reports/sources`: what sources cost and earned, how sure that is, and what to do.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::{Html, Response};
use postern_protocol::time::UnixSeconds;

use super::asked::{Address as _, SOURCES_BY, SourcesAsked};
use super::figures::{grouped, sums};
use super::form::Form;
use super::{ROWS_MAX, Tab, csv as file, more_than_shown, rates, tabs};
use crate::admin::Admin;
use crate::console::Console;
use crate::console::chart::{Bounds, IntervalScale};
use crate::console::failure::Failed;
use crate::console::page::{Area, Page, show as shown};
use crate::console::query::Query;
use crate::console::session::Session;
use crate::report::sheet::Interval;
use crate::report::sources::{Recommendation, SourceRow, Sources, Thresholds};
use crate::store::SourceQuery;

pub(super) const PATH: &str = "/console/reports/sources";
pub(super) const CSV_PATH: &str = "/console/reports/sources.csv";

#[derive(Template)]
#[template(path = "reports/sources.html")]
struct View {
    page: Page,
    tabs: [Tab; 3],
    form: Form,
    over: String,
    heads: Vec<String>,
    scale: IntervalScale,
    thresholds: Thresholds,
    rows: Vec<Row>,
    csv: String,
    method: &'static str,
    notes: Vec<String>,
}

/// A source.
struct Row {
    /// What it is; a dash where the click log does not say.
    group: Vec<(String, String)>,
    clicks: String,
    costed_clicks: String,
    ftds: String,
    ftd_rate: Vec<String>,
    cost: Vec<String>,
    revenue: Vec<String>,
    roi: Option<Return>,
    advice: &'static str,
    /// The chip's kind.
    kind: &'static str,
    reason: String,
}

/// What came back of the cost, in figures and as a picture.
struct Return {
    currency: &'static str,
    value: String,
    between: String,
    bounds: Bounds,
}

/// The report, the same that the command line prints.
async fn report(
    admin: &Admin,
    asked: &SourcesAsked,
    now: UnixSeconds,
    first: Option<usize>,
) -> Result<Sources, Failed> {
    let query = SourceQuery {
        period: asked.scope.period(now),
        partner: asked.scope.partner.clone(),
        by: asked.by.dimensions(),
        first,
        now,
    };
    let rates = rates(admin)?;
    let rows = admin.store.sources(&query).await?;
    let into = asked.into.map(|into| (into, &rates));
    Ok(Sources::of(&query, &rows, admin.thresholds, into))
}

/// `GET /console/reports/sources`.
pub(super) async fn show(
    State(console): State<Arc<Console>>,
    session: Session,
    Query(asked): Query<SourcesAsked>,
) -> Result<Html<String>, Failed> {
    let admin = &console.admin;
    let now = admin.clock.unix_seconds();
    let sources = report(admin, &asked, now, Some(ROWS_MAX)).await?;
    let scale = scale(&sources);
    let form = Form::of(PATH, &asked.scope, admin, now)
        .apart(asked.by, &SOURCES_BY, false)
        .currencies(asked.into, rates(admin)?.targets());
    let left_out = sources.is_cut.then(more_than_shown);
    shown(&View {
        page: session.page(Area::Reports, "Sources"),
        tabs: tabs(PATH),
        form,
        over: over(&sources),
        heads: heads(&sources),
        rows: sources.rows.iter().map(|it| row(it, &scale)).collect(),
        scale,
        thresholds: sources.thresholds,
        csv: asked.at(CSV_PATH),
        method: sources.method,
        notes: sources.notes.into_iter().chain(left_out).collect(),
    })
}

/// `GET /console/reports/sources.csv`.
pub(super) async fn csv(
    State(console): State<Arc<Console>>,
    _: Session,
    Query(asked): Query<SourcesAsked>,
) -> Result<Response, Failed> {
    let now = console.admin.clock.unix_seconds();
    let sources = report(&console.admin, &asked, now, None).await?;
    file::file("sources", sources.period, &sources.sheet())
}

/// A scale for the sources that are judged: where clicks are too few to say anything, nearly any return
/// is possible, and one such source would flatten all others. Where none is judged, for all.
fn scale(sources: &Sources) -> IntervalScale {
    let is_judged = |row: &&SourceRow| {
        row.advice.recommendation != Recommendation::TooEarly && row.roi.is_some()
    };
    let has_judged = sources.rows.iter().any(|row| is_judged(&row));
    let rows = sources.rows.iter();
    let rows = rows.filter(|row| !has_judged || is_judged(row));
    let intervals = rows.filter_map(|row| row.roi.as_ref());
    IntervalScale::of(intervals.map(|roi| &roi.interval), sources.thresholds)
}

fn over(sources: &Sources) -> String {
    let whose = sources.partner.as_deref();
    let whose = whose.map_or_else(|| "all partners".to_owned(), str::to_owned);
    format!("Clicks of {}, {whose}", sources.period)
}

fn heads(sources: &Sources) -> Vec<String> {
    let columns = sources.by.iter().flat_map(|by| match *by {
        "source" => vec!["sub id 1", "sub id 2"],
        "geo" => vec!["country"],
        other => vec![other],
    });
    columns.map(str::to_owned).collect()
}

fn row(source: &SourceRow, scale: &IntervalScale) -> Row {
    let advice = source.advice.recommendation;
    let (kind, class) = look(advice);
    let part = |(name, value): (&str, Option<&str>)| {
        let name = if name == "geo" { "country" } else { name };
        (name.replace('_', " "), value.unwrap_or("–").to_owned())
    };
    let lines = |it: Interval| it.percent().lines().map(str::to_owned).collect();
    Row {
        group: source.group.parts().map(part).collect(),
        clicks: grouped(source.clicks),
        costed_clicks: grouped(source.costed_clicks),
        ftds: grouped(source.ftds),
        ftd_rate: source.ftd_rate.map_or_else(|| vec!["–".to_owned()], lines),
        cost: sums(&source.cost),
        revenue: sums(&source.revenue),
        roi: source.roi.map(|roi| Return {
            currency: roi.currency.code(),
            value: roi.interval.value.percent(),
            between: format!(
                "{} to {}",
                roi.interval.low.percent(),
                roi.interval.high.percent()
            ),
            bounds: scale.bounds(&roi.interval, class),
        }),
        advice: words(advice),
        kind,
        reason: source.advice.reason.clone(),
    }
}

const fn words(advice: Recommendation) -> &'static str {
    match advice {
        Recommendation::Scale => "scale",
        Recommendation::Hold => "hold",
        Recommendation::Cut => "cut",
        Recommendation::TooEarly => "too early",
    }
}

/// The chip's kind and the bar's colour.
const fn look(advice: Recommendation) -> (&'static str, &'static str) {
    match advice {
        Recommendation::Scale => ("good", "c3"),
        Recommendation::Hold => ("info", "c1"),
        Recommendation::Cut => ("bad", "c2"),
        Recommendation::TooEarly => ("", "c6"),
    }
}
