//! Rows as what they stand for, alike for every database.

use std::sync::Arc;

use postern_protocol::currency::Currency;
use postern_protocol::event::EventKind;
use postern_protocol::geo::Geo;
use postern_protocol::id::PartnerId;
use postern_protocol::time::UnixSeconds;

use super::row::{self, Cells};
use super::{
    ChangeRecord, Click, ConversionRecord, DecisionRecord, DeliveryRecord, FlagRecord,
    ImportRecord, Mark, PayoutRecord, StoreError, WaitingFlag,
};
use crate::agreement::{Terms, TermsVersion};
use crate::ledger::{
    CapKey, Cause, Change, Conversion, ConversionKey, First, Flag, FlagId, FlagReason, LoggedClick,
    Origin, Original, Outcome, Reported, Verdict,
};
use crate::payout::{Amount, Booked, PayoutKind, PayoutStep};

pub(super) fn delivery(row: &impl Cells) -> Result<DeliveryRecord, StoreError> {
    Ok(DeliveryRecord {
        id: row.id("id")?,
        clickid: row.owned("clickid")?,
        repeat_of: row.id_or_null("repeat_of")?,
        received_at: row.seconds("received_at")?,
        partner: row.owned("partner")?,
        key_id: row.owned("key_id")?,
        form: row.owned("form")?,
        address: row.owned("address")?,
        request_id: row.owned("request_id")?,
        method: row.owned("method")?,
        content_type: row.owned_or_null("content_type")?,
        query: row.bytes("query")?.to_owned(),
        body: row.bytes("body")?.to_owned(),
        verdict: row.verdict("verdict")?,
        conversion: row.id_or_null("conversion")?,
        flags: row.owned_or_null("flags")?,
        warnings: row.owned_or_null("warnings")?,
        errors: row.owned_or_null("errors")?,
        test: row.owned_or_null("test")?,
    })
}

pub(super) fn conversion_record(row: &impl Cells) -> Result<ConversionRecord, StoreError> {
    let state = row.state("")?;
    Ok(ConversionRecord {
        id: row.id("id")?,
        clickid: row.owned("clickid")?,
        partner: row.owned("partner")?,
        identity: row.owned("identity")?,
        ordinal: row.count("ordinal")?,
        event: row.word("event", |word| EventKind::parse(word).ok())?,
        status: state.status,
        money: state.money,
        geo: row.owned_or_null("geo")?,
        sub_id_1: row.owned_or_null("sub_id_1")?,
        sub_id_2: row.owned_or_null("sub_id_2")?,
        payment_method: row.owned_or_null("payment_method")?,
        transaction_id: row.owned_or_null("transaction_id")?,
        occurred_at: row.seconds("occurred_at")?,
        opened_at: row.seconds("opened_at")?,
        changed_at: row.seconds_or_null("changed_at")?,
        revision: row.count("revision")?,
        blocking_flags: row.count("blocking_flags")?,
    })
}

pub(super) fn change(row: &impl Cells) -> Result<ChangeRecord, StoreError> {
    Ok(ChangeRecord {
        conversion: row.id("conversion")?,
        delivery: row.id("delivery")?,
        decision: row.id_or_null("decision")?,
        changed_at: row.seconds("changed_at")?,
        change: Change {
            from: row.state("from_")?,
            to: row.state("to_")?,
            revision: row.count("revision")?,
        },
        undoes: row.count_or_null("undoes")?,
        reason: row.owned_or_null("reason")?,
    })
}

pub(super) fn flag_record(row: &impl Cells) -> Result<FlagRecord, StoreError> {
    Ok(FlagRecord {
        conversion: row.id("conversion")?,
        delivery: row.id("delivery")?,
        reason: row.word("reason", FlagReason::parse)?,
        raised_at: row.seconds("raised_at")?,
        is_open: row.is("open")?,
        reported: row.word_or_null("reported", Reported::from_json)?,
    })
}

