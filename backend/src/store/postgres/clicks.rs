//! Imports clicks: a chunk is copied into a table of the connection's own, and goes from there into
//! the click log by one statement.

use sqlx::postgres::PgConnection;

use super::{PostgresStore, copy, writers};
use crate::store::decode::import_record;
use crate::store::import::{Gathered, Turn};
use crate::store::{ImportRecord, Imported, StoreError};

/// Where a chunk arrives, in the connection's own space. Each commit empties it.
const ARRIVED: &str =
    "CREATE TEMPORARY TABLE IF NOT EXISTS arrived (LIKE clicks) ON COMMIT DELETE ROWS";

const COPY: &str = "COPY arrived (clickid, partner, clicked_at, cost_minor, cost_currency, geo, \
    sub_id_1, sub_id_2) FROM STDIN";

const INSERT: &str = "INSERT INTO clicks SELECT * FROM arrived ON CONFLICT (clickid) DO NOTHING";

/// What a later import says wins; what it leaves open stays as it was. A click of which it says
/// nothing else is not written.
const FILL_IN: &str = "
    INSERT INTO clicks AS c SELECT * FROM arrived
    ON CONFLICT (clickid) DO UPDATE SET
        partner = coalesce(excluded.partner, c.partner),
        clicked_at = coalesce(excluded.clicked_at, c.clicked_at),
        cost_minor = coalesce(excluded.cost_minor, c.cost_minor),
        cost_currency = coalesce(excluded.cost_currency, c.cost_currency),
        geo = coalesce(excluded.geo, c.geo),
        sub_id_1 = coalesce(excluded.sub_id_1, c.sub_id_1),
        sub_id_2 = coalesce(excluded.sub_id_2, c.sub_id_2)
    WHERE (coalesce(excluded.partner, c.partner), coalesce(excluded.clicked_at, c.clicked_at),
            coalesce(excluded.cost_minor, c.cost_minor),
            coalesce(excluded.cost_currency, c.cost_currency), coalesce(excluded.geo, c.geo),
            coalesce(excluded.sub_id_1, c.sub_id_1), coalesce(excluded.sub_id_2, c.sub_id_2))
        IS DISTINCT FROM (c.partner, c.clicked_at, c.cost_minor, c.cost_currency, c.geo, c.sub_id_1,
            c.sub_id_2)";

/// Conversions keep where their click came from, so that reports need not look it up. What an import
/// says of clicks goes on to theirs in its own transaction. `OFFSET 0` has the few conversions that there
/// are looked up, then their clicks; they are changed where they lie, as nobody else moves them now.
const TELL_CONVERSIONS: &str = "
    UPDATE conversions AS v SET (click_geo, click_sub_id_1, click_sub_id_2) =
        (SELECT c.geo, c.sub_id_1, c.sub_id_2 FROM clicks AS c WHERE c.clickid = v.clickid)
    WHERE v.ctid = ANY (ARRAY(
        SELECT t.ctid FROM arrived AS a CROSS JOIN LATERAL (
            SELECT o.ctid FROM conversions AS o
            WHERE o.clickid = a.clickid AND EXISTS (
                SELECT FROM clicks AS c
                WHERE c.clickid = o.clickid AND (c.geo, c.sub_id_1, c.sub_id_2)
                    IS DISTINCT FROM (o.click_geo, o.click_sub_id_1, o.click_sub_id_2)
                OFFSET 0)
            OFFSET 0) AS t))";

/// For the test that looks at their plans.
#[cfg(test)]
pub(super) const QUERIES: [&str; 2] = [ARRIVED, TELL_CONVERSIONS];

const KEEP: &str = "
    INSERT INTO imports (name, lines, bytes, digest, imported_at) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (name) DO UPDATE SET lines = excluded.lines, bytes = excluded.bytes,
        digest = excluded.digest, imported_at = excluded.imported_at";

impl PostgresStore {
    /// Imports all the clicks it is given: on PostgreSQL they are in nobody's way until they are told to
    /// their conversions.
    pub(in crate::store) async fn import_turn(
        &self,
        clicks: &[Gathered<'_>],
        record: Option<&ImportRecord>,
    ) -> Result<Turn, StoreError> {
        let lines = copy::lines(clicks);
        self.writers
            .run(|| async {
                let mut transaction = self.writers.begin_import().await?;
                let done = turn(&mut transaction, clicks.len(), &lines, record).await;
                transaction.end(done).await
            })
            .await
    }

    pub(in crate::store) async fn import_record(
        &self,
        name: &str,
    ) -> Result<Option<ImportRecord>, StoreError> {
        let row = sqlx::query("SELECT * FROM imports WHERE name = $1")
            .bind(name)
            .fetch_optional(&self.readers)
            .await?;
        row.map(|row| import_record(&row)).transpose()
    }
}

async fn turn(
    connection: &mut PgConnection,
    clicks: usize,
    lines: &str,
    record: Option<&ImportRecord>,
) -> Result<Turn, StoreError> {
    let mut imported = Imported::default();
    if clicks > 0 {
        sqlx::raw_sql(ARRIVED).execute(&mut *connection).await?;
        let mut copy = connection.copy_in_raw(COPY).await?;
        copy.send(lines.as_bytes()).await?;
        copy.finish().await?;
        imported.new = execute(connection, INSERT).await?;
        let known = clicks as u64 - imported.new;
        if known > 0 {
            // Those that were just inserted say nothing else now, so they are left alone.
            imported.filled_in = execute(connection, FILL_IN).await?;
            imported.known = known - imported.filled_in;
        }
        if imported.new + imported.filled_in > 0 {
            tell_conversions(connection).await?;
        }
    }
    if let Some(record) = record {
        keep(connection, record).await?;
    }
    Ok(Turn {
        imported,
        taken: clicks,
    })
}

/// Those who book and have not seen these clicks must have committed, and whoever begins now waits until
/// it can see them: this comes last, so they wait for one lookup of each click and the commit.
async fn tell_conversions(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    execute(connection, writers::ALONE).await?;
    execute(connection, TELL_CONVERSIONS).await?;
    Ok(())
}

async fn execute(
    connection: &mut PgConnection,
    statement: &'static str,
) -> Result<u64, sqlx::Error> {
    let done = sqlx::query(statement).execute(connection).await?;
    Ok(done.rows_affected())
}

async fn keep(connection: &mut PgConnection, record: &ImportRecord) -> Result<(), StoreError> {
    sqlx::query(KEEP)
        .bind(&record.name)
        .bind(record.mark.lines.cast_signed())
        .bind(record.mark.bytes.cast_signed())
        .bind(&record.mark.digest[..])
        .bind(record.imported_at.0)
        .execute(connection)
        .await?;
    Ok(())
}
