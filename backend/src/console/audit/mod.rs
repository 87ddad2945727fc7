//! Audit: every answer to a flag, newest first, and who gave it.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Html;
use form_urlencoded::Serializer;

use super::Console;
use super::failure::Failed;
use super::page::{self, Area, Page};
use super::query::Query;
use super::review::flag_path;
use super::session::Session;
use crate::admin::query::{FromQuery, Parameters};
use crate::admin::shape;
use crate::ledger::{CLICK_LOG, MAX_NAME_CHARS, Outcome};
use crate::partners::show_time;
use crate::store::{DecisionCursor, DecisionFilter, DecisionRecord};

/// Where it is.
pub(in crate::console) const PATH: &str = "/console/audit";

/// Decisions on a page.
const PAGE_ROWS: u32 = 50;

/// Which decisions are asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Asked {
    by: Option<String>,
    outcome: Option<Outcome>,
    after: Option<DecisionCursor>,
}

impl FromQuery for Asked {
    fn read(query: &mut Parameters<'_>) -> Option<Self> {
        Some(Self {
            by: query.take("by", |text| {
                let name = text.trim().to_owned();
                let fits = name.chars().count() <= MAX_NAME_CHARS;
                let is_name = fits && !name.contains(char::is_control);
                is_name
                    .then_some(name)
                    .ok_or_else(|| "is no name".to_owned())
            }),
            outcome: query.take("outcome", |text| {
                shape::word(text, &Outcome::ALL, Outcome::name)
            }),
            after: query.take("after", |text| {
                text.parse::<DecisionCursor>()
                    .map_err(|error| error.to_string())
            }),
        })
    }
}

impl Asked {
    /// The same list behind a place.
    fn link(&self, after: DecisionCursor) -> String {
        let mut query = Serializer::new(String::new());
        if let Some(by) = &self.by {
            query.append_pair("by", by);
        }
        if let Some(outcome) = self.outcome {
            query.append_pair("outcome", outcome.name());
        }
        query.append_pair("after", &after.to_string());
        format!("{PATH}?{}", query.finish())
    }

    fn is_outcome(&self, outcome: &Outcome) -> bool {
        self.outcome == Some(*outcome)
    }

    fn by(&self) -> &str {
        self.by.as_deref().unwrap_or_default()
    }
}

#[derive(Template)]
#[template(path = "audit/list.html")]
struct View {
    page: Page,
    asked: Asked,
    outcomes: [Outcome; 5],
    names: Vec<String>,
    rows: Vec<Row>,
    next: Option<String>,
}

struct Row {
    at: String,
    by: String,
    is_person: bool,
    outcome: &'static str,
    reason: &'static str,
    href: String,
    clickid: String,
    note: String,
}

/// `GET /console/audit`.
pub(super) async fn show(
    State(console): State<Arc<Console>>,
    session: Session,
    Query(asked): Query<Asked>,
) -> Result<Html<String>, Failed> {
    let filter = DecisionFilter {
        by: asked.by.clone(),
        outcome: asked.outcome,
        ..DecisionFilter::default()
    };
    let store = &console.admin.store;
    let listed = store.list_decisions(&filter, asked.after, PAGE_ROWS + 1);
    let mut records = listed.await?;
    let goes_on = records.len() > PAGE_ROWS as usize;
    records.truncate(PAGE_ROWS as usize);
    let last = records.last().filter(|_| goes_on);
    let tokens = console.admin.tokens.borrow().clone();
    let names = tokens.holders().map(|it| it.name.to_string());
    page::show(&View {
        page: session.page(Area::Audit, "Audit"),
        outcomes: Outcome::ALL,
        names: names.chain([CLICK_LOG.to_owned()]).collect(),
        next: last.map(|it| asked.link(it.cursor())),
        rows: records.into_iter().map(Row::of).collect(),
        asked,
    })
}

impl Row {
    fn of(record: DecisionRecord) -> Self {
        Self {
            at: show_time(record.decided_at),
            is_person: record.decided_by != CLICK_LOG,
            outcome: record.outcome.name(),
            reason: record.flag.reason.name(),
            href: flag_path(record.flag),
            by: record.decided_by,
            clickid: record.clickid,
            note: record.note,
        }
    }
}

#[cfg(test)]
mod tests {
    use postern_protocol::mistakes::Mistakes;

    use super::*;

    fn read(text: &str) -> Result<Asked, Mistakes> {
        let mut query = Parameters::of_form(PATH, text);
        let asked = Asked::read(&mut query);
        query.finish(asked)
    }

    #[test]
    fn the_form_is_read_and_links_back() {
        assert_eq!(read("by=&outcome=").unwrap(), Asked::default());
        let after = DecisionCursor {
            id: uuid::Uuid::from_u128(9),
            flag: "00000000-0000-0000-0000-000000000007/double_ftd"
                .parse()
                .unwrap(),
        };
        let asked = read("by=Ada+%26+Co&outcome=rejected").unwrap();
        assert_eq!(asked.by(), "Ada & Co");
        assert!(asked.is_outcome(&Outcome::Rejected));
        let link = asked.link(after);
        let again = read(link.strip_prefix("/console/audit?").unwrap()).unwrap();
        assert_eq!(again.after, Some(after));
        assert_eq!((again.by, again.outcome), (asked.by, asked.outcome));
    }

    #[test]
    fn what_nobody_knows_widens_nothing() {
        let long = format!("by={}", "a".repeat(MAX_NAME_CHARS + 1));
        for query in [
            "outcome=forgiven",
            "by=a%00b",
            "after=x",
            "person=ada",
            &long,
        ] {
            assert!(read(query).is_err(), "{query}");
        }
    }
}
