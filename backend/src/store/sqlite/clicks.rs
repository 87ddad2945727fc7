//! Imports clicks, in turns that let others write between them.

use std::time::Instant;

use sqlx::sqlite::SqliteConnection;

use super::{SqliteStore, load, rows};
use crate::store::decode::import_record;
use crate::store::import::{Gathered, Turn};
use crate::store::{ImportRecord, Imported, StoreError};

/// Clicks in one insert.
const CLICKS_PER_INSERT: usize = 64;

const INTO: &str = "clicks (clickid, partner, clicked_at, cost_minor, cost_currency, \
    geo, sub_id_1, sub_id_2) ";

const LEAVE_KNOWN: &str = " ON CONFLICT (clickid) DO NOTHING";

/// What a later import says wins; what it leaves open stays as it was. A click of which it says
/// nothing else is not written.
const FILL_IN: &str = " ON CONFLICT (clickid) DO UPDATE SET
    partner = coalesce(excluded.partner, partner),
    clicked_at = coalesce(excluded.clicked_at, clicked_at),
    cost_minor = coalesce(excluded.cost_minor, cost_minor),
    cost_currency = coalesce(excluded.cost_currency, cost_currency),
    geo = coalesce(excluded.geo, geo),
    sub_id_1 = coalesce(excluded.sub_id_1, sub_id_1),
    sub_id_2 = coalesce(excluded.sub_id_2, sub_id_2)
    WHERE coalesce(excluded.partner, partner) IS NOT partner
    OR coalesce(excluded.clicked_at, clicked_at) IS NOT clicked_at
    OR coalesce(excluded.cost_minor, cost_minor) IS NOT cost_minor
    OR coalesce(excluded.cost_currency, cost_currency) IS NOT cost_currency
    OR coalesce(excluded.geo, geo) IS NOT geo
    OR coalesce(excluded.sub_id_1, sub_id_1) IS NOT sub_id_1
    OR coalesce(excluded.sub_id_2, sub_id_2) IS NOT sub_id_2";

/// Conversions keep where their click came from, so that reports need not look it up. What an import
/// says of clicks goes on to theirs in its own transaction.
const TELL_CONVERSIONS: &str = "
    UPDATE conversions SET (click_geo, click_sub_id_1, click_sub_id_2) =
        (SELECT c.geo, c.sub_id_1, c.sub_id_2 FROM clicks AS c WHERE c.clickid = conversions.clickid)
    WHERE id IN (SELECT n.id FROM json_each(?1) AS k CROSS JOIN known AS n
            ON n.clickid = k.value AND n.partner > '')
        AND (click_geo, click_sub_id_1, click_sub_id_2) IS NOT
            (SELECT c.geo, c.sub_id_1, c.sub_id_2 FROM clicks AS c
            WHERE c.clickid = conversions.clickid)";

/// All that import by keys, for the test that looks at their plans.
#[cfg(test)]
pub(super) const QUERIES: [&str; 1] = [TELL_CONVERSIONS];

impl SqliteStore {
    /// Imports as many clicks as a turn has time for, and pauses for others.
    pub(in crate::store) async fn import_turn(
        &self,
        clicks: &[Gathered<'_>],
        record: Option<&ImportRecord>,
    ) -> Result<Turn, StoreError> {
        self.take_turn(async |connection, until| {
            let turn = insert(connection, clicks, until).await?;
            let is_whole = turn.taken == clicks.len();
            if let Some(record) = record.filter(|_| is_whole) {
                keep(connection, record).await?;
            }
            Ok(turn)
        })
        .await
    }

    pub(in crate::store) async fn import_record(
        &self,
        name: &str,
    ) -> Result<Option<ImportRecord>, StoreError> {
        let row = sqlx::query("SELECT * FROM imports WHERE name = ?")
            .bind(name.to_owned())
            .fetch_optional(&self.readers)
            .await?;
        row.map(|row| import_record(&row)).transpose()
    }
}

async fn insert(
    connection: &mut SqliteConnection,
    clicks: &[Gathered<'_>],
    until: Instant,
) -> Result<Turn, StoreError> {
    let mut imported = Imported::default();
    let mut taken = 0;
    for group in clicks.chunks(CLICKS_PER_INSERT) {
        let new = rows::write(connection, INTO, group, bind, LEAVE_KNOWN).await?;
        imported.new += new;
        let known = group.len() as u64 - new;
        let mut filled_in = 0;
        if known > 0 {
            // Those that were just inserted say nothing else now, so they are left alone.
            filled_in = rows::write(connection, INTO, group, bind, FILL_IN).await?;
            imported.filled_in += filled_in;
            imported.known += known - filled_in;
        }
        if new + filled_in > 0 {
            tell_conversions(connection, group).await?;
        }
        taken += group.len();
        if Instant::now() >= until {
            break;
        }
    }
    Ok(Turn { imported, taken })
}

async fn tell_conversions(
    connection: &mut SqliteConnection,
    clicks: &[Gathered<'_>],
) -> Result<(), StoreError> {
    let clickids: Vec<&str> = clicks.iter().map(|it| &*it.click.clickid).collect();
    sqlx::query(TELL_CONVERSIONS)
        .bind(load::list(&clickids))
        .execute(connection)
        .await?;
    Ok(())
}

fn bind(columns: &mut rows::Columns<'_>, gathered: &Gathered<'_>) {
    let click = &gathered.click;
    columns
        .push_bind(click.clickid.clone())
        .push_bind(click.partner.as_ref().map(|it| it.as_str().to_owned()))
        .push_bind(click.clicked_at.map(|at| at.0))
        .push_bind(click.cost.map(|cost| cost.minor()))
        .push_bind(click.cost.map(|cost| cost.currency().code()))
        .push_bind(click.geo.clone())
        .push_bind(click.sub_id_1.clone())
        .push_bind(click.sub_id_2.clone());
}

async fn keep(connection: &mut SqliteConnection, record: &ImportRecord) -> Result<(), StoreError> {
    sqlx::query("INSERT OR REPLACE INTO imports (name, lines, bytes, digest, imported_at) VALUES (?, ?, ?, ?, ?)")
        .bind(record.name.clone())
        .bind(record.mark.lines.cast_signed())
        .bind(record.mark.bytes.cast_signed())
        .bind(record.mark.digest.to_vec())
        .bind(record.imported_at.0)
        .execute(connection)
        .await?;
    Ok(())
}
