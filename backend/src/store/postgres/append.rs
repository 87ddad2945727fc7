//! The rows that nearly every booking appends, all by one statement: each statement more is a wait
//! for the server more, and at a busy time the server waits for us meanwhile.

use postern_protocol::id::PartnerId;
use postern_protocol::time::UnixSeconds;
use sqlx::postgres::PgConnection;

use super::rows::{Rows, of};
use super::write::{currency, minor};
use crate::agreement::{Terms, TermsVersion};
use crate::ledger::{Cause, PayoutEntry};
use crate::store::writes::{
    Booked, ContentRow, OpeningRow, Writes, errors_of, flags_of, warnings_of,
};

/// The contents come last, so that they are written first: they are where two who book the same
/// meet, before work that would be undone. PostgreSQL begins with the statement itself and goes on
/// with the named ones from the last to the first. Another order would be as right, but cost more.
const ROWS: &str = "
    WITH delivered AS (INSERT INTO deliveries (id, clickid, fingerprint, repeat_of, received_at,
        partner, key_id, form, address, request_id, method, content_type, query, body, verdict,
        conversion, flags, warnings, errors)
        SELECT unnest($1::uuid[]), unnest($2::text[]), unnest($3::bytea[]), unnest($4::uuid[]),
            unnest($5::bigint[]), unnest($6::text[]), unnest($7::text[]), unnest($8::text[]),
            unnest($9::text[]), unnest($10::text[]), unnest($11::text[]), unnest($12::text[]),
            unnest($13::bytea[]), unnest($14::bytea[]), unnest($15::text[]), unnest($16::uuid[]),
            unnest($17::text[]), unnest($18::text[]), unnest($19::text[])),
    earned AS (INSERT INTO payouts (clickid, conversion, number, partner, kind, step, amount_minor,
        currency, terms, rule, delivery, decision, earned_at, booked_at, due_at)
        SELECT unnest($20::text[]), unnest($21::uuid[]), unnest($22::bigint[]),
            unnest($23::text[]), unnest($24::text[]), unnest($25::text[]), unnest($26::bigint[]),
            unnest($27::text[]), unnest($28::text[]), unnest($29::text[]), unnest($30::uuid[]),
            unnest($31::uuid[]), unnest($32::bigint[]), unnest($33::bigint[]),
            unnest($34::bigint[])),
    frozen AS (INSERT INTO terms (partner, version, body, first_at)
        SELECT unnest($35::text[]), unnest($36::text[]), unnest($37::text[]), unnest($38::bigint[])
            ON CONFLICT (partner, version) DO NOTHING),
    opened AS (INSERT INTO conversions (id, clickid, partner, identity, ordinal, event, status,
        amount_minor, currency, geo, sub_id_1, sub_id_2, payment_method, transaction_id, reason,
        occurred_at, opened_as, opened_at, changed_at, revision, blocking_flags, terms, click_geo,
        click_sub_id_1, click_sub_id_2)
        SELECT unnest($39::uuid[]), unnest($40::text[]), unnest($41::text[]), unnest($42::text[]),
            unnest($43::bigint[]), unnest($44::text[]), unnest($45::text[]), unnest($46::bigint[]),
            unnest($47::text[]), unnest($48::text[]), unnest($49::text[]), unnest($50::text[]),
            unnest($51::text[]), unnest($52::text[]), unnest($53::text[]), unnest($54::bigint[]),
            unnest($55::text[]), unnest($56::bigint[]), unnest($57::bigint[]),
            unnest($58::bigint[]), unnest($59::bigint[]), unnest($60::text[]), unnest($61::text[]),
            unnest($62::text[]), unnest($63::text[]))
    INSERT INTO contents (clickid, fingerprint, refused, delivery, verdict, conversion, opened_as)
    SELECT unnest($64::text[]), unnest($65::bytea[]), unnest($66::boolean[]), unnest($67::uuid[]),
        unnest($68::text[]), unnest($69::uuid[]), unnest($70::text[])";

