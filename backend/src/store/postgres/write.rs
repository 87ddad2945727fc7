//! Writes what a transaction has decided: the rows of nearly every booking by one statement, each
//! rarer kind by one of its own.

use sqlx::postgres::PgConnection;

use super::{append, rows};
use crate::agreement::TermsVersion;
use crate::ledger::{CapKey, Conversion, State};
use crate::store::StoreError;
use crate::store::writes::{Booked, ChangeRow, DecisionRow, FlagRow, Writes};

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
    INSERT INTO changes (clickid, conversion, revision, delivery, decision, undoes, changed_at,
        from_status, from_amount_minor, from_currency, to_status, to_amount_minor, to_currency, reason)
    SELECT unnest($1::text[]), unnest($2::uuid[]), unnest($3::bigint[]), unnest($4::uuid[]),
        unnest($5::uuid[]), unnest($6::bigint[]), unnest($7::bigint[]), unnest($8::text[]),
        unnest($9::bigint[]), unnest($10::text[]), unnest($11::text[]), unnest($12::bigint[]),
        unnest($13::text[]), unnest($14::text[])";

const FLAGS: &str = "
    INSERT INTO flags (clickid, conversion, delivery, reason, raised_at, reported, revision)
    SELECT unnest($1::text[]), unnest($2::uuid[]), unnest($3::uuid[]), unnest($4::text[]),
        unnest($5::bigint[]), unnest($6::text[]), unnest($7::bigint[])";

const CAPS: &str = "
    INSERT INTO caps AS c (partner, period, used)
    SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[])
    ON CONFLICT (partner, period) DO UPDATE SET used = c.used + excluded.used";

/// Appends the answers and closes the flags they are about, or opens them again.
const DECISIONS: &str = "
    WITH answered AS (
        INSERT INTO decisions (clickid, conversion, delivery, reason, number, id, decided_at,
            outcome, decided_by, note)
        SELECT * FROM unnest($1::text[], $2::uuid[], $3::uuid[], $4::text[], $5::bigint[],
            $6::uuid[], $7::bigint[], $8::text[], $9::text[], $10::text[])
        RETURNING clickid, conversion, delivery, reason, number, outcome)
    UPDATE flags AS f SET open = a.outcome = 'undone', answers = a.number + 1 FROM answered AS a
    WHERE f.clickid = a.clickid AND f.conversion = a.conversion AND f.delivery = a.delivery
        AND f.reason = a.reason";

pub(super) async fn all(
    connection: &mut PgConnection,
    booked: &[Booked<'_>],
    writes: &Writes<'_>,
) -> Result<(), StoreError> {
    // What may meet another transaction comes first, before work that would be undone.
    update_conversions(connection, &writes.updates).await?;
    append::rows(connection, booked, writes).await?;
    write_changes(connection, &writes.changes).await?;
    write_flags(connection, &writes.flags).await?;
    write_caps(connection, &writes.caps).await?;
    write_decisions(connection, &writes.decisions).await?;
    Ok(())
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
        .column(|it| i64::from(it.change.revision))
        .column(|it| it.delivery)
        .column(|it| it.decision)
        .column(|it| it.undoes.map(i64::from))
        .column(|it| it.changed_at.0)
        .column(|it| it.change.from.status.name())
        .column(|it| minor(it.change.from))
        .column(|it| currency(it.change.from))
        .column(|it| it.change.to.status.name())
        .column(|it| minor(it.change.to))
        .column(|it| currency(it.change.to))
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
        .column(|it| it.answer.conversion)
        .column(|it| it.answer.flag.delivery)
        .column(|it| it.answer.flag.reason.name())
        .column(|it| i64::from(it.answer.number))
        .column(|it| it.signature.id)
        .column(|it| it.signature.at.0)
        .column(|it| it.answer.outcome.name())
        .column(|it| &*it.signature.by)
        .column(|it| &*it.signature.note)
        .execute(connection)
        .await
}

pub(super) fn minor(state: State) -> Option<i64> {
    state.money.map(|money| money.minor())
}

pub(super) fn currency(state: State) -> Option<&'static str> {
    state.money.map(|money| money.currency().code())
}
