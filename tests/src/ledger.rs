//! The database behind a gate, read past the product: what is written there is what counts.

use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions, SqliteRow};
use sqlx::{Connection as _, Row, SqliteConnection};
use std::collections::HashMap;
use std::path::Path;

/// The store of one gate.
pub struct Ledger {
    options: SqliteConnectOptions,
    pool: SqlitePool,
}

/// A row of `deliveries`.
pub struct DeliveryRow {
    /// The click it names.
    pub clickid: String,
    /// Who sent it.
    pub partner: String,
    /// Which secret signed it.
    pub key: String,
    /// The form that matched.
    pub form: String,
    /// What became of it.
    pub verdict: String,
    /// The id Envoy gave the request.
    pub request_id: String,
}

/// A row of `conversions`.
pub struct ConversionRow {
    /// The current state.
    pub status: String,
    /// In the currency's smallest unit; 0 where there is none.
    pub amount_minor: i64,
    /// The currency's code; empty where there is none.
    pub currency: String,
}

/// An exclusive lock on the store, held by somebody else than the product.
pub struct StoreLock(SqliteConnection);

impl Ledger {
    pub(crate) async fn open(path: &Path) -> Ledger {
        let options = SqliteConnectOptions::new().filename(path);
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .connect_with(options.clone())
            .await;
        Ledger {
            options,
            pool: pool.expect("the database is there"),
        }
    }

    /// The delivery that an answer named.
    ///
    /// # Panics
    /// When there is none.
    pub async fn delivery(&self, id: &str) -> DeliveryRow {
        let row = self
            .row(
                "SELECT * FROM deliveries WHERE lower(hex(id)) = ?",
                &[&id.replace('-', "")],
            )
            .await;
        let row = row.unwrap_or_else(|| panic!("no delivery {id}"));
        DeliveryRow {
            clickid: row.get("clickid"),
            partner: row.get("partner"),
            key: row.get("key_id"),
            form: row.get("form"),
            verdict: row.get("verdict"),
            request_id: row.get("request_id"),
        }
    }

    /// The one conversion of that click and event.
    ///
    /// # Panics
    /// When there is none.
    pub async fn conversion(&self, clickid: &str, event: &str) -> ConversionRow {
        let sql = "SELECT * FROM conversions WHERE clickid = ? AND event = ?";
        let row = self.row(sql, &[clickid, event]).await;
        let row = row.unwrap_or_else(|| panic!("no {event} of {clickid}"));
        ConversionRow {
            status: row.get("status"),
            amount_minor: row
                .get::<Option<i64>, _>("amount_minor")
                .unwrap_or_default(),
            currency: row.get::<Option<String>, _>("currency").unwrap_or_default(),
        }
    }

    /// How many deliveries are recorded.
    pub async fn deliveries(&self) -> u64 {
        self.count("SELECT count(*) FROM deliveries", &[]).await
    }

    /// How many deliveries of that partner are recorded.
    pub async fn deliveries_of(&self, partner: &str) -> u64 {
        self.count(
            "SELECT count(*) FROM deliveries WHERE partner = ?",
            &[partner],
        )
        .await
    }

    /// How many deliveries have this verdict.
    pub async fn judged(&self, verdict: &str) -> u64 {
        let sql = "SELECT count(*) FROM deliveries WHERE verdict = ?";
        self.count(sql, &[verdict]).await
    }

    /// How many conversions are booked.
    pub async fn conversions(&self) -> u64 {
        self.count("SELECT count(*) FROM conversions", &[]).await
    }

    /// How many facts are booked more than once.
    pub async fn booked_twice(&self) -> u64 {
        let sql = "SELECT count(*) FROM (SELECT 1 FROM conversions
            GROUP BY clickid, partner, event HAVING count(*) > 1)";
        self.count(sql, &[]).await
    }

    /// The reasons for which a click's conversions are flagged.
    ///
    /// # Panics
    /// When the database cannot be read.
    pub async fn flags_of(&self, clickid: &str) -> Vec<String> {
        let flags =
            sqlx::query_scalar("SELECT reason FROM flags WHERE clickid = ? ORDER BY reason");
        flags
            .bind(clickid)
            .fetch_all(&self.pool)
            .await
            .expect("the database can be read")
    }

    /// The answers to a click's flags, each as reason, outcome and who gave it.
    ///
    /// # Panics
    /// When the database cannot be read.
    pub async fn decided(&self, clickid: &str) -> Vec<String> {
        let sql = "SELECT reason || ' ' || outcome || ' ' || decided_by FROM decisions
            WHERE clickid = ? ORDER BY reason";
        let decided = sqlx::query_scalar(sql);
        decided
            .bind(clickid)
            .fetch_all(&self.pool)
            .await
            .expect("the database can be read")
    }

    /// Claims that each acknowledged delivery is there, under its id and with its click.
    ///
    /// # Panics
    /// When one is missing.
    pub async fn holds(&self, acknowledged: &[(String, String)]) {
        let rows = sqlx::query_as("SELECT lower(hex(id)), clickid FROM deliveries");
        let rows: Vec<(String, String)> = rows
            .fetch_all(&self.pool)
            .await
            .expect("the database can be read");
        let known: HashMap<_, _> = rows.into_iter().collect();
        assert!(
            !acknowledged.is_empty(),
            "nothing was acknowledged, so nothing is shown"
        );
        let missing: Vec<_> = acknowledged
            .iter()
            .filter(|(clickid, id)| known.get(&id.replace('-', "")) != Some(clickid))
            .collect();
        let total = acknowledged.len();
        assert!(
            missing.is_empty(),
            "{} of {total} acknowledged are missing: {missing:?}",
            missing.len()
        );
    }

    /// Claims that SQLite finds no damage.
    ///
    /// # Panics
    /// When it does.
    pub async fn is_sound(&self) {
        let found: String = sqlx::query_scalar("PRAGMA integrity_check")
            .fetch_one(&self.pool)
            .await
            .expect("a result");
        assert_eq!(found, "ok");
    }

    /// Locks the whole store against the product.
    ///
    /// # Panics
    /// When the lock cannot be had.
    pub async fn locks_the_store(&self) -> StoreLock {
        let mut connection = SqliteConnection::connect_with(&self.options)
            .await
            .expect("the database is there");
        sqlx::query("BEGIN EXCLUSIVE")
            .execute(&mut connection)
            .await
            .expect("the lock");
        StoreLock(connection)
    }

    async fn row(&self, sql: &'static str, values: &[&str]) -> Option<SqliteRow> {
        let query = values.iter().fold(sqlx::query(sql), |query, value| {
            query.bind((*value).to_owned())
        });
        query
            .fetch_optional(&self.pool)
            .await
            .expect("the database can be read")
    }

    async fn count(&self, sql: &'static str, values: &[&str]) -> u64 {
        let row = self.row(sql, values).await.expect("a count");
        row.get::<i64, _>(0).unsigned_abs()
    }
}

impl StoreLock {
    /// Lets go.
    ///
    /// # Panics
    /// When it cannot.
    pub async fn is_released(mut self) {
        sqlx::query("ROLLBACK")
            .execute(&mut self.0)
            .await
            .expect("the lock is held");
    }
}
