//! `GET /admin/exports/{what}`: all rows of one sort, as a stream.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{FromRequestParts, RawPathParams, State};
use axum::http::HeaderValue;
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;
use thiserror::Error;
use utoipa::IntoParams;

use super::Admin;
use super::access::Caller;
use super::deliveries::is_test;
use super::problem::{Kind, Problem};
use super::query::{FromQuery, Parameters, Query};
use super::reports::{Scope, ScopeParams};
use super::{Role, shape};
use crate::report::sheet::{CsvError, LineFormat, Lines};
use crate::store::{ExportCursor, ExportPage, ExportQuery, Exported, Store, StoreError};

/// How an export is written.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "says in the document what `Asked` reads")]
pub(super) struct Params {
    /// ndjson or csv; ndjson unless told.
    format: Option<String>,
    /// Of deliveries: true for tests alone, false for live ones alone.
    test: Option<String>,
}

/// What is asked for.
pub(super) struct Asked {
    scope: Scope,
    format: LineFormat,
    is_test: Option<bool>,
}

impl FromQuery for Asked {
    fn read(query: &mut Parameters<'_>) -> Option<Self> {
        let scope = Scope::read(query);
        let formats = [LineFormat::Ndjson, LineFormat::Csv];
        let format = query.take("format", |text| shape::word(text, &formats, format_name));
        let is_test = query.take("test", is_test);
        Some(Self {
            scope: scope?,
            is_test,
            format: format.unwrap_or_default(),
        })
    }
}

const fn format_name(format: LineFormat) -> &'static str {
    match format {
        LineFormat::Ndjson => "ndjson",
        LineFormat::Csv => "csv",
    }
}

/// The `{what}` of a path.
pub(super) struct What(Exported);

const EXPORTED: [Exported; 5] = [
    Exported::Deliveries,
    Exported::Conversions,
    Exported::Payouts,
    Exported::Clicks,
    Exported::Decisions,
];

const fn exported_name(what: Exported) -> &'static str {
    match what {
        Exported::Deliveries => "deliveries",
        Exported::Conversions => "conversions",
        Exported::Payouts => "payouts",
        Exported::Clicks => "clicks",
        Exported::Decisions => "decisions",
    }
}

impl FromRequestParts<Arc<Admin>> for What {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, admin: &Arc<Admin>) -> Result<Self, Problem> {
        let path = RawPathParams::from_request_parts(parts, admin).await;
        let text = path.iter().flatten().find(|(name, _)| *name == "what");
        let what = shape::word(text.map_or("", |it| it.1), &EXPORTED, exported_name);
        what.map(Self)
            .map_err(|message| Problem::new(Kind::NotFound, format!("what is exported {message}")))
    }
}

/// Why an export broke off.
#[derive(Debug, Error)]
enum BrokenOff {
    #[error("{0}")]
    Store(#[from] StoreError),
    #[error("{0}")]
    Line(#[from] CsvError),
}

/// All rows of one sort, as they come from the store
///
/// Deliveries come with their requests as they were sent, so they take a token of the role admin. A
/// page is in memory at a time. What is written meanwhile may or may not be among them; every row
/// that was there before is, once. When the store fails on the way, the connection ends without the
/// last chunk: then the export is not whole.
#[utoipa::path(
    get, path = "/admin/exports/{what}", tag = "exports",
    params(
        ("what" = String, Path, description = "deliveries, conversions, payouts, clicks or decisions"),
        ScopeParams, Params,
    ),
    responses(
        (status = 200, description = "The rows", content((String = "application/x-ndjson"), (String = "text/csv"))),
        Problem,
    ),
)]
pub(super) async fn stream(
    State(admin): State<Arc<Admin>>,
    caller: Caller,
    What(what): What,
    Query(Asked {
        scope,
        format,
        is_test,
    }): Query<Asked>,
) -> Result<Response, Problem> {
    if what == Exported::Deliveries {
        caller.require(Role::Admin)?;
    }
    let asked = ExportQuery {
        what,
        period: scope.period,
        partner: scope.partner,
        is_test,
    };
    if is_test.is_some() && what != Exported::Deliveries {
        let detail = "`test` is for deliveries; nothing else ever holds a test";
        return Err(Problem::new(Kind::Invalid, detail));
    }
    // A store that is away is told before the first byte.
    let first = admin.store.export(&asked, None).await?;
    let export = Export {
        lines: Lines::new(format, asked.names()),
        store: admin.store.clone(),
        asked,
        next: Next::Head(first),
    };
    let chunks = stream::try_unfold(export, Export::chunk);
    let media = match format {
        LineFormat::Ndjson => "application/x-ndjson",
        LineFormat::Csv => "text/csv; charset=utf-8",
    };
    let media = [(CONTENT_TYPE, HeaderValue::from_static(media))];
    Ok((media, Body::from_stream(chunks)).into_response())
}

/// An export under way.
struct Export {
    store: Store,
    asked: ExportQuery,
    lines: Lines,
    next: Next,
}

/// What is written next.
enum Next {
    /// What stands above the rows, with the first page.
    Head(ExportPage),
    /// The page behind this place.
    Page(ExportCursor),
    Nothing,
}

impl Export {
    async fn chunk(self) -> Result<Option<(Bytes, Self)>, BrokenOff> {
        let written = self.write().await;
        written.inspect_err(|error| tracing::error!(%error, "an export broke off"))
    }

    async fn write(mut self) -> Result<Option<(Bytes, Self)>, BrokenOff> {
        let (mut text, page) = match self.next {
            Next::Head(page) => (self.lines.head()?, page),
            Next::Page(after) => (
                Vec::new(),
                self.store.export(&self.asked, Some(&after)).await?,
            ),
            Next::Nothing => return Ok(None),
        };
        text.extend(self.lines.page(&page.rows)?);
        self.next = page.next.map_or(Next::Nothing, Next::Page);
        Ok(Some((text.into(), self)))
    }
}
