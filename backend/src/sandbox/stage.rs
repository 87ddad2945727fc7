//! Where the tests of one click are decided, one after the other.

use std::sync::Arc;

use axum::body::Bytes;
use postern_protocol::id::{KeyId, PartnerId};
use postern_protocol::proof::Proof;
use postern_protocol::request::{Encoding, Method, body_encoding};
use postern_protocol::sign::Form;
use postern_protocol::time::UnixSeconds;
use serde_json::value::{RawValue, to_raw_value};

use super::{Outlook, TEST_CLICK_AGE_SECONDS, TEST_CLICK_PREFIX, TEST_OLD_CLICK_PREFIX};
use crate::agreement::Agreement;
use crate::delivery::{Arrival, Delivery};
use crate::ledger::{self, Entry, LoggedClick, Snapshot};
use crate::store::{Click, DeliveryRecord};

/// What stands for the click that a test names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClickSeen {
    /// The click log has it.
    Logged,
    /// Its id begins with [`TEST_CLICK_PREFIX`].
    Reserved,
    /// Nothing.
    Unknown,
}

/// A test that was decided.
#[derive(Debug, Clone)]
pub struct Rehearsed {
    /// What is kept and answered. It names no conversion, as there is none.
    pub entry: Entry,
    /// How it would appear, as it is kept and answered.
    pub outlook: Box<RawValue>,
}

/// What tests of one click and one partner are decided on.
#[derive(Debug)]
pub struct Stage {
    snapshot: Snapshot,
    click: ClickSeen,
}

impl Stage {
    /// Sets the stage for `next` and what follows it: the click as the log has it, and the partner's
    /// `earlier` tests of it, oldest first.
    #[must_use]
    pub fn new(click: Option<&Click>, earlier: &[DeliveryRecord], next: &Delivery) -> Self {
        let mut snapshot = Snapshot::default();
        let first_at = earlier
            .first()
            .map_or(next.received_at, |it| it.received_at);
        let (seen, click) = click_of(click, next, first_at);
        if let Some(click) = click {
            snapshot.know_click(next.clickid.clone(), click);
        }
        let mut stage = Self {
            snapshot,
            click: seen,
        };
        for record in earlier {
            // What was read once is readable still; were one ever not, the others stand without it.
            if let Some(delivery) = read_again(record, &next.agreement) {
                ledger::decide(&mut stage.snapshot, &delivery);
            }
        }
        stage
    }

    /// Decides the next test.
    pub fn rehearse(&mut self, delivery: &Delivery) -> Rehearsed {
        let entry = ledger::decide(&mut self.snapshot, delivery);
        let outlook = Outlook::of(delivery, &entry, &self.snapshot, self.click);
        Rehearsed {
            // Texts and numbers always have a JSON form.
            outlook: to_raw_value(&outlook).unwrap_or_default(),
            entry: Entry {
                conversion: None,
                opens: None,
                change: None,
                ..entry
            },
        }
    }
}

/// The click as decisions need it.
fn click_of(
    logged: Option<&Click>,
    next: &Delivery,
    first_at: UnixSeconds,
) -> (ClickSeen, Option<LoggedClick>) {
    if let Some(click) = logged {
        let click = LoggedClick {
            partner: click.partner.clone(),
            clicked_at: click.clicked_at,
            ..LoggedClick::default()
        };
        return (ClickSeen::Logged, Some(click));
    }
    if !next.clickid.starts_with(TEST_CLICK_PREFIX) {
        return (ClickSeen::Unknown, None);
    }
    let is_old = next.clickid.starts_with(TEST_OLD_CLICK_PREFIX);
    let beyond = if is_old {
        next.agreement.attribution_seconds
    } else {
        0
    };
    let age = beyond.saturating_add(TEST_CLICK_AGE_SECONDS);
    let click = LoggedClick {
        partner: Some(next.partner.clone()),
        clicked_at: Some(UnixSeconds(first_at.0.saturating_sub(age))),
        ..LoggedClick::default()
    };
    (ClickSeen::Reserved, Some(click))
}

/// A kept test as it came, under today's agreement.
fn read_again(record: &DeliveryRecord, agreement: &Arc<Agreement>) -> Option<Delivery> {
    let method = Method::parse(record.method.as_bytes())?;
    let content_type = record.content_type.as_deref().map(str::as_bytes);
    let encoding = match method {
        Method::Get => Encoding::Query,
        Method::Post => body_encoding(content_type, None).ok()?,
    };
    let arrival = Arrival {
        proof: Proof {
            partner: PartnerId::parse(&record.partner).ok()?,
            key: KeyId::parse(&record.key_id).ok()?,
            form: Form::parse(&record.form)?,
            address: record.address.parse().ok()?,
        },
        request_id: record.request_id.clone(),
        method,
        encoding,
        content_type: record.content_type.clone(),
        // Only the edge looks at it.
        sign_header: None,
        query: String::from_utf8(record.query.clone()).ok()?,
        body: Bytes::from(record.body.clone()),
    };
    let agreement = agreement.clone();
    arrival.read(record.id, record.received_at, agreement).ok()
}
