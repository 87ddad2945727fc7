//! `/console/reports/payouts/lines`: the lines of money behind a row of payouts, each with its rule, its
//! terms and what caused it.

use std::collections::BTreeSet;
use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Html;
use form_urlencoded::Serializer;
use postern_protocol::currency::Currency;
use postern_protocol::id::PartnerId;
use postern_protocol::time::UnixSeconds;
use uuid::Uuid;

use super::figures::{grouped, sum};
use super::{Tab, lines_csv, payouts, tabs};
use crate::admin::page::{Paging, Place};
use crate::admin::query::{FromQuery, Parameters};
use crate::console::Console;
use crate::console::deliveries::path_of;
use crate::console::failure::Failed;
use crate::console::page::{Area, Page, show as shown};
use crate::console::query::Query;
use crate::console::session::Session;
use crate::ledger::Cause;
use crate::partners::show_time;
use crate::payout::{Amount, PayoutKind, PayoutStep};
use crate::report::Sum;
use crate::report::payouts::{PayoutRow, Payouts};
use crate::report::period::{Day, Period};
use crate::store::{Line, LineFilter, LinePlace, PayoutQuery, PayoutRows, Stretch};

pub(super) const PATH: &str = "/console/reports/payouts/lines";

/// Which lines are shown, and from where on.
pub(super) struct LinesAsked {
    pub(super) filter: LineFilter,
    paging: Option<Paging<LinePlace>>,
}

impl LinesAsked {
    /// The lines of a row; `None` where its partner's name is none, which only a damaged row has.
    pub(super) fn of(row: &PayoutRow, booked: Period) -> Option<Self> {
        let filter = LineFilter {
            partner: PartnerId::parse(&row.partner).ok()?,
            currency: row.currency,
            booked,
        };
        Some(Self {
            filter,
            paging: None,
        })
    }

    /// Where they are shown.
    pub(super) fn address(&self) -> String {
        self.at(PATH)
    }

    /// The same lines at another path.
    fn at(&self, path: &str) -> String {
        let LineFilter {
            partner,
            currency,
            booked,
        } = &self.filter;
        let mut query = Serializer::new(format!("{path}?"));
        query.append_pair("partner", partner.as_str());
        query.append_pair("currency", currency.code());
        for (name, day) in [("from", booked.from), ("to", booked.to)] {
            if let Some(day) = day {
                query.append_pair(name, &day.to_string());
            }
        }
        query.finish()
    }
}

impl FromQuery for LinesAsked {
    fn read(query: &mut Parameters<'_>) -> Option<Self> {
        let partner = query.take("partner", |text| {
            PartnerId::parse(text).map_err(|error| error.to_string())
        });
        let currency = query.take("currency", |text| {
            Currency::parse(text).map_err(|error| error.to_string())
        });
        let day = |text: &str| Day::parse(text).map_err(|error| error.to_string());
        let (from, to) = (query.take("from", day), query.take("to", day));
        let booked = Period::of(from, to)
            .map_err(|error| query.wrong("to", error.to_string()))
            .ok();
        let paging = Paging::read(query);
        if partner.is_none() || currency.is_none() {
            query.wrong(
                "partner",
                "and `currency` say whose lines are shown: open them from the payouts",
            );
        }
        let filter = LineFilter {
            partner: partner?,
            currency: currency?,
            booked: booked?,
        };
        Some(Self { filter, paging })
    }
}

impl Place for LinePlace {
    fn to_bytes(&self) -> Vec<u8> {
        let (seconds, number) = (self.booked_at.0.to_be_bytes(), self.number.to_be_bytes());
        [&seconds[..], self.conversion.as_bytes(), &number].concat()
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (seconds, rest) = bytes.split_first_chunk::<8>()?;
        let (id, number) = rest.split_first_chunk::<16>()?;
        Some(Self {
            booked_at: UnixSeconds(i64::from_be_bytes(*seconds)),
            conversion: Uuid::from_bytes(*id),
            number: u32::from_be_bytes(number.try_into().ok()?),
        })
    }
}