pub(super) async fn rows(
    connection: &mut PgConnection,
    booked: &[Booked<'_>],
    writes: &Writes<'_>,
) -> Result<u64, sqlx::Error> {
    let rows = deliveries(of(ROWS, booked));
    let rows = payouts(rows.and(&writes.payouts));
    let rows = terms(rows.and(&writes.terms));
    let rows = openings(rows.and(&writes.openings));
    let rows = contents(rows.and(&writes.contents));
    rows.execute(connection).await
}

pub(super) fn deliveries<'q>(rows: Rows<'q, Booked<'q>>) -> Rows<'q, Booked<'q>> {
    rows.column(|(delivery, _)| delivery.id)
        .column(|(delivery, _)| &*delivery.clickid)
        .column(|(delivery, _)| &delivery.fingerprint.0[..])
        .column(|(_, entry)| entry.repeat_of)
        .column(|(delivery, _)| delivery.received_at.0)
        .column(|(delivery, _)| delivery.partner.as_str())
        .column(|(delivery, _)| delivery.key.as_str())
        .column(|(delivery, _)| delivery.form.name())
        .column(|(delivery, _)| delivery.address.to_string())
        .column(|(delivery, _)| &*delivery.request_id)
        .column(|(delivery, _)| delivery.method_name())
        .column(|(delivery, _)| delivery.content_type.as_deref())
        .column(|(delivery, _)| delivery.query.as_bytes())
        .column(|(delivery, _)| &delivery.body[..])
        .column(|(_, entry)| entry.verdict.name())
        .column(|(_, entry)| entry.conversion)
        .column(|(_, entry)| flags_of(entry))
        .column(|(delivery, _)| warnings_of(delivery))
        .column(|(delivery, _)| errors_of(delivery))
}

fn payouts<'q>(rows: Rows<'q, &'q PayoutEntry>) -> Rows<'q, &'q PayoutEntry> {
    rows.column(|it| &*it.key.clickid)
        .column(|it| it.conversion)
        .column(|it| i64::from(it.number))
        .column(|it| it.key.partner.as_str())
        .column(|it| it.what.kind.name())
        .column(|it| it.what.step.name())
        .column(|it| it.what.amount.minor)
        .column(|it| it.what.amount.currency.code())
        .column(|it| it.terms.as_str())
        .column(|it| &*it.what.rule)
        .column(|it| match it.cause {
            Cause::Delivery(id) => Some(id),
            Cause::Decision(_) => None,
        })
        .column(|it| match it.cause {
            Cause::Delivery(_) => None,
            Cause::Decision(id) => Some(id),
        })
        .column(|it| it.earned_at.0)
        .column(|it| it.booked_at.0)
        .column(|it| it.what.due_at.0)
}

fn terms<'q>(
    rows: Rows<'q, (&'q PartnerId, &'q Terms, UnixSeconds)>,
) -> Rows<'q, (&'q PartnerId, &'q Terms, UnixSeconds)> {
    rows.column(|(partner, _, _)| partner.as_str())
        .column(|(_, terms, _)| terms.version().as_str())
        .column(|(_, terms, _)| terms.to_json())
        .column(|(_, _, first_at)| first_at.0)
}

fn openings<'q>(rows: Rows<'q, OpeningRow<'q>>) -> Rows<'q, OpeningRow<'q>> {
    rows.column(|it| it.conversion.id)
        .column(|it| &*it.conversion.key.clickid)
        .column(|it| it.conversion.key.partner.as_str())
        .column(|it| &*it.conversion.key.identity)
        .column(|it| i64::from(it.conversion.ordinal))
        .column(|it| it.event.kind.name())
        .column(|it| it.conversion.state.status.name())
        .column(|it| minor(it.conversion.state))
        .column(|it| currency(it.conversion.state))
        .column(|it| it.event.geo.as_ref().map(|it| it.code()))
        .column(|it| it.event.sub_id_1.as_ref().map(|it| it.as_str()))
        .column(|it| it.event.sub_id_2.as_ref().map(|it| it.as_str()))
        .column(|it| it.event.payment_method.map(|it| it.name()))
        .column(|it| it.conversion.transaction_id.as_deref())
        .column(|it| it.event.reason.as_ref().map(|it| it.as_str()))
        .column(|it| it.occurred_at.0)
        .column(|it| it.conversion.opened_as.name())
        .column(|it| it.conversion.opened_at.0)
        .column(|it| it.conversion.changed_at.map(|at| at.0))
        .column(|it| i64::from(it.conversion.revision))
        .column(|it| i64::from(it.conversion.blocking_flags))
        .column(|it| it.conversion.terms.as_ref().map(TermsVersion::as_str))
        .column(|it| it.origin?.geo.as_deref())
        .column(|it| it.origin?.sub_id_1.as_deref())
        .column(|it| it.origin?.sub_id_2.as_deref())
}

fn contents<'q>(rows: Rows<'q, ContentRow<'q>>) -> Rows<'q, ContentRow<'q>> {
    rows.column(|it| &*it.delivery.clickid)
        .column(|it| &it.delivery.fingerprint.0[..])
        .column(|it| it.refused)
        .column(|it| it.delivery.id)
        .column(|it| it.entry.verdict.name())
        .column(|it| it.entry.first_result.map(|_| it.entry.answer_id))
        .column(|it| it.entry.first_result.map(|verdict| verdict.name()))
}
