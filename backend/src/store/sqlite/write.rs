//! Writes what a transaction has decided.

use postern_protocol::id::PartnerId;
use postern_protocol::time::UnixSeconds;
use sqlx::sqlite::SqliteConnection;

use super::known;
use super::rows::{self, Columns};
use crate::agreement::{Terms, TermsVersion};
use crate::ledger::{CapKey, Cause, Conversion, PayoutEntry, State};
use crate::store::StoreError;
use crate::store::writes::{ChangeRow, DecisionRow, FlagRow, OpeningRow, Writes};

pub(super) async fn all(
    connection: &mut SqliteConnection,
    writes: &Writes<'_>,
) -> Result<(), StoreError> {
    known::write(connection, writes).await?;
    write_openings(
        connection,
        &in_order_of(&writes.openings, |it| it.conversion.id),
    )
    .await?;
    for conversion in &writes.updates {
        update_conversion(connection, conversion).await?;
    }
    write_changes(connection, &writes.changes).await?;
    write_flags(connection, &writes.flags).await?;
    let payouts = in_order_of(&writes.payouts, |it| (it.conversion, it.number));
    write_payouts(connection, &payouts).await?;
    write_terms(connection, &writes.terms).await?;
    write_caps(connection, &writes.caps).await?;
    write_decisions(connection, &writes.decisions).await?;
    Ok(())
}

/// Rows that are kept in the order of their time: written in another one, they would part the pages
/// at the end of the file over and over.
fn in_order_of<R, K: Ord>(rows: &[R], key: impl Fn(&R) -> K) -> Vec<&R> {
    let mut sorted: Vec<&R> = rows.iter().collect();
    sorted.sort_by_key(|row| key(row));
    sorted
}

