//! How it sets up its connections, and what their statements cost.

use postern_protocol::id::PartnerId;
use postern_test_postgres::Database;
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, Executor as _, Row as _};

use crate::ledger::Verdict;
use crate::store::postgres::{PostgresStore, clicks, heal, load};
use crate::store::reads::Reads as _;
use crate::store::review::done;
use crate::store::row::Cells as _;
use crate::store::statement::Statement;
use crate::store::{ConversionFilter, DecisionFilter, Slice, Store, StoreError, evidence, partner};
use crate::testing::delivery;

#[tokio::test]
async fn each_commit_is_synced_even_where_the_database_says_otherwise() {
    let database = Database::create();
    let name = database.url().rsplit('/').next().unwrap().to_owned();
    database.run(&format!(
        "ALTER DATABASE {name} SET synchronous_commit = off"
    ));
    let store = PostgresStore::open(&database.url()).await.unwrap();
    let mut transaction = store.writers.begin().await.unwrap();
    let setting: String = sqlx::query_scalar("SHOW synchronous_commit")
        .fetch_one(&mut *transaction)
        .await
        .unwrap();
    assert_eq!(setting, "on");
}

#[tokio::test]
async fn no_question_of_a_reader_goes_on_without_an_end() {
    let database = Database::create();
    let store = PostgresStore::open(&database.url()).await.unwrap();
    let limit: String = sqlx::query_scalar("SHOW statement_timeout")
        .fetch_one(&store.readers)
        .await
        .unwrap();
    assert_eq!(limit, "1min");
}

#[tokio::test]
async fn a_question_that_is_cut_off_says_what_to_do() {
    let database = Database::create();
    let store = PostgresStore::open(&database.url()).await.unwrap();
    let mut reader = store.reader().await.unwrap();
    let shorter = "SET statement_timeout = '50ms'";
    (&mut *reader).execute(shorter).await.unwrap();
    let long = Statement::new("SELECT count(*) AS n FROM generate_series(1, 10000000000)");
    let refused = reader.all(long, |row| row.number("n")).await.unwrap_err();
    assert!(matches!(refused, StoreError::TooLong), "{refused:?}");
}

/// Also where the tables were empty when the plan was made, and PostgreSQL knew that.
#[tokio::test]
async fn what_is_found_by_keys_is_looked_up_by_them() {
    let database = Database::create();
    let store = PostgresStore::open(&database.url()).await.unwrap();
    for are_known_to_be_empty in [false, true] {
        if are_known_to_be_empty {
            database.run("ANALYZE");
        }
        let queries = [load::QUERIES.as_slice(), &heal::QUERIES].concat();
        for (query, types) in queries {
            let mut transaction = store.writers.begin().await.unwrap();
            let prepare = format!("PREPARE lookup ({}) AS {query}", types.join(", "));
            transaction.execute(AssertSqlSafe(prepare)).await.unwrap();
            let values = vec!["NULL"; types.len()].join(", ");
            let explain = format!("EXPLAIN EXECUTE lookup ({values})");
            let explained = transaction.fetch_all(AssertSqlSafe(explain)).await.unwrap();
            assert_walks_no_table(&explained);
        }
        let mut importing = store.writers.begin_import().await.unwrap();
        let [arrived, tell_conversions] = clicks::QUERIES;
        importing.execute(arrived).await.unwrap();
        let explain = AssertSqlSafe(format!("EXPLAIN {tell_conversions}"));
        let explained = importing.fetch_all(explain).await.unwrap();
        assert_walks_no_table(&explained);
    }
}

/// But for what has just arrived. Each index is asked for keys: without, it would be walked whole.
fn assert_walks_no_table(explained: &[PgRow]) {
    let plan: Vec<String> = explained.iter().map(|row| row.get(0)).collect();
    let count = |words: &str| plan.iter().filter(|step| step.contains(words)).count();
    let walks = count("Seq Scan") - count("Seq Scan on arrived");
    let lookups = count("Index Scan") + count("Index Only Scan") + count("Tid Scan");
    let by_keys = count("Index Cond") + count("TID Cond");
    assert!(walks == 0 && lookups > 0 && lookups == by_keys, "{plan:#?}");
}

