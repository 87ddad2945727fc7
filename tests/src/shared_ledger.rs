//! The PostgreSQL database that several backends share, read past the product.

use std::collections::HashMap;

use sqlx::postgres::{PgConnection, PgPool, PgPoolOptions};

/// The store behind a gate with several backends.
pub struct SharedLedger(PgPool);

impl SharedLedger {
    /// Opens the database at this URL.
    ///
    /// # Panics
    /// When it does not answer.
    pub async fn open(url: &str) -> SharedLedger {
        let pool = PgPoolOptions::new().max_connections(1).connect(url).await;
        SharedLedger(pool.expect("the database is there"))
    }

    /// Claims that each acknowledged delivery is there, under its id and with its click.
    ///
    /// # Panics
    /// When one is missing.
    pub async fn holds(&self, acknowledged: &[(String, String)]) {
        assert!(
            !acknowledged.is_empty(),
            "nothing was acknowledged, so nothing is shown"
        );
        let mut connection = self.0.acquire().await.expect("the database is there");
        let missing = missing(&mut connection, acknowledged).await;
        assert!(
            missing.is_empty(),
            "acknowledged and not there: {missing:?}"
        );
    }

    /// Claims that [`holds`](Self::holds) would not hold, had one of them been lost: shown on the real
    /// rows without this one, which is put back.
    ///
    /// # Panics
    /// When nobody would have noticed.
    pub async fn would_miss(&self, one: &(String, String), acknowledged: &[(String, String)]) {
        let mut lost = self.0.begin().await.expect("the database is there");
        let forget = sqlx::query("DELETE FROM deliveries WHERE id = $1::uuid").bind(&one.1);
        let forgotten = forget.execute(&mut *lost).await.expect("it can be removed");
        assert_eq!(forgotten.rows_affected(), 1, "{one:?} is not there");
        let missing = missing(&mut lost, acknowledged).await;
        lost.rollback().await.expect("it is put back");
        assert_eq!(missing, [one], "a lost delivery is not noticed");
    }

    /// How many conversions are booked.
    pub async fn conversions(&self) -> i64 {
        self.number("SELECT count(*) FROM conversions").await
    }

    /// How many clicks have a conversion. As many as there are conversions, where none is booked
    /// twice and each sender's postback names a click of its own.
    pub async fn converted_clicks(&self) -> i64 {
        self.number("SELECT count(DISTINCT clickid) FROM conversions")
            .await
    }

    /// How many conversions these clicks have, all together.
    ///
    /// # Panics
    /// When it cannot be read.
    pub async fn conversions_of(&self, clicks: &[String]) -> usize {
        let count = "SELECT count(*) FROM conversions WHERE clickid = ANY($1)";
        let number = sqlx::query_scalar(count).bind(clicks).fetch_one(&self.0);
        let number: i64 = number.await.expect("it can be read");
        usize::try_from(number).expect("a count")
    }

    /// All deliveries in the order of their ids: click id and delivery id.
    ///
    /// # Panics
    /// When they cannot be read.
    pub async fn deliveries(&self) -> Vec<(String, String)> {
        let all = "SELECT clickid, id::text FROM deliveries ORDER BY id";
        let rows = sqlx::query_as(all).fetch_all(&self.0);
        rows.await.expect("they can be read")
    }

    /// How many flags wait.
    pub async fn open_flags(&self) -> i64 {
        self.number("SELECT count(*) FROM flags WHERE open").await
    }

    /// All payout entries together: how many, and their sum in the smallest unit.
    pub async fn paid(&self) -> (i64, i64) {
        let entries = self.number("SELECT count(*) FROM payouts").await;
        let sum = "SELECT coalesce(sum(amount_minor), 0)::bigint FROM payouts";
        (entries, self.number(sum).await)
    }

    async fn number(&self, sql: &'static str) -> i64 {
        let number = sqlx::query_scalar(sql).fetch_one(&self.0).await;
        number.expect("it can be read")
    }
}

/// Those of them that are not there.
async fn missing<'a>(
    connection: &mut PgConnection,
    acknowledged: &'a [(String, String)],
) -> Vec<&'a (String, String)> {
    let rows = sqlx::query_as("SELECT id::text, clickid FROM deliveries");
    let rows: Vec<(String, String)> = rows.fetch_all(connection).await.expect("it can be read");
    let known: HashMap<_, _> = rows.into_iter().collect();
    let is_missing = |(clickid, id): &&(String, String)| known.get(id) != Some(clickid);
    acknowledged.iter().filter(is_missing).collect()
}
