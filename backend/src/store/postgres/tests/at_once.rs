//! Several backends at once.

use std::sync::Arc;

use postern_test_postgres::Database;
use tokio::sync::Barrier;

use crate::delivery::Delivery;
use crate::ledger::{Entry, Verdict};
use crate::report::period::Day;
use crate::store::Store;
use crate::store::postgres::PostgresStore;
use crate::testing::delivery;

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

/// Decisions about content that names nothing look at all conversions of it: what one backend opens and
/// what another one moves meanwhile must know of each other.
#[tokio::test(flavor = "multi_thread")]
async fn reports_of_one_content_on_two_backends_come_one_after_the_other() {
    const ROUNDS: i64 = 60;
    let database = Database::create();
    let one = Store::open(&database.url()).await.unwrap();
    let other = Store::open(&database.url()).await.unwrap();
    for round in 0..ROUNDS {
        let told = |number: i64, status: &str, attempt: &str| {
            let words = format!("cashout {status} 20USD clickid=c{round} attempt={attempt}");
            delivery(10 * round + number, &words)
        };
        one.book(&[told(0, "pending", "1")]).await.unwrap();
        let again = [told(1, "pending", "2")];
        let moved = [told(2, "approved", "3"), told(3, "pending", "4")];
        let (again, moved) = tokio::join!(one.book(&again), other.book(&moved));
        let (again, moved) = (again.unwrap(), moved.unwrap());
        assert_eq!(moved[0].verdict, Verdict::Updated, "round {round}");
        // Before the move it is a second one, and so is what comes after both; after the move it tells
        // nothing new.
        let verdicts = (again[0].verdict, moved[1].verdict);
        assert_eq!(verdicts.0, verdicts.1, "round {round}");
    }
}
