//! Writes what a transaction has decided, each kind of row by one statement.

use postern_protocol::id::PartnerId;
use postern_protocol::time::UnixSeconds;
use sqlx::postgres::PgConnection;

use super::rows;
use crate::agreement::{Terms, TermsVersion};
use crate::ledger::{CapKey, Cause, Conversion, PayoutEntry, State};
use crate::store::StoreError;
use crate::store::writes::{ChangeRow, ContentRow, DecisionRow, FlagRow, OpeningRow, Writes};

const CONTENTS: &str = "
    INSERT INTO contents (clickid, fingerprint, refused, delivery, verdict, conversion, opened_as)
    SELECT * FROM unnest($1::text[], $2::bytea[], $3::boolean[], $4::uuid[], $5::text[], $6::uuid[],
        $7::text[])";

const OPENINGS: &str = "
    INSERT INTO conversions (id, clickid, partner, identity, ordinal, event, status, amount_minor,
        currency, geo, sub_id_1, sub_id_2, payment_method, transaction_id, reason, occurred_at,
        opened_as, opened_at, changed_at, revision, blocking_flags, terms)
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[],
        $7::text[], $8::bigint[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[],
        $14::text[], $15::text[], $16::bigint[], $17::text[], $18::bigint[], $19::bigint[],
        $20::bigint[], $21::bigint[], $22::text[])";

const UPDATES: &str = "
    UPDATE conversions AS c SET status = u.status, amount_minor = u.amount_minor,
        currency = u.currency, changed_at = u.changed_at, transaction_id = u.transaction_id,
        revision = u.revision, blocking_flags = u.blocking_flags, terms = u.terms
    FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::text[],
        $7::bigint[], $8::text[], $9::bigint[], $10::text[], $11::bigint[], $12::bigint[],
        $13::text[])
        AS u (clickid, partner, identity, ordinal, loaded, status, amount_minor, currency,
            changed_at, transaction_id, revision, blocking_flags, terms)
    WHERE c.clickid = u.clickid AND c.partner = u.partner AND c.identity = u.identity
        AND c.ordinal = u.ordinal AND c.revision = u.loaded";

const CHANGES: &str = "
    INSERT INTO changes (clickid, conversion, delivery, decision, changed_at, from_status,
        from_amount_minor, from_currency, to_status, to_amount_minor, to_currency, revision, reason)
    SELECT * FROM unnest($1::text[], $2::uuid[], $3::uuid[], $4::uuid[], $5::bigint[], $6::text[],
        $7::bigint[], $8::text[], $9::text[], $10::bigint[], $11::text[], $12::bigint[],
        $13::text[])";

const FLAGS: &str = "
    INSERT INTO flags (clickid, conversion, delivery, reason, raised_at, reported, revision)
    SELECT * FROM unnest($1::text[], $2::uuid[], $3::uuid[], $4::text[], $5::bigint[], $6::text[],
        $7::bigint[])";

const PAYOUTS: &str = "
    INSERT INTO payouts (clickid, conversion, number, partner, kind, step, amount_minor, currency,
        terms, rule, delivery, decision, earned_at, booked_at, due_at)
    SELECT * FROM unnest($1::text[], $2::uuid[], $3::bigint[], $4::text[], $5::text[], $6::text[],
        $7::bigint[], $8::text[], $9::text[], $10::text[], $11::uuid[], $12::uuid[], $13::bigint[],
        $14::bigint[], $15::bigint[])";

const TERMS: &str = "
    INSERT INTO terms (partner, version, body, first_at)
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[])
    ON CONFLICT (partner, version) DO NOTHING";

const CAPS: &str = "
    INSERT INTO caps AS c (partner, period, used)
    SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[])
    ON CONFLICT (partner, period) DO UPDATE SET used = c.used + excluded.used";

/// Appends the answers and closes the flags they are about.
const DECISIONS: &str = "
    WITH answered AS (
        INSERT INTO decisions (clickid, conversion, delivery, reason, id, decided_at, outcome,
            decided_by, note)
        SELECT * FROM unnest($1::text[], $2::uuid[], $3::uuid[], $4::text[], $5::uuid[],
            $6::bigint[], $7::text[], $8::text[], $9::text[])
        RETURNING clickid, conversion, delivery, reason)
    UPDATE flags AS f SET open = false FROM answered AS a
    WHERE f.clickid = a.clickid AND f.conversion = a.conversion AND f.delivery = a.delivery
        AND f.reason = a.reason";

pub(super) async fn all(
    connection: &mut PgConnection,
    writes: &Writes<'_>,
) -> Result<(), StoreError> {
    write_contents(connection, &writes.contents).await?;
    write_openings(connection, &writes.openings).await?;
    update_conversions(connection, &writes.updates).await?;
    write_changes(connection, &writes.changes).await?;
    write_flags(connection, &writes.flags).await?;
    write_payouts(connection, &writes.payouts).await?;
    write_terms(connection, &writes.terms).await?;
    write_caps(connection, &writes.caps).await?;
    write_decisions(connection, &writes.decisions).await?;
    Ok(())
}

