//! The store: gone, away, of another version, on either kind of database.

use std::fs;
use std::time::{Duration, Instant};

use postern_test_postgres::{Schema, Server};

use super::{address, examined, is_told, is_well, running, running_on};
use crate::backend::Backend;
use crate::desk::Desk;

/// How long a backend may take to come back to its store.
const WELL_WITHIN: Duration = Duration::from_secs(30);

/// Waits until all is well: the backend comes back to its store by itself.
fn gets_well(desk: &Desk, at: &str) {
    let started = Instant::now();
    loop {
        let (code, json) = examined(desk, at);
        if code == Some(0) {
            return;
        }
        assert!(started.elapsed() < WELL_WITHIN, "{json:#}");
    }
}

#[test]
fn a_store_that_is_missing_or_away_is_told() {
    let (desk, _backend, at) = running();
    let elsewhere = |url: &str, words: &[&str]| {
        let mut command = desk.command(&["doctor", "--no-gate", "--backend", &at, "--json"]);
        let output = command
            .env("POSTERN_DATABASE", url)
            .output()
            .expect("it runs");
        let text = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(1), "{text}");
        for word in words {
            assert!(text.contains(word), "{word} is not in: {text}");
        }
    };
    let missing = desk.path("elsewhere.db");
    let url = format!("sqlite://{}", missing.display());
    elsewhere(&url, &["no ledger in it yet", "it makes one"]);
    assert!(!missing.exists(), "looking makes nothing");
    elsewhere("postgres://me@127.0.0.1:1/none", &["127.0.0.1:1"]);
    is_well(&desk, &at);
}

#[test]
fn a_database_file_that_is_gone_is_told_until_it_is_back() {
    let (desk, backend, at) = running();
    drop(backend); // else it would go on in the file that has no name any more
    let (file, aside) = (desk.path("postern.db"), desk.path("aside.db"));
    fs::rename(&file, &aside).expect("moved");
    let words = ["no ledger in it yet", "names the right one", "it makes one"];
    is_told(&desk, &at, "store", "broken", &words);
    assert!(!file.exists(), "looking makes nothing");
    fs::rename(&aside, &file).expect("moved back");
    let mut again = Backend::start(&desk);
    is_well(&desk, &address(&mut again));
}

#[test]
fn a_postgresql_that_is_away_is_told_until_it_answers() {
    let mut server = Server::start().unwrap_or_else(|error| panic!("{error}"));
    let (desk, _backend, at) = running_on(&server.url());
    is_well(&desk, &at);
    server.stop();
    is_told(
        &desk,
        &at,
        "store",
        "broken",
        &["see that it runs", "`database`"],
    );
    is_told(
        &desk,
        &at,
        "backend",
        "broken",
        &["is not ready (status 503)", "the store is away"],
    );
    server.restart().unwrap_or_else(|error| panic!("{error}"));
    gets_well(&desk, &at);
}

#[test]
fn a_store_that_is_older_or_newer_is_told() {
    let (desk, _backend, at) = running();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let run = |statement: &'static str| {
        let url = format!("sqlite://{}", desk.path("postern.db").display());
        runtime.block_on(async {
            use sqlx::{Connection as _, Executor as _};
            let mut file = sqlx::SqliteConnection::connect(&url).await.expect("open");
            file.execute(statement).await.expect("run");
            file.close().await.expect("closed");
        });
    };
    run("UPDATE _sqlx_migrations SET version = 9001 WHERE version = 2");
    is_told(
        &desk,
        &at,
        "store",
        "broken",
        &["newer Postern", "migration 9001", "newer version"],
    );
    run("UPDATE _sqlx_migrations SET version = 2, success = false WHERE version = 9001");
    is_told(
        &desk,
        &at,
        "store",
        "broken",
        &["lacks migration 2", "it migrates"],
    );
    run("UPDATE _sqlx_migrations SET success = true WHERE version = 2");
    is_well(&desk, &at);
}

#[test]
fn a_postgresql_of_an_older_or_a_newer_postern_is_told() {
    let schema = Schema::create();
    let (desk, _backend, at) = running_on(&schema.url());
    schema.run("UPDATE _sqlx_migrations SET version = 9001 WHERE version = 2");
    let newer = ["newer Postern", "migration 9001", "newer version"];
    is_told(&desk, &at, "store", "broken", &newer);
    schema.run("UPDATE _sqlx_migrations SET version = 2, success = false WHERE version = 9001");
    is_told(
        &desk,
        &at,
        "store",
        "broken",
        &["lacks migration 2", "it migrates"],
    );
    schema.run("UPDATE _sqlx_migrations SET success = true WHERE version = 2");
    is_well(&desk, &at);
}
