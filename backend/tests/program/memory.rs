//! However long a log or an export is, it takes the same memory.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Stdio};

use postern_test_postgres::Database;
use sqlx::postgres::PgConnection;
use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _};
use tokio::runtime::Runtime;

use crate::desk::Desk;

/// Either sub id of a click, so that a click takes a kilobyte.
const SUB_ID_BYTES: usize = 512;

/// Enough that all that is in use at a time is in use: some blocks of a log, some pages.
const SHORT: usize = 12_000;

/// Forty-eight megabytes more.
const LONG: usize = 60_000;

/// What may differ between two runs by chance: the allocator gives back what it likes, and blocks of
/// two megabytes are read, parsed and stored side by side. It is half of what [`LONG`] has more than
/// [`SHORT`].
const CHANCE_KIB: u64 = 24 * 1_024;

/// The most memory it had at any time so far.
fn peak_kib(process: &Child) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", process.id()));
    let status = status.expect("it still runs");
    let peak = status.lines().find_map(|it| it.strip_prefix("VmHWM:"));
    let peak = peak.and_then(|it| it.trim().strip_suffix(" kB"));
    peak.expect("its peak").trim().parse().expect("a number")
}

fn assert_flat(what: &str, peaks: [u64; 2]) {
    let [short, long] = peaks;
    assert!(
        long < short + CHANCE_KIB,
        "{what}: {short} KiB for the short one, {long} KiB for the long one"
    );
}

/// Imports so many clicks and gives the peak. The pipe stays open until it is taken, so the import
/// still runs, and has read all but what the pipe holds. Many lines name the same clicks: what costs
/// memory is the log, and a database is not what is looked at here.
fn import(desk: &Desk, clicks: usize) -> u64 {
    const DIFFERENT: usize = 500;
    let arguments = ["clicks", "import", "-", "--format", "csv"];
    let mut command = desk.command(&arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::null());
    let mut importing = command.spawn().expect("postern runs");
    let mut stdin = importing.stdin.take().expect("it is piped");
    stdin
        .write_all(b"clickid,sub_id_1,sub_id_2\n")
        .expect("it reads");
    for number in 0..clicks {
        let sub_id = format!("{number:0SUB_ID_BYTES$}");
        let line = format!("click-{},{sub_id},{sub_id}\n", number % DIFFERENT);
        stdin.write_all(line.as_bytes()).expect("it reads");
    }
    let peak = peak_kib(&importing);
    drop(stdin);
    assert!(importing.wait().expect("it ends").success());
    peak
}

/// Exports the click log and gives the peak, taken before the last quarter of it is read.
fn export(desk: &Desk, clicks: usize) -> u64 {
    let mut command = desk.command(&["export", "clicks"]);
    let mut exporting = command
        .stdout(Stdio::piped())
        .spawn()
        .expect("postern runs");
    let out = exporting.stdout.take().expect("it is piped");
    let mut lines = BufReader::new(out).lines();
    let most = clicks - clicks / 4;
    assert_eq!(lines.by_ref().take(most).count(), most);
    let peak = peak_kib(&exporting);
    assert_eq!(lines.count(), clicks - most);
    assert!(exporting.wait().expect("it ends").success());
    peak
}

/// Puts clicks into the click log past the program.
fn fill(url: &str, from: usize, to: usize) {
    let sub_id = "x".repeat(SUB_ID_BYTES);
    let sql = format!(
        "INSERT INTO clicks (clickid, sub_id_1, sub_id_2)
        WITH RECURSIVE numbers (n) AS (
            SELECT {from} UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < {to})
        SELECT 'stored-' || n, '{sub_id}', '{sub_id}' FROM numbers"
    );
    let sql = AssertSqlSafe(sql);
    let filling = async {
        if url.starts_with("sqlite:") {
            SqliteConnection::connect(url).await?.execute(sql).await?;
        } else {
            PgConnection::connect(url).await?.execute(sql).await?;
        }
        Ok::<_, sqlx::Error>(())
    };
    let runtime = Runtime::new().expect("a runtime");
    runtime.block_on(filling).expect("the click log is filled");
}

fn imports_are_flat(desk: &Desk) {
    assert_flat("import", [SHORT, LONG].map(|clicks| import(desk, clicks)));
}

fn exports_are_flat(desk: &Desk, url: &str) {
    desk.done(&["deliveries", "list"]); // makes the schema
    let stretches = [(0, SHORT), (SHORT, LONG)];
    let peaks = stretches.map(|(from, to)| {
        fill(url, from, to);
        export(desk, to)
    });
    assert_flat("export", peaks);
}

fn desk_on(url: &str) -> Desk {
    let desk = Desk::empty();
    desk.write("postern.toml", format!("database = \"{url}\"\n"));
    desk
}

#[test]
fn a_long_log_takes_no_more_memory_than_a_short_one_on_sqlite() {
    imports_are_flat(&Desk::empty());
}

#[test]
fn a_long_log_takes_no_more_memory_than_a_short_one_on_postgres() {
    let database = Database::create();
    imports_are_flat(&desk_on(&database.url()));
}

#[test]
fn a_long_export_takes_no_more_memory_than_a_short_one_on_sqlite() {
    let desk = Desk::empty();
    let url = format!("sqlite://{}", desk.path("postern.db").display());
    exports_are_flat(&desk, &url);
}

#[test]
fn a_long_export_takes_no_more_memory_than_a_short_one_on_postgres() {
    let database = Database::create();
    exports_are_flat(&desk_on(&database.url()), &database.url());
}
