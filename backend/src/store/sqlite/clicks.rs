//! Imports clicks.

use std::collections::HashSet;

use serde_json::json;

use super::{SqliteStore, rows};
use crate::store::{Click, Imported, StoreError};

/// What a later import says wins; what it leaves open stays as it was.
const FILL_IN: &str = " ON CONFLICT (clickid) DO UPDATE SET
    partner = coalesce(excluded.partner, partner),
    clicked_at = coalesce(excluded.clicked_at, clicked_at),
    cost_minor = coalesce(excluded.cost_minor, cost_minor),
    cost_currency = coalesce(excluded.cost_currency, cost_currency),
    geo = coalesce(excluded.geo, geo),
    sub_id_1 = coalesce(excluded.sub_id_1, sub_id_1),
    sub_id_2 = coalesce(excluded.sub_id_2, sub_id_2)";

impl SqliteStore {
    pub(in crate::store) async fn import_clicks(
        &self,
        clicks: &[Click],
    ) -> Result<Imported, StoreError> {
        self.write(async |connection| {
            let clickids: HashSet<&str> = clicks.iter().map(|click| &*click.clickid).collect();
            let known = count_known(connection, &clickids).await?;
            let head = "INSERT INTO clicks (clickid, partner, clicked_at, cost_minor, \
                cost_currency, geo, sub_id_1, sub_id_2) ";
            let bind = |columns: &mut rows::Columns<'_>, click: &Click| {
                columns
                    .push_bind(&*click.clickid)
                    .push_bind(click.partner.as_ref().map(|partner| partner.as_str()))
                    .push_bind(click.clicked_at.map(|at| at.0))
                    .push_bind(click.cost.map(|cost| cost.minor()))
                    .push_bind(click.cost.map(|cost| cost.currency().code()))
                    .push_bind(click.geo.as_deref())
                    .push_bind(click.sub_id_1.as_deref())
                    .push_bind(click.sub_id_2.as_deref());
            };
            rows::insert(connection, head, clicks, bind, FILL_IN).await?;
            let new = clickids.len() as u64 - known;
            Ok(Imported {
                new,
                known: clicks.len() as u64 - new,
            })
        })
        .await
    }
}

async fn count_known(
    connection: &mut sqlx::SqliteConnection,
    clickids: &HashSet<&str>,
) -> Result<u64, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT count(*) FROM json_each(?1) AS k CROSS JOIN clicks AS c ON c.clickid = k.value",
    )
    .bind(json!(clickids).to_string())
    .fetch_one(connection)
    .await
}