async fn write_openings(
    connection: &mut SqliteConnection,
    openings: &[&OpeningRow<'_>],
) -> Result<(), sqlx::Error> {
    let into = "conversions (id, clickid, partner, identity, ordinal, event, status, \
        amount_minor, currency, geo, sub_id_1, sub_id_2, payment_method, transaction_id, reason, \
        occurred_at, opened_as, opened_at, changed_at, revision, blocking_flags, terms, click_geo, \
        click_sub_id_1, click_sub_id_2) ";
    let bind = |columns: &mut Columns<'_>, row: &&OpeningRow<'_>| bind_opening(columns, row);
    rows::insert(connection, into, openings, bind, "").await
}

fn bind_opening(columns: &mut Columns<'_>, row: &OpeningRow<'_>) {
    let (conversion, event) = (row.conversion, row.event);
    columns
        .push_bind(conversion.id)
        .push_bind(&*conversion.key.clickid)
        .push_bind(conversion.key.partner.as_str())
        .push_bind(&*conversion.key.identity)
        .push_bind(conversion.ordinal)
        .push_bind(event.kind.name());
    bind_state(columns, conversion.state);
    columns
        .push_bind(event.geo.as_ref().map(|geo| geo.code()))
        .push_bind(event.sub_id_1.as_ref().map(|id| id.as_str()))
        .push_bind(event.sub_id_2.as_ref().map(|id| id.as_str()))
        .push_bind(event.payment_method.map(|method| method.name()))
        .push_bind(conversion.transaction_id.as_deref())
        .push_bind(event.reason.as_ref().map(|it| it.as_str()))
        .push_bind(row.occurred_at.0)
        .push_bind(conversion.opened_as.name())
        .push_bind(conversion.opened_at.0)
        .push_bind(conversion.changed_at.map(|at| at.0))
        .push_bind(conversion.revision)
        .push_bind(conversion.blocking_flags)
        .push_bind(conversion.terms.as_ref().map(TermsVersion::as_str))
        .push_bind(row.origin.and_then(|it| it.geo.as_deref()))
        .push_bind(row.origin.and_then(|it| it.sub_id_1.as_deref()))
        .push_bind(row.origin.and_then(|it| it.sub_id_2.as_deref()));
}

/// Conversions that change are few beside those that open, so each is a statement of its own.
async fn update_conversion(
    connection: &mut SqliteConnection,
    conversion: &Conversion,
) -> Result<(), sqlx::Error> {
    let money = conversion.state.money;
    let updated = sqlx::query(
        "UPDATE conversions SET status = ?, amount_minor = ?, currency = ?, changed_at = ?, \
        transaction_id = ?, revision = ?, blocking_flags = ?, terms = ? \
        WHERE clickid = ? AND id = ? AND revision = ?",
    )
    .bind(conversion.state.status.name())
    .bind(money.map(|money| money.minor()))
    .bind(money.map(|money| money.currency().code().to_owned()))
    .bind(conversion.changed_at.map(|at| at.0))
    .bind(conversion.transaction_id.clone())
    .bind(conversion.revision)
    .bind(conversion.blocking_flags)
    .bind(conversion.terms.as_ref().map(ToString::to_string))
    .bind(conversion.key.clickid.clone())
    .bind(conversion.id)
    .bind(conversion.loaded_revision)
    .execute(connection)
    .await?;
    // Only one transaction writes at a time, so nobody can have changed it since it was loaded.
    debug_assert_eq!(updated.rows_affected(), 1);
    Ok(())
}

async fn write_changes(
    connection: &mut SqliteConnection,
    changes: &[ChangeRow<'_>],
) -> Result<(), sqlx::Error> {
    let into = "changes (clickid, conversion, revision, delivery, decision, undoes, \
        changed_at, from_status, from_amount_minor, from_currency, to_status, to_amount_minor, \
        to_currency, reason) ";
    let bind = |columns: &mut Columns<'_>, row: &ChangeRow<'_>| {
        columns
            .push_bind(row.clickid)
            .push_bind(row.conversion)
            .push_bind(row.change.revision)
            .push_bind(row.delivery)
            .push_bind(row.decision)
            .push_bind(row.undoes)
            .push_bind(row.changed_at.0);
        bind_state(columns, row.change.from);
        bind_state(columns, row.change.to);
        columns.push_bind(row.reason);
    };
    rows::insert(connection, into, changes, bind, "").await
}

fn bind_state(columns: &mut Columns<'_>, state: State) {
    columns
        .push_bind(state.status.name())
        .push_bind(state.money.map(|money| money.minor()))
        .push_bind(state.money.map(|money| money.currency().code()));
}

async fn write_flags(
    connection: &mut SqliteConnection,
    flags: &[FlagRow<'_>],
) -> Result<(), sqlx::Error> {
    let into = "flags (clickid, conversion, delivery, reason, raised_at, reported, \
        revision) ";
    let bind = |columns: &mut Columns<'_>, row: &FlagRow<'_>| {
        columns
            .push_bind(row.clickid)
            .push_bind(row.conversion)
            .push_bind(row.delivery)
            .push_bind(row.reason.name())
            .push_bind(row.raised_at.0)
            .push_bind(row.reported.as_deref())
            .push_bind(row.revision);
    };
    rows::insert(connection, into, flags, bind, "").await
}

async fn write_payouts(
    connection: &mut SqliteConnection,
    payouts: &[&&PayoutEntry],
) -> Result<(), sqlx::Error> {
    let into = "payouts (clickid, conversion, number, partner, kind, step, \
        amount_minor, currency, terms, rule, delivery, decision, earned_at, booked_at, due_at) ";
    rows::insert(
        connection,
        into,
        payouts,
        |columns, entry| bind_payout(columns, entry),
        "",
    )
    .await
}

fn bind_payout(columns: &mut Columns<'_>, entry: &PayoutEntry) {
    let (delivery, decision) = match entry.cause {
        Cause::Delivery(id) => (Some(id), None),
        Cause::Decision(id) => (None, Some(id)),
    };
    columns
        .push_bind(&*entry.key.clickid)
        .push_bind(entry.conversion)
        .push_bind(entry.number)
        .push_bind(entry.key.partner.as_str())
        .push_bind(entry.what.kind.name())
        .push_bind(entry.what.step.name())
        .push_bind(entry.what.amount.minor)
        .push_bind(entry.what.amount.currency.code())
        .push_bind(entry.terms.as_str())
        .push_bind(&*entry.what.rule)
        .push_bind(delivery)
        .push_bind(decision)
        .push_bind(entry.earned_at.0)
        .push_bind(entry.booked_at.0)
        .push_bind(entry.what.due_at.0);
}

async fn write_terms(
    connection: &mut SqliteConnection,
    terms: &[(&PartnerId, &Terms, UnixSeconds)],
) -> Result<(), sqlx::Error> {
    let into = "terms (partner, version, body, first_at) ";
    let bind = |columns: &mut Columns<'_>, row: &(&PartnerId, &Terms, UnixSeconds)| {
        let (partner, terms, first_at) = row;
        columns
            .push_bind(partner.as_str())
            .push_bind(terms.version().as_str())
            .push_bind(terms.to_json())
            .push_bind(first_at.0);
    };
    let tail = " ON CONFLICT (partner, version) DO NOTHING";
    rows::insert(connection, into, terms, bind, tail).await
}

async fn write_caps(
    connection: &mut SqliteConnection,
    caps: &[(&CapKey, u32)],
) -> Result<(), sqlx::Error> {
    let into = "caps (partner, period, used) ";
    let bind = |columns: &mut Columns<'_>, (key, taken): &(&CapKey, u32)| {
        columns
            .push_bind(key.partner.as_str())
            .push_bind(&*key.period)
            .push_bind(taken);
    };
    let tail = " ON CONFLICT (partner, period) DO UPDATE SET used = used + excluded.used";
    rows::insert(connection, into, caps, bind, tail).await
}

/// Appends the answers and closes the flags they are about, or opens them again.
async fn write_decisions(
    connection: &mut SqliteConnection,
    decisions: &[DecisionRow<'_>],
) -> Result<(), sqlx::Error> {
    let into = "decisions (clickid, conversion, delivery, reason, number, id, \
        decided_at, outcome, decided_by, note) ";
    let bind = |columns: &mut Columns<'_>, row: &DecisionRow<'_>| {
        columns
            .push_bind(row.clickid)
            .push_bind(row.answer.conversion)
            .push_bind(row.answer.flag.delivery)
            .push_bind(row.answer.flag.reason.name())
            .push_bind(row.answer.number)
            .push_bind(row.signature.id)
            .push_bind(row.signature.at.0)
            .push_bind(row.answer.outcome.name())
            .push_bind(&*row.signature.by)
            .push_bind(&*row.signature.note);
    };
    rows::insert(connection, into, decisions, bind, "").await?;
    for row in decisions {
        turn_flag(connection, row).await?;
    }
    Ok(())
}

async fn turn_flag(
    connection: &mut SqliteConnection,
    row: &DecisionRow<'_>,
) -> Result<(), sqlx::Error> {
    let answer = &row.answer;
    sqlx::query(
        "UPDATE flags SET open = ?, answers = ? \
        WHERE clickid = ? AND conversion = ? AND delivery = ? AND reason = ?",
    )
    .bind(answer.opens())
    .bind(answer.number + 1)
    .bind(row.clickid.to_owned())
    .bind(answer.conversion)
    .bind(answer.flag.delivery)
    .bind(answer.flag.reason.name())
    .execute(connection)
    .await?;
    Ok(())
}
