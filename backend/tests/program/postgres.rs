//! The program on PostgreSQL.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Stdio;

use postern_test_postgres::{Database, Server, SmallDisk};
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, Row as _};
use tokio::runtime::Runtime;

use crate::backend::Backend;
use crate::desk::Desk;

/// Has all commands of a desk use this database.
fn use_database(desk: &Desk, url: &str) {
    desk.write("postern.toml", format!("database = \"{url}\"\n"));
}

/// A connection past the program.
struct Aside {
    runtime: Runtime,
    connection: PgConnection,
}

impl Aside {
    fn to(url: &str) -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let connection = runtime.block_on(PgConnection::connect(url));
        let connection = connection.expect("it connects");
        Self {
            runtime,
            connection,
        }
    }

    fn run(&mut self, sql: &str) {
        let done = self.connection.execute(AssertSqlSafe(sql.to_owned()));
        self.runtime.block_on(done).expect("it runs");
    }

    fn count(&mut self, sql: &str) -> i64 {
        let row = self.connection.fetch_one(AssertSqlSafe(sql.to_owned()));
        self.runtime.block_on(row).expect("it runs").get(0)
    }

    fn wait_for(&mut self, what: &str, sql: &str) {
        let started = std::time::Instant::now();
        while self.count(sql) == 0 {
            assert!(started.elapsed().as_secs() < 60, "never seen: {what}");
        }
    }
}

#[test]
fn a_full_disk_is_503_until_there_is_room_and_nothing_is_lost() {
    let server = Server::start().unwrap_or_else(|error| panic!("{error}"));
    let disk = SmallDisk::on(&server).unwrap_or_else(|error| panic!("{error}"));
    let desk = Desk::with_acme();
    use_database(&desk, &disk.url());
    desk.done(&["partners", "apply"]);
    let mut backend = Backend::start(&desk);
    let edge = backend.edge(&desk);
    let lead = |number| {
        let query = format!("clickid=click-{number}&event=lead&status=approved");
        edge.status("acme", &query)
    };
    // With this one each table has its first page.
    assert_eq!(lead(0).0, 200);
    disk.fill().expect("it is filled");
    let mut booked = 1;
    let (status, refused) = loop {
        let (status, answer) = lead(booked);
        if status != 200 {
            break (status, answer);
        }
        booked += 1;
        assert!(booked < 1_000, "the disk is not full");
    };
    assert_eq!((status, &refused["error"]), (503, &"unavailable".into()));

    disk.make_room().expect("there is room");
    let (status, answer) = lead(booked);
    assert_eq!((status, &answer["result"]), (200, &"flagged".into()));
    let mut aside = Aside::to(&disk.url());
    for table in ["deliveries", "contents", "conversions", "flags"] {
        let rows = aside.count(&format!("SELECT count(*) FROM {table}"));
        assert_eq!(rows, booked + 1, "{table}");
    }
}

#[test]
fn the_password_may_stand_in_a_file_of_its_own() {
    let database = Database::create();
    let desk = Desk::empty();
    use_database(&desk, &database.url().replace(":only-for-tests@", "@"));
    let list = |password: &str| {
        let file = desk.path("pgpass");
        desk.write("pgpass", format!("127.0.0.1:*:*:postern:{password}\n"));
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).expect("set");
        let mut command = desk.command(&["deliveries", "list"]);
        command.env("PGPASSFILE", file);
        command.output().expect("postern runs")
    };
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let listed = list("only-for-tests");
    assert!(listed.status.success(), "{}", text(&listed.stderr));
    let refused = list("hunter22");
    assert_eq!(refused.status.code(), Some(1));
    let (out, err) = (text(&refused.stdout), text(&refused.stderr));
    assert!(
        err.contains("check user and password") && err.contains("PGPASSFILE"),
        "{err}"
    );
    assert!(!err.contains("hunter22") && out.is_empty(), "{err}{out}");
}

/// The import is killed within a transaction: a click of the second chunk is about to be imported by
/// somebody else, and the chunk waits for that.
#[test]
fn an_import_killed_within_a_chunk_leaves_nothing_half_and_goes_on() {
    const CLICKS: i64 = 16_000;
    let database = Database::create();
    let desk = Desk::empty();
    use_database(&desk, &database.url());
    desk.done(&["deliveries", "list"]); // makes the schema
    let mut text = "clickid,sub_id_1\n".to_owned();
    for number in 0..CLICKS {
        text.push_str(&format!("click-{number},{:0400}\n", 7));
    }
    desk.write("clicks.csv", &text);
    let last = format!("click-{}", CLICKS - 1);
    let mut other = Aside::to(&database.url());
    other.run(&format!(
        "BEGIN; INSERT INTO clicks (clickid) VALUES ('{last}')"
    ));

    let import = ["clicks", "import", "clicks.csv"];
    let mut running = desk.command(&import);
    let mut running = running.stdout(Stdio::null()).spawn().expect("it runs");
    let mut aside = Aside::to(&database.url());
    let waits = "SELECT count(*) FROM pg_locks WHERE locktype = 'transactionid' AND NOT granted
        AND pid IN (SELECT pid FROM pg_stat_activity WHERE datname = current_database())";
    aside.wait_for("the last chunk waits", waits);
    running.kill().expect("it runs");
    running.wait().expect("it ends");
    other.run("ROLLBACK");
    aside.wait_for(
        "its connections are gone",
        "SELECT (count(*) = 0)::int::bigint FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'postern'",
    );
    let before = aside.count("SELECT count(*) FROM clicks");
    assert!(0 < before && before < CLICKS, "{before}");

    let said = desk.done(&import);
    let number = |name: &str| -> i64 {
        let line = said.lines().find_map(|line| line.strip_prefix(name));
        line.expect(name).trim().parse().expect("a number")
    };
    // A chunk is one transaction here, so none of it is there twice or known.
    assert_eq!(number("imported before"), before, "{said}");
    assert_eq!(number("imported  "), CLICKS - before, "{said}");
    assert_eq!(aside.count("SELECT count(*) FROM clicks"), CLICKS);
}
