//! What only SQLite can show: its settings, and real failures of a real file.

use std::cell::Cell;
use std::os::unix::fs::PermissionsExt as _;
use std::str::FromStr;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection, Row};

use super::SqliteStore;
use crate::store::reads::Reads as _;
use crate::store::row::Cells as _;
use crate::store::statement::Statement;
use crate::store::{Click, Store, StoreError};
use crate::testing::{Folder, click, delivery};

#[tokio::test]
async fn each_commit_is_synced() {
    let folder = Folder::new();
    let store = SqliteStore::open(&folder.url()).await.unwrap();
    let settings = store
        .write(async |connection| {
            let journal: String = sqlx::query_scalar("PRAGMA journal_mode")
                .fetch_one(&mut *connection)
                .await?;
            let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous")
                .fetch_one(connection)
                .await?;
            Ok((journal, synchronous))
        })
        .await
        .unwrap();
    const FULL: i64 = 2;
    assert_eq!(settings, ("wal".to_owned(), FULL));
}

#[tokio::test]
async fn a_locked_file_is_away_and_comes_back() {
    let folder = Folder::new();
    let store = Store::open(&folder.url()).await.unwrap();
    let mut other = connect(&folder).await;
    let lock = other.begin_with("BEGIN EXCLUSIVE").await.unwrap();

    let refused = store.book(&[delivery(0, "lead approved")]).await;
    assert!(
        matches!(refused, Err(StoreError::Unavailable(_))),
        "{refused:?}"
    );
    assert!(store.probe().await.is_err());

    lock.rollback().await.unwrap();
    store.book(&[delivery(0, "lead approved")]).await.unwrap();
    store.probe().await.unwrap();
}

#[tokio::test]
async fn a_full_disk_is_away_and_nothing_is_half_written() {
    let folder = Folder::new();
    Store::open(&folder.url()).await.unwrap().close().await;
    let mut other = connect(&folder).await;
    fill(&mut other).await;
    let store = store_without_room(&folder, &mut other).await;

    let too_much = many_deliveries();
    let refused = store.book(&too_much).await;
    assert!(
        matches!(refused, Err(StoreError::Unavailable(_))),
        "{refused:?}"
    );
    assert_eq!(store.delivery(too_much[0].id).await.unwrap(), None);

    sqlx::query("DROP TABLE filler")
        .execute(&mut other)
        .await
        .unwrap();
    store.book(&too_much).await.unwrap();
    assert!(store.delivery(too_much[0].id).await.unwrap().is_some());
}

/// The log cannot be copied back behind what a reader sees, so a reader that never ends would make it
/// grow without an end.
#[tokio::test]
async fn a_question_that_takes_too_long_is_given_up_and_the_log_can_be_copied_back() {
    let folder = Folder::new();
    let options = SqliteStore::options(&folder.url()).unwrap();
    let limit = Duration::from_millis(50);
    let sqlite = SqliteStore::open_with(options, limit).await.unwrap();
    let store = Store::Sqlite(sqlite.clone());
    let endless = || {
        Statement::new(
            "WITH RECURSIVE n(i) AS (SELECT id FROM deliveries UNION ALL SELECT i FROM n) \
             SELECT count(*) AS n FROM n",
        )
    };
    let first = delivery(0, "lead approved");
    let meanwhile = [delivery(1, "ftd approved 5USD")];
    store.book(std::slice::from_ref(&first)).await.unwrap();
    let mut snapshot = sqlite.snapshot().await.unwrap();
    let (asked, booked) = tokio::join!(
        snapshot.all(endless(), |row| row.number("n")),
        store.book(&meanwhile)
    );
    booked.unwrap();
    let refused = asked.unwrap_err();
    assert!(matches!(refused, StoreError::TooLong), "{refused:?}");
    assert!(refused.to_string().contains("name a shorter period"));
    drop(snapshot);

    assert!(store.delivery(first.id).await.unwrap().is_some());
    let mut other = connect(&folder).await;
    let copied = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)");
    let copied = copied.fetch_one(&mut other).await.unwrap();
    assert_eq!(copied.get::<i64, _>("busy"), 0);
}

