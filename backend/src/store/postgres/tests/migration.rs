//! A schema with data in it, brought up to date.

use postern_test_postgres::Database;
use sqlx::postgres::PgConnection;
use sqlx::{Connection as _, Row as _};

use uuid::Uuid;

use crate::ledger::{Answer, Decision, FlagId, FlagReason};
use crate::store::suite::sourced;
use crate::store::{Dimension, FunnelQuery, Store};
use crate::testing::{START, admission, delivery};

#[tokio::test]
async fn a_flag_from_before_revisions_gets_that_of_its_second() {
    let database = Database::create();
    let store = Store::open(&database.url()).await.unwrap();
    let story = [
        delivery(0, "ftd approved 50USD"),
        delivery(1, "ftd rejected 50USD"),
        delivery(2, "ftd approved 60USD"),
    ];
    store.book(&story).await.unwrap();
    store.close().await;
    database.run("ALTER TABLE flags DROP COLUMN revision");
    database.run("DELETE FROM _sqlx_migrations WHERE version = 3");

    Store::open(&database.url()).await.unwrap();
    let mut connection = PgConnection::connect(&database.url()).await.unwrap();
    let query = "SELECT reason, revision FROM flags ORDER BY reason";
    let rows = sqlx::query(query).fetch_all(&mut connection).await.unwrap();
    let flags: Vec<(String, i64)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    let expected = [("reapproved", 1), ("unknown_click", 0)];
    assert_eq!(flags, expected.map(|(reason, at)| (reason.to_owned(), at)));
}

/// A database of the schema before answers could be undone.
fn of_one_answer(database: &Database) {
    for statement in [
        "DROP VIEW click_duplicates",
        "ALTER TABLE changes DROP COLUMN undoes, DROP CONSTRAINT changes_pkey, \
            ADD PRIMARY KEY (clickid, conversion, delivery)",
        "ALTER TABLE flags DROP COLUMN answers",
        "DROP INDEX decisions_by_delivery",
        "ALTER TABLE decisions DROP COLUMN number, \
            ADD PRIMARY KEY (clickid, conversion, delivery, reason), \
            DROP CONSTRAINT decisions_outcome_check, ADD CONSTRAINT decisions_outcome_check \
            CHECK (outcome IN ('approved', 'rejected', 'healed', 'closed'))",
        "CREATE INDEX decisions_by_delivery ON decisions (delivery, reason)",
        "DELETE FROM _sqlx_migrations WHERE version = 8",
    ] {
        database.run(statement);
    }
}

#[tokio::test]
async fn the_answers_of_the_schema_before_stand_and_are_undone() {
    let database = Database::create();
    let store = Store::open(&database.url()).await.unwrap();
    let deposit = delivery(0, "ftd approved 50USD");
    store.book(std::slice::from_ref(&deposit)).await.unwrap();
    let id = FlagId {
        delivery: deposit.id,
        reason: FlagReason::UnknownClick,
    };
    let agreements = admission(&["acme"]).agreements;
    let says = async |store: &Store, answer| {
        let decision = Decision::new(id, answer, "Ada", "why").unwrap();
        store
            .review(&decision, &agreements, Uuid::now_v7(), START)
            .await
    };
    says(&store, Answer::Reject).await.unwrap();
    let (decisions, changes) = (
        store.decisions("known").await.unwrap(),
        store.changes("known").await.unwrap(),
    );
    store.close().await;
    of_one_answer(&database);

    let store = Store::open(&database.url()).await.unwrap();
    assert_eq!(store.decisions("known").await.unwrap(), decisions);
    assert_eq!(store.changes("known").await.unwrap(), changes);
    let undone = says(&store, Answer::Undo).await.unwrap();
    assert_eq!(undone.answers[0].number, 1);
    assert_eq!(undone.moves.unwrap().change.to.status.name(), "approved");
    says(&store, Answer::Approve).await.unwrap();
}

#[tokio::test]
async fn the_conversions_of_the_schema_before_have_the_sources_of_their_clicks() {
    let database = Database::create();
    let store = Store::open(&database.url()).await.unwrap();
    let clicks = [
        sourced("a", "acme", [Some("blog"), None], 0),
        sourced("b", "acme", [None, None], 0),
    ];
    store.import_clicks(&clicks).await.unwrap();
    let story = [
        delivery(0, "ftd approved 50USD clickid=a sub_id_1=event"),
        delivery(1, "ftd approved 50USD clickid=b sub_id_1=event"),
    ];
    store.book(&story).await.unwrap();
    store.close().await;
    database.run(
        "ALTER TABLE conversions DROP COLUMN click_geo, DROP COLUMN click_sub_id_1, \
            DROP COLUMN click_sub_id_2",
    );
    database.run("DELETE FROM _sqlx_migrations WHERE version = 9");

    let store = Store::open(&database.url()).await.unwrap();
    let asked = FunnelQuery {
        by: vec![Dimension::Source, Dimension::Geo],
        ..FunnelQuery::default()
    };
    let mut counted = store.funnel(&asked).await.unwrap().conversions;
    counted.sort_by(|one, other| one.key.cmp(&other.key));
    let keys = counted
        .iter()
        .map(|it| (it.key.get("sub_id_1"), it.key.get("geo")));
    let expected = [(Some("blog"), Some("DE")), (Some("event"), Some("DE"))];
    assert_eq!(keys.collect::<Vec<_>>(), expected);
}