async fn write_contents(
    connection: &mut PgConnection,
    contents: &[ContentRow<'_>],
) -> Result<u64, sqlx::Error> {
    rows::of(CONTENTS, contents)
        .column(|it| &*it.delivery.clickid)
        .column(|it| &it.delivery.fingerprint.0[..])
        .column(|it| it.refused)
        .column(|it| it.delivery.id)
        .column(|it| it.entry.verdict.name())
        .column(|it| it.entry.first_result.map(|_| it.entry.answer_id))
        .column(|it| it.entry.first_result.map(|verdict| verdict.name()))
        .execute(connection)
        .await
}

async fn write_openings(
    connection: &mut PgConnection,
    openings: &[OpeningRow<'_>],
) -> Result<u64, sqlx::Error> {
    rows::of(OPENINGS, openings)
        .column(|it| it.conversion.id)
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
        .execute(connection)
        .await
}

/// Each of them must still be as it was loaded; else another transaction got in between.
async fn update_conversions(
    connection: &mut PgConnection,
    conversions: &[&Conversion],
) -> Result<(), StoreError> {
    let updated = rows::of(UPDATES, conversions)
        .column(|it| &*it.key.clickid)
        .column(|it| it.key.partner.as_str())
        .column(|it| &*it.key.identity)
        .column(|it| i64::from(it.ordinal))
        .column(|it| it.loaded_revision.map(i64::from))
        .column(|it| it.state.status.name())
        .column(|it| minor(it.state))
        .column(|it| currency(it.state))
        .column(|it| it.changed_at.map(|at| at.0))
        .column(|it| it.transaction_id.as_deref())
        .column(|it| i64::from(it.revision))
        .column(|it| i64::from(it.blocking_flags))
        .column(|it| it.terms.as_ref().map(TermsVersion::as_str))
        .execute(connection)
        .await?;
    if updated < conversions.len() as u64 {
        return Err(StoreError::Contended(sqlx::Error::RowNotFound));
    }
    Ok(())
}

async fn write_changes(
    connection: &mut PgConnection,
    changes: &[ChangeRow<'_>],
) -> Result<u64, sqlx::Error> {
    rows::of(CHANGES, changes)
        .column(|it| it.clickid)
        .column(|it| it.conversion)
        .column(|it| it.delivery)
        .column(|it| it.decision)
        .column(|it| it.changed_at.0)
        .column(|it| it.change.from.status.name())
        .column(|it| minor(it.change.from))
        .column(|it| currency(it.change.from))
        .column(|it| it.change.to.status.name())
        .column(|it| minor(it.change.to))
        .column(|it| currency(it.change.to))
        .column(|it| i64::from(it.change.revision))
        .column(|it| it.reason)
        .execute(connection)
        .await
}

async fn write_flags(
    connection: &mut PgConnection,
    flags: &[FlagRow<'_>],
) -> Result<u64, sqlx::Error> {
    rows::of(FLAGS, flags)
        .column(|it| it.clickid)
        .column(|it| it.conversion)
        .column(|it| it.delivery)
        .column(|it| it.reason.name())
        .column(|it| it.raised_at.0)
        .column(|it| it.reported.as_deref())
        .column(|it| i64::from(it.revision))
        .execute(connection)
        .await
}

async fn write_payouts(
    connection: &mut PgConnection,
    payouts: &[&PayoutEntry],
) -> Result<u64, sqlx::Error> {
    rows::of(PAYOUTS, payouts)
        .column(|it| &*it.key.clickid)
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
        .execute(connection)
        .await
}

async fn write_terms(
    connection: &mut PgConnection,
    terms: &[(&PartnerId, &Terms, UnixSeconds)],
) -> Result<u64, sqlx::Error> {
    rows::of(TERMS, terms)
        .column(|(partner, _, _)| partner.as_str())
        .column(|(_, terms, _)| terms.version().as_str())
        .column(|(_, terms, _)| terms.to_json())
        .column(|(_, _, first_at)| first_at.0)
        .execute(connection)
        .await
}

async fn write_caps(
    connection: &mut PgConnection,
    caps: &[(&CapKey, u32)],
) -> Result<u64, sqlx::Error> {
    rows::of(CAPS, caps)
        .column(|(key, _)| key.partner.as_str())
        .column(|(key, _)| &*key.period)
        .column(|(_, taken)| i64::from(*taken))
        .execute(connection)
        .await
}

async fn write_decisions(
    connection: &mut PgConnection,
    decisions: &[DecisionRow<'_>],
) -> Result<u64, sqlx::Error> {
    rows::of(DECISIONS, decisions)
        .column(|it| it.clickid)
        .column(|it| it.conversion)
        .column(|it| it.flag.delivery)
        .column(|it| it.flag.reason.name())
        .column(|it| it.signature.id)
        .column(|it| it.signature.at.0)
        .column(|it| it.outcome.name())
        .column(|it| &*it.signature.by)
        .column(|it| &*it.signature.note)
        .execute(connection)
        .await
}

fn minor(state: State) -> Option<i64> {
    state.money.map(|money| money.minor())
}

fn currency(state: State) -> Option<&'static str> {
    state.money.map(|money| money.currency().code())
}
