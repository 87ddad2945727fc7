//! `GET /console/deliveries/{id}`: one delivery's whole story, from the request as it was received to
//! each cent; the same explanation as `postern explain` gives.

use std::sync::Arc;

use askama::Template;
use askama::filters::Safe;
use axum::extract::{Path, State};
use axum::response::Html;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use uuid::Uuid;

use super::path_of;
use crate::console::Console;
use crate::console::chip::{self, Chip};
use crate::console::failure::Failed;
use crate::console::page::{Area, Page, show as shown};
use crate::console::review::flag_path;
use crate::console::session::Session;
use crate::console::text;
use crate::explain::{Explanation, sent_fields};
use crate::ledger::{FlagId, FlagReason};
use crate::partners::show_time;
use crate::store::{ConversionHistory, DecisionRecord, DeliveryRecord, FlagRecord};

#[derive(Template)]
#[template(path = "deliveries/one.html")]
struct View {
    page: Page,
    explained: Explanation,
    /// The delivery, as long as its request is kept.
    request: Option<RequestView>,
    status: Option<Chip>,
    flags: Vec<FlagView>,
}

/// The request as it was received.
struct RequestView {
    verdict: Chip,
    /// GET or POST with the raw query.
    line: String,
    content_type: Option<String>,
    body: Option<Bytes>,
    /// What it says; `None` where this version cannot read it again.
    fields: Option<Vec<(String, String)>>,
    flags: Vec<String>,
    warnings: Vec<String>,
    errors: Vec<String>,
}

/// Bytes that a partner sent.
struct Bytes {
    count: usize,
    /// Whether they are no text, and shown in Base64.
    is_base64: bool,
    text: String,
}

/// A flag on the conversion, with its answers.
struct FlagView {
    href: String,
    reason: FlagReason,
    raised_at: String,
    is_open: bool,
    /// Oldest first.
    answers: Vec<Answer>,
}

impl FlagView {
    /// Where its answer is undone, where it has one that holds.
    fn undo(&self) -> Option<String> {
        (!self.is_open).then(|| format!("{}#undo", self.href))
    }
}

/// The answer to a flag.
struct Answer {
    outcome: &'static str,
    by: String,
    at: String,
    note: String,
}

/// `GET /console/deliveries/{id}`.
pub(in crate::console) async fn show(
    State(console): State<Arc<Console>>,
    session: Session,
    Path(id): Path<String>,
) -> Result<Html<String>, Failed> {
    let what = || Failed::NotFound(format!("delivery or conversion {id}"));
    let id = Uuid::try_parse(&id).map_err(|_| what())?;
    let history = console.admin.store.history(id).await?.ok_or_else(what)?;
    let title = match &history.delivery {
        Some(_) => format!("Delivery {id}"),
        None => format!("Conversion {id}"),
    };
    let explained = Explanation::of(&history, console.admin.clock.unix_seconds());
    let known = history.conversion.as_ref();
    shown(&View {
        page: session.page(Area::Deliveries, title),
        explained,
        request: history.delivery.as_ref().map(RequestView::of),
        status: known.map(|it| chip::status(it.conversion.status)),
        flags: known.map(flags).unwrap_or_default(),
    })
}

impl View {
    /// How a test would appear.
    fn rehearsal(&self) -> Option<Safe<String>> {
        self.explained.rehearsal().as_deref().map(text::lines)
    }

    /// Where a delivery's story is told.
    fn path(&self, id: &Uuid) -> String {
        path_of(*id)
    }
}

impl RequestView {
    fn of(delivery: &DeliveryRecord) -> Self {
        let query = String::from_utf8_lossy(&delivery.query);
        let line = match query.is_empty() {
            true => delivery.method.clone(),
            false => format!("{} ?{query}", delivery.method),
        };
        Self {
            verdict: chip::verdict(delivery.verdict),
            line,
            content_type: delivery.content_type.clone(),
            body: (!delivery.body.is_empty()).then(|| Bytes::of(&delivery.body)),
            fields: sent_fields(delivery),
            flags: words(delivery.flags.as_deref()),
            warnings: words(delivery.warnings.as_deref()),
            errors: words(delivery.errors.as_deref()),
        }
    }
}

impl Bytes {
    fn of(bytes: &[u8]) -> Self {
        let text = str::from_utf8(bytes);
        Self {
            count: bytes.len(),
            is_base64: text.is_err(),
            text: text.map_or_else(|_| STANDARD.encode(bytes), str::to_owned),
        }
    }

    /// With its own line ends.
    fn lines(&self) -> Safe<String> {
        text::lines(&self.text)
    }
}

/// A JSON list as the store keeps it, each entry in a line; were a row damaged, its text is shown.
fn words(list: Option<&str>) -> Vec<String> {
    let Some(text) = list else {
        return Vec::new();
    };
    match serde_json::from_str(text) {
        Ok(Value::Array(values)) => values.iter().map(word).collect(),
        _ => vec![text.to_owned()],
    }
}

fn word(value: &Value) -> String {
    let plain = |value: &Value| match value {
        Value::String(text) => text.clone(),
        value => value.to_string(),
    };
    let Value::Object(members) = value else {
        return plain(value);
    };
    let pairs = members.iter();
    let said = pairs.map(|(name, value)| format!("{name}: {}", plain(value)));
    said.collect::<Vec<_>>().join(", ")
}

fn flags(history: &ConversionHistory) -> Vec<FlagView> {
    let view = |flag: &FlagRecord| {
        let id = FlagId {
            delivery: flag.delivery,
            reason: flag.reason,
        };
        let mut answers: Vec<_> = history
            .decisions
            .iter()
            .filter(|it| it.flag == id)
            .collect();
        answers.sort_by_key(|it| it.number);
        let answer = |it: &DecisionRecord| Answer {
            outcome: it.outcome.name(),
            by: it.decided_by.clone(),
            at: show_time(it.decided_at),
            note: it.note.clone(),
        };
        FlagView {
            href: flag_path(id),
            reason: flag.reason,
            raised_at: show_time(flag.raised_at),
            is_open: flag.is_open,
            answers: answers.into_iter().map(answer).collect(),
        }
    };
    history.flags.iter().map(view).collect()
}
