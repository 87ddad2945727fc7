//! What a click is found by: its contents and its conversions, in one tree. Click ids come in no
//! order, so each tree that is kept by them costs a delivery a page of its own.

use sqlx::sqlite::SqliteConnection;
use uuid::Uuid;

use super::rows::{self, Columns};
use crate::store::writes::{ContentRow, OpeningRow, Writes};

/// Writes the transaction's first contents and new conversions.
pub(super) async fn write(
    connection: &mut SqliteConnection,
    writes: &Writes<'_>,
) -> Result<(), sqlx::Error> {
    let contents = writes.contents.iter().map(Known::content);
    let openings = writes.openings.iter().map(Known::conversion);
    let mut known: Vec<Known<'_>> = contents.chain(openings).collect();
    known.sort_by_key(|it| it.clickid);
    let into = "known (clickid, partner, name, number, id, verdict, conversion, \
        opened_as) ";
    let bind = |columns: &mut Columns<'_>, row: &Known<'_>| {
        columns
            .push_bind(row.clickid)
            .push_bind(row.partner)
            .push_bind(row.name)
            .push_bind(row.number)
            .push_bind(row.id)
            .push_bind(row.verdict)
            .push_bind(row.conversion)
            .push_bind(row.opened_as);
    };
    rows::insert(connection, into, &known, bind, "").await
}

/// A row; what only contents have is empty for a conversion.
struct Known<'a> {
    clickid: &'a str,
    partner: &'a str,
    name: &'a [u8],
    number: u32,
    id: Uuid,
    verdict: Option<&'static str>,
    conversion: Option<Uuid>,
    opened_as: Option<&'static str>,
}

impl<'a> Known<'a> {
    fn content(row: &ContentRow<'a>) -> Self {
        let entry = row.entry;
        Self {
            clickid: &row.delivery.clickid,
            partner: "",
            name: &row.delivery.fingerprint.0,
            number: u32::from(row.refused),
            id: row.delivery.id,
            verdict: Some(entry.verdict.name()),
            conversion: entry.first_result.map(|_| entry.answer_id),
            opened_as: entry.first_result.map(|verdict| verdict.name()),
        }
    }

    fn conversion(row: &OpeningRow<'a>) -> Self {
        let conversion = row.conversion;
        Self {
            clickid: &conversion.key.clickid,
            partner: conversion.key.partner.as_str(),
            name: conversion.key.identity.as_bytes(),
            number: conversion.ordinal,
            id: conversion.id,
            verdict: None,
            conversion: None,
            opened_as: None,
        }
    }
}