/// The first delivery of a content, for the snapshot.
pub(super) fn first(row: &impl Cells) -> Result<First, StoreError> {
    let opened_as = row.word_or_null("opened_as", Verdict::parse)?;
    let original = row.id_or_null("conversion")?.zip(opened_as);
    Ok(First {
        id: row.id("delivery")?,
        verdict: row.verdict("verdict")?,
        original: original.map(|(id, opened_as)| Original { id, opened_as }),
    })
}

/// A click as decisions need it.
pub(super) fn logged_click(row: &impl Cells) -> Result<LoggedClick, StoreError> {
    Ok(LoggedClick {
        partner: row.partner_or_null("partner")?,
        clicked_at: row.seconds_or_null("clicked_at")?,
        origin: Origin {
            geo: row.owned_or_null("geo")?,
            sub_id_1: row.owned_or_null("sub_id_1")?,
            sub_id_2: row.owned_or_null("sub_id_2")?,
        },
    })
}

/// A click in a JSON list: its id, partner, time, country and sub ids.
type ListedClick = (
    String,
    Option<String>,
    Option<i64>,
    Option<String>,
    Option<String>,
    Option<String>,
);

/// The same of many clicks, from a JSON list of [`ListedClick`]s.
pub(super) fn listed_clicks(list: &str) -> Result<Vec<(String, LoggedClick)>, StoreError> {
    let unreadable = |error| StoreError::Unreadable(format!("a list of clicks: {error}"));
    let listed: Vec<ListedClick> = serde_json::from_str(list).map_err(unreadable)?;
    listed.into_iter().map(listed_click).collect()
}

fn listed_click(
    (clickid, partner, clicked_at, geo, sub_id_1, sub_id_2): ListedClick,
) -> Result<(String, LoggedClick), StoreError> {
    let parse = |text: &str| PartnerId::parse(text).ok();
    let partner = partner.map(|text| row::known("partner", &text, parse));
    let click = LoggedClick {
        partner: partner.transpose()?,
        clicked_at: clicked_at.map(UnixSeconds),
        origin: Origin {
            geo,
            sub_id_1,
            sub_id_2,
        },
    };
    Ok((clickid, click))
}

/// A conversion as decisions need it.
pub(super) fn conversion(row: &impl Cells) -> Result<Conversion, StoreError> {
    let revision = row.count("revision")?;
    Ok(Conversion {
        id: row.id("id")?,
        key: Arc::new(ConversionKey {
            clickid: row.owned("clickid")?,
            partner: row.partner("partner")?,
            identity: row.owned("identity")?,
        }),
        ordinal: row.count("ordinal")?,
        kind: row.word("event", |word| EventKind::parse(word).ok())?,
        geo: row.word_or_null("geo", |code| Geo::parse(code).ok())?,
        occurred_at: row.seconds("occurred_at")?,
        state: row.state("")?,
        opened_as: row.verdict("opened_as")?,
        opened_at: row.seconds("opened_at")?,
        changed_at: row.seconds_or_null("changed_at")?,
        transaction_id: row.owned_or_null("transaction_id")?,
        revision,
        loaded_revision: Some(revision),
        blocking_flags: row.count("blocking_flags")?,
        terms: row.word_or_null("terms", TermsVersion::parse)?,
        booked: Vec::new(),
    })
}

/// A payout entry as settling needs it.
pub(super) fn booked(row: &impl Cells) -> Result<Booked, StoreError> {
    Ok(Booked {
        kind: row.word("kind", PayoutKind::parse)?,
        amount: Amount {
            minor: row.number("amount_minor")?,
            currency: row.word("currency", |code| Currency::parse(code).ok())?,
        },
        due_at: row.seconds("due_at")?,
    })
}

