//! Imports clicks.

use sqlx::postgres::PgConnection;

use super::{PostgresStore, rows};
use crate::store::decode::import_record;
use crate::store::import::{Gathered, Turn};
use crate::store::row::Cells as _;
use crate::store::{ImportRecord, Imported, StoreError};

/// What a later import says wins; what it leaves open stays as it was. A click of which it says
/// nothing else is not written. A row that this statement has made was not there before.
const CLICKS: &str = "
    INSERT INTO clicks AS c (clickid, partner, clicked_at, cost_minor, cost_currency, geo, sub_id_1,
        sub_id_2)
    SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::text[], $6::text[],
        $7::text[], $8::text[])
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
            c.sub_id_2)
    RETURNING c.xmax = 0 AS is_new";

const KEEP: &str = "
    INSERT INTO imports (name, lines, bytes, digest, imported_at) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (name) DO UPDATE SET lines = excluded.lines, bytes = excluded.bytes,
        digest = excluded.digest, imported_at = excluded.imported_at";

impl PostgresStore {
    /// Imports all the clicks it is given: on PostgreSQL they are in nobody's way.
    pub(in crate::store) async fn import_turn(
        &self,
        clicks: &[Gathered<'_>],
        record: Option<&ImportRecord>,
    ) -> Result<Turn, StoreError> {
        self.writers
            .run(|| async {
                let mut transaction = self.writers.begin().await?;
                let done = insert(&mut transaction, clicks, record).await;
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

async fn insert(
    connection: &mut PgConnection,
    clicks: &[Gathered<'_>],
    record: Option<&ImportRecord>,
) -> Result<Turn, StoreError> {
    let written = rows::of(CLICKS, clicks)
        .column(|it| &*it.click.clickid)
        .column(|it| it.click.partner.as_ref().map(|it| it.as_str()))
        .column(|it| it.click.clicked_at.map(|at| at.0))
        .column(|it| it.click.cost.map(|cost| cost.minor()))
        .column(|it| it.click.cost.map(|cost| cost.currency().code()))
        .column(|it| it.click.geo.as_deref())
        .column(|it| it.click.sub_id_1.as_deref())
        .column(|it| it.click.sub_id_2.as_deref())
        .fetch(connection)
        .await?;
    let mut imported = Imported {
        known: (clicks.len() - written.len()) as u64,
        ..Imported::default()
    };
    for row in &written {
        let is_new = row.is("is_new")?;
        imported.new += u64::from(is_new);
        imported.filled_in += u64::from(!is_new);
    }
    if let Some(record) = record {
        keep(connection, record).await?;
    }
    Ok(Turn {
        imported,
        taken: clicks.len(),
    })
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