#[derive(Template)]
#[template(path = "reports/lines.html")]
struct View {
    page: Page,
    tabs: [Tab; 3],
    partner: String,
    over: String,
    sums: Vec<(&'static str, String)>,
    lines: Vec<Shown>,
    terms: Vec<(String, String)>,
    next: Option<String>,
    csv: String,
}

/// A line of money.
struct Shown {
    booked_at: String,
    /// Where the conversion's story is told.
    story: String,
    clickid: String,
    kind: &'static str,
    step: &'static str,
    /// The chip's kind.
    look: &'static str,
    amount: String,
    rule: String,
    terms: String,
    due_at: String,
    is_held: bool,
    /// The story of the delivery that made it necessary; else a decision did.
    cause: Option<String>,
}

/// `GET /console/reports/payouts/lines`.
pub(super) async fn show(
    State(console): State<Arc<Console>>,
    session: Session,
    Query(asked): Query<LinesAsked>,
) -> Result<Html<String>, Failed> {
    let admin = &console.admin;
    let now = admin.clock.unix_seconds();
    let (here, csv) = (asked.address(), asked.at(lines_csv::PATH));
    let LinesAsked { filter, paging } = asked;
    let paging = paging.ok_or(Failed::Internal)?;
    let query = PayoutQuery {
        period: filter.booked,
        partner: Some(filter.partner.clone()),
        by: Stretch::Whole,
        now,
    };
    let rows = admin.store.payout_sums(&query).await?;
    // One more than is shown tells whether the list goes on.
    let limit = paging.limit();
    let mut lines = admin
        .store
        .list_lines(&filter, paging.after, limit + 1)
        .await?;
    let goes_on = lines.len() > limit as usize;
    lines.truncate(limit as usize);
    let last = lines.last().filter(|_| goes_on);
    let next = last.map(|line| paging.cursor(&line.place()));
    shown(&View {
        page: session.page(Area::Reports, "Lines of money"),
        tabs: tabs(payouts::PATH),
        partner: filter.partner.to_string(),
        over: format!("Booked {}, in {}", filter.booked, filter.currency),
        sums: sums(&Payouts::of(&query, &rows, None), filter.currency),
        terms: terms(&rows, &lines),
        lines: lines.into_iter().map(|line| line_of(line, now)).collect(),
        next: next.map(|next| format!("{here}&cursor={next}")),
        csv,
    })
}

/// What the lines add up to: the row they stand behind, before months are balanced.
fn sums(payouts: &Payouts, currency: Currency) -> Vec<(&'static str, String)> {
    let row = payouts.rows.iter().find(|row| row.currency == currency);
    let Some(row) = row else { return Vec::new() };
    let amount = |minor| sum(Sum { currency, minor });
    let amounts = &row.amounts;
    vec![
        ("Lines", grouped(row.entries)),
        ("Booked", amount(amounts.booked)),
        ("Adjusted", amount(amounts.adjusted)),
        ("Clawed back", amount(amounts.clawed_back)),
        ("Held", amount(amounts.held)),
        ("Due", amount(amounts.due)),
    ]
}

/// The terms these lines were computed by, in words.
fn terms(rows: &PayoutRows, lines: &[Line]) -> Vec<(String, String)> {
    let named: BTreeSet<String> = lines.iter().map(|it| it.payout.terms.to_string()).collect();
    let all = rows
        .terms
        .iter()
        .map(|it| (it.terms.version().to_string(), it.terms.to_string()));
    all.filter(|(version, _)| named.contains(version)).collect()
}

fn line_of(line: Line, now: UnixSeconds) -> Shown {
    let payout = line.payout;
    let (step, look) = match payout.step {
        PayoutStep::Booked => ("booked", ""),
        PayoutStep::Adjusted => ("adjusted", "info"),
        PayoutStep::ClawedBack => ("clawed back", "bad"),
    };
    Shown {
        booked_at: show_time(payout.booked_at),
        story: path_of(payout.conversion),
        clickid: line.clickid,
        kind: match payout.kind {
            PayoutKind::Cpa => "CPA",
            PayoutKind::RevShare => "RevShare",
        },
        step,
        look,
        amount: amount(payout.amount),
        rule: payout.rule,
        terms: payout.terms.to_string(),
        due_at: show_time(payout.due_at),
        is_held: payout.due_at > now,
        cause: match payout.cause {
            Cause::Delivery(id) => Some(path_of(id)),
            Cause::Decision(_) => None,
        },
    }
}

fn amount(amount: Amount) -> String {
    let (currency, minor) = (amount.currency, i128::from(amount.minor));
    sum(Sum { currency, minor })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_reads_back_as_itself() {
        let place = LinePlace {
            booked_at: UnixSeconds(1_717_000_000),
            conversion: Uuid::from_u128(7),
            number: 3,
        };
        assert_eq!(LinePlace::from_bytes(&place.to_bytes()), Some(place));
        assert_eq!(LinePlace::from_bytes(b"short"), None);
        assert_eq!(LinePlace::from_bytes(&[0; 29]), None);
    }
}