pub(super) fn payout(row: &impl Cells) -> Result<PayoutRecord, StoreError> {
    let booked = booked(row)?;
    let cause = match (row.id_or_null("delivery")?, row.id_or_null("decision")?) {
        (Some(id), None) => Cause::Delivery(id),
        (None, Some(id)) => Cause::Decision(id),
        _ => {
            let what = "a payout entry that has not one cause".to_owned();
            return Err(StoreError::Unreadable(what));
        }
    };
    Ok(PayoutRecord {
        conversion: row.id("conversion")?,
        number: row.count("number")?,
        partner: row.owned("partner")?,
        kind: booked.kind,
        step: row.word("step", PayoutStep::parse)?,
        amount: booked.amount,
        terms: row.word("terms", TermsVersion::parse)?,
        rule: row.owned("rule")?,
        cause,
        earned_at: row.seconds("earned_at")?,
        booked_at: row.seconds("booked_at")?,
        due_at: booked.due_at,
    })
}

/// Terms that were kept, which must still be what their version says.
pub(super) fn terms(row: &impl Cells) -> Result<Terms, StoreError> {
    let terms = row.word("body", |body| Terms::from_json(body).ok())?;
    let version = row.text("version")?;
    if terms.version().as_str() == version {
        return Ok(terms);
    }
    let what = format!("terms of version {version:?}, which their text does not have");
    Err(StoreError::Unreadable(what))
}

/// A period with a cap.
pub(super) fn cap(row: &impl Cells) -> Result<CapKey, StoreError> {
    Ok(CapKey {
        partner: row.partner("partner")?,
        period: row.owned("period")?,
    })
}

pub(super) fn import_record(row: &impl Cells) -> Result<ImportRecord, StoreError> {
    let digest = row.bytes("digest")?;
    let unreadable = |_| StoreError::Unreadable("a digest that is not 32 bytes".to_owned());
    Ok(ImportRecord {
        name: row.owned("name")?,
        mark: Mark {
            lines: row.number("lines")?.cast_unsigned(),
            bytes: row.number("bytes")?.cast_unsigned(),
            digest: digest.try_into().map_err(unreadable)?,
        },
        imported_at: row.seconds("imported_at")?,
    })
}

pub(super) fn flag_id(row: &impl Cells) -> Result<FlagId, StoreError> {
    Ok(FlagId {
        delivery: row.id("delivery")?,
        reason: row.word("reason", FlagReason::parse)?,
    })
}

/// A flag as decisions need it.
pub(super) fn flag(row: &impl Cells) -> Result<Flag, StoreError> {
    Ok(Flag {
        id: flag_id(row)?,
        clickid: row.owned("clickid")?,
        conversion: row.id("conversion")?,
        raised_at: row.seconds("raised_at")?,
        revision: row.count("revision")?,
        reported: row.word_or_null("reported", Reported::from_json)?,
        answers: row.count("answers")?,
    })
}

/// A flag as the review queue shows it.
pub(super) fn waiting(row: &impl Cells) -> Result<WaitingFlag, StoreError> {
    Ok(WaitingFlag {
        id: flag_id(row)?,
        clickid: row.owned("clickid")?,
        conversion: row.id("conversion")?,
        raised_at: row.seconds("raised_at")?,
        partner: row.owned("partner")?,
        event: row.word("event", |word| EventKind::parse(word).ok())?,
        state: row.state("")?,
        reported: row.word_or_null("reported", Reported::from_json)?,
    })
}

pub(super) fn click(row: &impl Cells) -> Result<Click, StoreError> {
    Ok(Click {
        clickid: row.owned("clickid")?,
        partner: row.partner_or_null("partner")?,
        clicked_at: row.seconds_or_null("clicked_at")?,
        cost: row.money("cost_minor", "cost_currency")?,
        geo: row.owned_or_null("geo")?,
        sub_id_1: row.owned_or_null("sub_id_1")?,
        sub_id_2: row.owned_or_null("sub_id_2")?,
    })
}

pub(super) fn decision(row: &impl Cells) -> Result<DecisionRecord, StoreError> {
    Ok(DecisionRecord {
        id: row.id("id")?,
        flag: flag_id(row)?,
        number: row.count("number")?,
        clickid: row.owned("clickid")?,
        conversion: row.id("conversion")?,
        decided_at: row.seconds("decided_at")?,
        outcome: row.word("outcome", Outcome::parse)?,
        decided_by: row.owned("decided_by")?,
        note: row.owned("note")?,
    })
}
