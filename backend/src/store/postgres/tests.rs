//! What only PostgreSQL can show: several backends at once, and real failures of a real server.

use std::sync::Arc;

use postern_protocol::id::PartnerId;
use postern_test_postgres::{Database, Server};
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, Row as _};
use tokio::sync::Barrier;

use super::PostgresStore;
use crate::delivery::Delivery;
use crate::ledger::stories::money;
use crate::ledger::{Entry, Verdict};
use crate::report::period::Day;
use crate::store::heal::HEAL_CLICKS;
use crate::store::{ConversionFilter, Slice, Store, StoreError};
use crate::testing::{START, admission, click, delivery};

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
async fn the_lookups_walk_their_indexes() {
    let database = Database::create();
    let store = PostgresStore::open(&database.url()).await.unwrap();
    for (query, types) in super::load::QUERIES {
        let mut transaction = store.writers.begin().await.unwrap();
        let prepare = format!("PREPARE lookup ({}) AS {query}", types.join(", "));
        transaction.execute(AssertSqlSafe(prepare)).await.unwrap();
        let values = vec!["NULL"; types.len()].join(", ");
        let explain = format!("EXPLAIN EXECUTE lookup ({values})");
        let explained = transaction.fetch_all(AssertSqlSafe(explain)).await.unwrap();
        let plan: Vec<String> = explained.iter().map(|row| row.get(0)).collect();
        assert!(
            plan.iter()
                .any(|step| step.contains("Index Scan") || step.contains("Index Only")),
            "{plan:#?}"
        );
        assert!(
            !plan.iter().any(|step| step.contains("Seq Scan")),
            "{plan:#?}"
        );
    }
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
async fn an_import_keeps_neither_bookings_nor_healing_waiting() {
    let database = Database::create();
    let store = PostgresStore::open(&database.url()).await.unwrap();
    let _importing = store.writers.begin_import().await.unwrap();
    // What waited for the import would give up in the end, and fail.
    store.writers.wait_for_bookings().await.unwrap();
    let one = store.writers.begin().await.unwrap();
    let other = store.writers.begin().await.unwrap();
    drop((one, other));
    let _keeping_house = store.writers.begin_aside().await.unwrap();
    store.writers.wait_for_bookings().await.unwrap();
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
    let listed = super::list::conversions(&of_partner, slice).into_sql();
    let asked = [
        (
            super::review::DECIDED,
            "uuid, text",
            "decisions_by_delivery",
        ),
        (listed.as_str(), "text, bigint", "conversions_by_partner"),
    ];
    for (query, types, index) in asked {
        let mut transaction = store.writers.begin().await.unwrap();
        let prepare = format!("PREPARE lookup ({types}) AS {query}");
        transaction.execute(AssertSqlSafe(prepare)).await.unwrap();
        let explain = AssertSqlSafe("EXPLAIN EXECUTE lookup (NULL, NULL)".to_owned());
        let explained = transaction.fetch_all(explain).await.unwrap();
        let plan: Vec<String> = explained.iter().map(|row| row.get(0)).collect();
        assert!(plan.iter().any(|step| step.contains(index)), "{plan:#?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn copies_booked_by_many_at_once_are_booked_once_with_one_first_answer() {
    const STORES: usize = 8;
    let database = Database::create();
    let story: Vec<Delivery> = (0..40)
        .map(|i| delivery(i, &format!("ftd approved 50USD clickid=click-{}", i % 20)))
        .collect();
    let start = Arc::new(Barrier::new(STORES));
    let mut backends = Vec::new();
    for number in 0..STORES {
        let store = Store::open(&database.url()).await.unwrap();
        let (start, copies) = (start.clone(), copies(&story, number));
        backends.push(tokio::spawn(async move {
            start.wait().await;
            let mut entries = Vec::new();
            for batch in copies.chunks(7) {
                entries.extend(store.book(batch).await.unwrap());
            }
            entries
        }));
    }
    let mut answers: Vec<Vec<Entry>> = Vec::new();
    for backend in backends {
        answers.push(backend.await.unwrap());
    }
    let store = Store::open(&database.url()).await.unwrap();
    for (index, told) in story.iter().enumerate() {
        let named: Vec<_> = answers.iter().map(|it| it[index].answer_id).collect();
        assert!(named.iter().all(|id| *id == named[0]), "{named:?}");
        let conversions = store.conversions(&told.clickid).await.unwrap();
        assert_eq!(conversions.len(), 1, "{}", told.clickid);
        assert_eq!(conversions[0].id, named[0]);
    }
    let firsts = answers.iter().flatten().filter(|it| it.opens.is_some());
    assert_eq!(firsts.count(), 20);
}

/// The same contents as other deliveries: each backend gives what it receives an id of its own.
fn copies(story: &[Delivery], number: usize) -> Vec<Delivery> {
    let copy = |told: &Delivery| {
        let mut id = told.id.into_bytes();
        id[15] = u8::try_from(number).unwrap();
        Delivery {
            id: uuid::Uuid::from_bytes(id),
            ..told.clone()
        }
    };
    story.iter().map(copy).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversion_moved_by_many_at_once_moves_step_by_step() {
    const STORES: i64 = 8;
    let database = Database::create();
    let store = Store::open(&database.url()).await.unwrap();
    store
        .book(&[delivery(0, "ftd approved 1USD")])
        .await
        .unwrap();
    let start = Arc::new(Barrier::new(STORES as usize));
    let mut backends = Vec::new();
    for number in 1..=STORES {
        let store = Store::open(&database.url()).await.unwrap();
        let start = start.clone();
        backends.push(tokio::spawn(async move {
            start.wait().await;
            let raised = delivery(number, &format!("ftd approved {}USD", number + 1));
            store.book(&[raised]).await.unwrap().remove(0)
        }));
    }
    for backend in backends {
        assert_eq!(backend.await.unwrap().verdict, Verdict::Updated);
    }
    let changes = store.changes("known").await.unwrap();
    let moves: Vec<_> = changes.iter().map(|it| it.change).collect();
    assert_eq!(moves.len(), STORES as usize);
    // Each begins where the one before it ended.
    assert!(
        moves.windows(2).all(|pair| pair[0].to == pair[1].from),
        "{moves:?}"
    );
    let now = store.conversions("known").await.unwrap().remove(0);
    assert_eq!(i64::from(now.revision), STORES);
    assert_eq!(now.money, moves.last().unwrap().to.money);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_dies_is_away_and_comes_back_without_a_restart_of_ours() {
    let mut server = Server::start().unwrap();
    let store = Store::open(&server.url()).await.unwrap();
    let before = delivery(0, "lead approved clickid=before");
    store.book(std::slice::from_ref(&before)).await.unwrap();
    server.kill();
    let refused = store
        .book(&[delivery(1, "lead approved clickid=while")])
        .await;
    assert!(
        matches!(refused, Err(StoreError::Unavailable(_))),
        "{refused:?}"
    );
    assert!(store.probe().await.is_err());
    assert!(store.delivery(before.id).await.is_err());

    server.restart().unwrap();
    store.probe().await.unwrap();
    assert!(store.delivery(before.id).await.unwrap().is_some());
    let after = delivery(2, "lead approved clickid=while");
    let entries = store.book(&[after]).await.unwrap();
    assert!(entries[0].opens.is_some(), "what was refused was not kept");
}

#[tokio::test]
async fn connections_that_died_while_idle_cost_nothing() {
    let database = Database::create();
    let store = Store::open(&database.url()).await.unwrap();
    store.book(&[delivery(0, "lead approved")]).await.unwrap();
    database.run(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
         WHERE datname = current_database() AND pid <> pg_backend_pid()",
    );
    store
        .book(&[delivery(1, "ftd approved 5USD")])
        .await
        .unwrap();
}

#[tokio::test]
async fn a_lock_that_others_hold_is_not_waited_for_without_an_end() {
    let database = Database::create();
    let store = Store::open(&database.url()).await.unwrap();
    let mut other = PgConnection::connect(&database.url()).await.unwrap();
    other.execute("BEGIN; LOCK TABLE contents").await.unwrap();
    let refused = store.book(&[delivery(0, "lead approved")]).await;
    assert!(
        matches!(refused, Err(StoreError::Unavailable(_))),
        "{refused:?}"
    );
    other.execute("ROLLBACK").await.unwrap();
    store.book(&[delivery(0, "lead approved")]).await.unwrap();
}

#[tokio::test]
async fn many_late_clicks_are_healed_in_several_transactions() {
    const MANY: usize = HEAL_CLICKS + 1;
    let database = Database::create();
    let store = Store::open(&database.url()).await.unwrap();
    let clickids: Vec<String> = (0..MANY).map(|number| format!("late-{number}")).collect();
    let leads: Vec<Delivery> = clickids
        .iter()
        .map(|clickid| delivery(0, &format!("lead approved clickid={clickid}")))
        .collect();
    store.book(&leads).await.unwrap();
    let clickids: Vec<&str> = clickids.iter().map(String::as_str).collect();
    let clicks: Vec<_> = clickids.iter().map(|it| click(it, None)).collect();
    store.import_clicks(&clicks).await.unwrap();
    let agreements = admission(&["acme"]).agreements;
    let healed = store.heal(&clickids, &agreements, START).await.unwrap();
    assert_eq!(healed, MANY as u64);
    let mut connection = PgConnection::connect(&database.url()).await.unwrap();
    let transactions = "SELECT count(DISTINCT xmin::text) FROM decisions";
    let transactions: i64 = sqlx::query_scalar(transactions)
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!(transactions, 2);
}

#[tokio::test]
async fn what_a_decision_would_do_is_asked_without_a_lock_or_a_row() {
    let database = Database::create();
    let store = Store::open(&database.url()).await.unwrap();
    let flagged = Delivery {
        agreement: money::agreement(),
        ..delivery(0, "ftd approved 50USD geo=DE clickid=nobody")
    };
    store.book(std::slice::from_ref(&flagged)).await.unwrap();
    database.run("DELETE FROM caps");
    let flag = format!("{}/unknown_click", flagged.id).parse().unwrap();
    let agreements = [(flagged.partner.clone(), (*money::agreement()).clone())];
    let agreements = agreements.into_iter().collect();
    let preview = store.preview(flag, &agreements, START).await.unwrap();
    assert!(!preview.approve.unwrap().payouts.is_empty());
    let mut connection = PgConnection::connect(&database.url()).await.unwrap();
    let rows: i64 = sqlx::query_scalar("SELECT count(*) FROM caps")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!(rows, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_standby_takes_nothing_until_it_is_the_primary() {
    let mut server = Server::start().unwrap();
    let store = Store::open(&server.url()).await.unwrap();
    server.stop();
    std::fs::write(server.data().join("standby.signal"), "").unwrap();
    server.restart().unwrap();
    let lead = delivery(0, "lead approved");
    let refused = store.book(std::slice::from_ref(&lead)).await;
    assert!(
        matches!(refused, Err(StoreError::Unavailable(_))),
        "{refused:?}"
    );
    assert_eq!(store.delivery(lead.id).await.unwrap(), None);
    let refused = Store::open(&server.url()).await.unwrap_err().to_string();
    assert!(refused.contains("name the primary"), "{refused}");

    let mut other = PgConnection::connect(&server.url()).await.unwrap();
    other.execute("SELECT pg_promote()").await.unwrap();
    store.book(std::slice::from_ref(&lead)).await.unwrap();
}

#[tokio::test]
async fn a_wrong_password_a_missing_database_and_a_missing_server_are_told_apart() {
    let database = Database::create();
    let url = database.url();
    let name = url.rsplit('/').next().unwrap();
    let told = async |url: String| Store::open(&url).await.unwrap_err().to_string();
    let wrong = told(url.replace(":only-for-tests@", ":hunter22@")).await;
    assert!(
        wrong.contains("check user and password") && !wrong.contains("hunter22"),
        "{wrong}"
    );
    let missing = told(url.replace(name, "nowhere")).await;
    assert!(
        missing.contains("create it first") && missing.contains("nowhere"),
        "{missing}"
    );
    let nobody = told("postgres://me:hunter22@127.0.0.1:1/db".to_owned()).await;
    assert!(
        nobody.contains("check that the server runs") && !nobody.contains("hunter22"),
        "{nobody}"
    );
}

#[tokio::test]
async fn debug_output_holds_no_password() {
    let database = Database::create();
    let store = Store::open(&database.url()).await.unwrap();
    assert!(!format!("{store:?}").contains("only-for-tests"));
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

#[tokio::test]
async fn months_get_partitions_and_take_over_what_came_before_them() {
    let database = Database::create();
    let store = Store::open(&database.url()).await.unwrap();
    let early = delivery(0, "lead approved"); // 2024-05-29
    store.book(std::slice::from_ref(&early)).await.unwrap();
    let today = Day::of(early.received_at);
    store.prepare_months(today).await.unwrap();
    store.prepare_months(today).await.unwrap();
    let late = delivery(3 * 86_400, "ftd approved 5USD"); // 2024-06-01
    store.book(std::slice::from_ref(&late)).await.unwrap();
    let tables = "SELECT tableoid::regclass::text FROM deliveries ORDER BY id";
    let mut connection = PgConnection::connect(&database.url()).await.unwrap();
    let tables: Vec<String> = sqlx::query_scalar(tables)
        .fetch_all(&mut connection)
        .await
        .unwrap();
    assert_eq!(tables, ["deliveries_2024_05", "deliveries_2024_06"]);
    for booked in [&early, &late] {
        assert!(store.delivery(booked.id).await.unwrap().is_some());
    }

    let in_june = Day::parse("2024-06-15").unwrap();
    let would_go = store.count_older(in_june, in_june).await.unwrap();
    let gone = store.prune(in_june, in_june).await.unwrap();
    assert_eq!(gone, would_go);
    let months: Vec<_> = gone
        .parts
        .iter()
        .map(|part| part.month.unwrap().to_string())
        .collect();
    assert_eq!(months, ["2024-05"]);
    assert_eq!(gone.kept.unwrap().to_string(), "2024-06");
    assert_eq!(store.delivery(early.id).await.unwrap(), None);
    assert!(store.delivery(late.id).await.unwrap().is_some());
    assert_eq!(store.conversions("known").await.unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn backends_that_start_at_once_make_one_schema_and_one_set_of_months() {
    let database = Database::create();
    let url = database.url();
    let backend = || async {
        let store = Store::open(&url).await.unwrap();
        let today = Day::parse("2026-11-30").unwrap();
        store.prepare_months(today).await.unwrap();
    };
    tokio::join!(backend(), backend(), backend(), backend());
    let store = PostgresStore::open(&database.url()).await.unwrap();
    let months = store.months().await.unwrap();
    let months: Vec<String> = months.iter().map(ToString::to_string).collect();
    assert_eq!(months, ["2026-11", "2026-12", "2027-01"]);
}