/// Each store has connections and a lock of its own, as two processes have. A booking that finds
/// the file locked for too long is an error.
#[tokio::test]
async fn bookings_get_their_turns_beside_an_import_of_another_process() {
    const BOOKINGS: i64 = 20;
    let folder = Folder::new();
    let importer = Store::open(&folder.url()).await.unwrap();
    let backend = Store::open(&folder.url()).await.unwrap();
    let clicks: Vec<Click> = (0..60_000)
        .map(|number| click(&format!("click-{number}"), None))
        .collect();
    let booked = Cell::new(0);
    let import = async {
        while booked.get() < BOOKINGS {
            importer.import_clicks(&clicks).await.unwrap();
        }
    };
    let book = async {
        for second in 0..BOOKINGS {
            let lead = delivery(second, &format!("lead approved clickid=click-{second}"));
            backend.book(&[lead]).await.unwrap();
            booked.set(second + 1);
        }
    };
    tokio::join!(import, book);
}

#[tokio::test]
async fn only_its_owner_reads_the_file_and_those_beside_it() {
    let folder = Folder::new();
    let store = Store::open(&folder.url()).await.unwrap();
    store.book(&[delivery(0, "lead approved")]).await.unwrap();
    let files = std::fs::read_dir(folder.path())
        .unwrap()
        .map(Result::unwrap);
    let mut modes: Vec<(String, u32)> = files
        .map(|file| {
            let mode = file.metadata().unwrap().permissions().mode() & 0o777;
            (file.file_name().into_string().unwrap(), mode)
        })
        .collect();
    modes.sort();
    let private = |name: &str| (name.to_owned(), 0o600);
    let expected = ["postern.db", "postern.db-shm", "postern.db-wal"].map(private);
    assert_eq!(modes, expected);
}

#[tokio::test]
async fn a_file_that_is_there_keeps_the_mode_its_owner_gave_it() {
    let folder = Folder::new();
    let file = folder.path().join("postern.db");
    std::fs::write(&file, "").unwrap();
    let shared = std::fs::Permissions::from_mode(0o640);
    std::fs::set_permissions(&file, shared.clone()).unwrap();
    let store = Store::open(&folder.url()).await.unwrap();
    store.probe().await.unwrap();
    let mode = std::fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, shared.mode());
}

#[tokio::test]
async fn a_database_in_memory_is_no_record() {
    for url in [
        "sqlite::memory:",
        "sqlite://x.db?mode=memory",
        "sqlite://x.db?vfs=memdb",
        "sqlite://x.db?cache=private&vfs=unix-none",
    ] {
        let refused = Store::open(url).await;
        assert!(matches!(refused, Err(StoreError::InMemory)), "{refused:?}");
    }
}

pub(super) async fn connect(folder: &Folder) -> SqliteConnection {
    let options = SqliteConnectOptions::from_str(&folder.url()).unwrap();
    options.connect().await.unwrap()
}

async fn fill(connection: &mut SqliteConnection) {
    let fill = "CREATE TABLE filler AS SELECT zeroblob(4000) FROM \
        (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) \
        SELECT i FROM n)";
    sqlx::query(fill).execute(connection).await.unwrap();
}

/// A store whose file may not grow beyond what it holds now.
async fn store_without_room(folder: &Folder, connection: &mut SqliteConnection) -> Store {
    let pages: i64 = sqlx::query_scalar("PRAGMA page_count")
        .fetch_one(connection)
        .await
        .unwrap();
    let options = SqliteStore::options(&folder.url()).unwrap();
    let options = options.pragma("max_page_count", pages.to_string());
    Store::Sqlite(
        SqliteStore::open_with(options, Duration::from_secs(60))
            .await
            .unwrap(),
    )
}

fn many_deliveries() -> Vec<crate::delivery::Delivery> {
    let numbered = |i: i64| delivery(i, &format!("lead approved clickid=click-{i}"));
    (0..500).map(numbered).collect()
}