/// Where a scan of the table is ruled out, a wrong index may still be walked from end to end.
#[tokio::test]
async fn what_is_asked_often_has_an_index_of_its_own() {
    let database = Database::create();
    let store = PostgresStore::open(&database.url()).await.unwrap();
    let of_partner = ConversionFilter {
        partner: Some(PartnerId::parse("acme").unwrap()),
        ..ConversionFilter::default()
    };
    let slice = Slice {
        after: None,
        limit: 10,
    };
    let (listed, _) = of_partner.page(slice).into_parts();
    let [
        (decision, decision_types),
        (flags, flags_types),
        (moved, moved_types),
        (since, since_types),
        (duplicates, duplicates_types),
    ] = done::QUERIES;
    let asked = [
        (done::LATEST, "uuid, text", "decisions_by_delivery"),
        (decision, decision_types, "decisions_"),
        (flags, flags_types, "flags_pkey"),
        (moved, moved_types, "changes_pkey"),
        (since, since_types, "changes_pkey"),
        (duplicates, duplicates_types, "contents_pkey"),
        (listed.as_str(), "text, bigint", "conversions_by_partner"),
    ];
    each_has_its_index(&store, &asked).await;
}

#[tokio::test]
async fn what_the_console_asks_has_an_index_too() {
    let database = Database::create();
    let store = PostgresStore::open(&database.url()).await.unwrap();
    let (all, _) = DecisionFilter::default().page(None, 10).into_parts();
    let by_person = DecisionFilter {
        by: Some("ada".to_owned()),
        ..DecisionFilter::default()
    };
    let (by_person, _) = by_person.page(None, 10).into_parts();
    let [
        (on_click, on_click_types),
        (decided, decided_types),
        (same_address, same_address_types),
        (same_amount, same_amount_types),
    ] = evidence::QUERIES;
    let [
        (traces, traces_types),
        (tests, tests_types),
        (clock, clock_types),
    ] = partner::QUERIES;
    let asked = [
        (on_click, on_click_types, "conversions_pkey"),
        (decided, decided_types, "decisions_pkey"),
        (same_address, same_address_types, "partner_id_idx"),
        (same_amount, same_amount_types, "conversions_by_partner"),
        (traces, traces_types, "partner_id_idx"),
        (tests, tests_types, "partner_id_idx"),
        (clock, clock_types, "conversions_by_partner"),
        (partner::OPEN_FLAGS_POSTGRES, "bigint", "flags_waiting"),
        (all.as_str(), "bigint", "decisions_by_id"),
        (by_person.as_str(), "text, bigint", "decisions_by_person"),
    ];
    each_has_its_index(&store, &asked).await;
}

/// Each a statement, the types of its arguments, and the index it must walk.
async fn each_has_its_index(store: &PostgresStore, asked: &[(&str, &str, &str)]) {
    for (query, types, index) in asked {
        let mut transaction = store.writers.begin().await.unwrap();
        let prepare = format!("PREPARE lookup ({types}) AS {query}");
        transaction.execute(AssertSqlSafe(prepare)).await.unwrap();
        let values = vec!["NULL"; types.split(',').count()].join(", ");
        let explain = AssertSqlSafe(format!("EXPLAIN EXECUTE lookup ({values})"));
        let explained = transaction.fetch_all(explain).await.unwrap();
        let plan: Vec<String> = explained.iter().map(|row| row.get(0)).collect();
        assert!(plan.iter().any(|step| step.contains(index)), "{plan:#?}");
    }
}

#[tokio::test]
async fn the_longest_clickid_that_can_be_sent_fits() {
    let database = Database::create();
    let store = Store::open(&database.url()).await.unwrap();
    // Too long for a click, so invalid, and kept all the same. Text that compresses would hide it.
    let clickid: String = (0..2_048_u32)
        .map(|i| char::from(b'a' + (i.wrapping_mul(2_654_435_761) >> 27) as u8 % 26))
        .collect();
    let sent = delivery(0, &format!("lead approved clickid={clickid}"));
    store.book(std::slice::from_ref(&sent)).await.unwrap();
    let record = store.delivery(sent.id).await.unwrap().unwrap();
    assert_eq!(record.verdict, Verdict::Invalid);
    assert_eq!(record.clickid, clickid);
}
