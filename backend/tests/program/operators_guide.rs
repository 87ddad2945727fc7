//! `docs/operators-guide.md`: a store is backed up by its commands while a backend books, and what
//! they restore is the books of that moment.

use std::path::Path;
use std::process::Command;

use nix::sys::signal::Signal;
use postern_test_postgres::Server;

use crate::backend::{Backend, Edge};
use crate::desk::Desk;

const GUIDE: &str = include_str!("../../../docs/operators-guide.md");

/// The block of this name.
fn block(name: &str) -> &'static str {
    let begin = format!("```sh {name}\n");
    let block = GUIDE.split(&begin).nth(1).expect(name);
    block.split("```").next().expect(name)
}

/// Runs a block as a shell does, with these variables; gives what it printed.
fn runs(name: &str, variables: &[(&str, &str)]) -> String {
    let output = Command::new("bash")
        .args(["-euo", "pipefail", "-c", block(name)])
        .envs(variables.iter().copied())
        .output()
        .expect("bash runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name}: {said}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn lead(edge: &Edge, number: u32) -> serde_json::Value {
    let query = format!("clickid=click-{number}&event=lead&status=approved");
    edge.get("acme", &query)
}

/// A desk whose backend books: ten leads of known clicks, and the answer to the first.
fn books_ten(desk: &Desk) -> (Backend, Edge, serde_json::Value) {
    desk.done(&["partners", "apply"]);
    let clicks: String = (1..=20).map(|number| format!("click-{number}\n")).collect();
    desk.write("clicks.csv", format!("clickid\n{clicks}"));
    desk.done(&["clicks", "import", "clicks.csv"]);
    let mut backend = Backend::start(desk);
    let edge = backend.edge(desk);
    let first = lead(&edge, 1);
    assert_eq!(first["result"], "accepted");
    for number in 2..=10 {
        lead(&edge, number);
    }
    (backend, edge, first)
}

/// What was booked before the backup is known, and what came after is booked as new.
fn holds_the_first_ten(desk: &Desk, first: &serde_json::Value) {
    let conversions = desk.done(&["export", "conversions"]);
    assert_eq!(conversions.lines().count(), 10, "{conversions}");
    let mut backend = Backend::start(desk);
    let edge = backend.edge(desk);
    let again = lead(&edge, 1);
    assert_eq!(
        (&again["result"], &again["id"]),
        (&"duplicate".into(), &first["id"])
    );
    assert_eq!(
        lead(&edge, 11)["result"],
        "accepted",
        "its click is known too"
    );
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a plain path")
}

#[test]
fn a_backup_of_sqlite_by_the_guide_is_restored_by_the_guide() {
    let (desk, backups) = (Desk::with_acme(), Desk::empty());
    let (mut backend, edge, first) = books_ten(&desk);
    let (store, backup) = (desk.path(""), backups.path(""));
    let variables = [("STORE", text(&store)), ("BACKUP", text(&backup))];
    assert_eq!(runs("backup-sqlite", &variables).trim(), "ok");
    assert_eq!(
        backups.names(),
        ["postern.db"],
        "one file, without a log beside it"
    );
    assert_eq!(crate::desk::mode(&backups.path("postern.db")), 0o600);
    // Booked after the backup, some of it only in the write-ahead log.
    for number in 11..=15 {
        assert_eq!(lead(&edge, number)["result"], "accepted");
    }
    // As a machine dies: the log stays beside the old file.
    backend.signal(Signal::SIGKILL);
    backend.ends_well();
    assert!(desk.path("postern.db-wal").exists());
    assert_eq!(runs("restore-sqlite", &variables).trim(), "ok");
    holds_the_first_ten(&desk, &first);
}

#[test]
fn a_backup_of_postgres_by_the_guide_is_restored_by_the_guide() {
    let server = Server::start().unwrap_or_else(|error| panic!("{error}"));
    let (desk, backups) = (Desk::with_acme(), Desk::empty());
    let use_database = |url: &str| desk.write("postern.toml", format!("database = \"{url}\"\n"));
    let (database, backup) = (server.url(), backups.path(""));
    use_database(&database);
    let (backend, edge, first) = books_ten(&desk);
    let variables = [("DATABASE", &*database), ("BACKUP", text(&backup))];
    runs("backup-postgres", &variables);
    assert_eq!(crate::desk::mode(&backups.path("postern.dump")), 0o600);
    assert!(backups.read("postern.list").contains("conversions"));
    for number in 11..=15 {
        assert_eq!(lead(&edge, number)["result"], "accepted");
    }
    drop((backend, edge));
    let end = database.rfind('/').expect("a database in the URL");
    let restored = format!("{}/restored", &database[..end]);
    let variables = [
        ("SERVER", &*database),
        ("NAME", "restored"),
        ("RESTORED", &restored),
        ("BACKUP", text(&backup)),
    ];
    runs("restore-postgres", &variables);
    use_database(&restored);
    holds_the_first_ten(&desk, &first);
}
