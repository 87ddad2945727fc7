//! The server that tests stand on is a real one, and leaves nothing behind.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use postern_stand::until;
use postern_test_postgres::{Database, SERVER_VARIABLE, Server};
use sqlx::Connection as _;
use sqlx::postgres::PgConnection;

async fn answer(url: &str, question: &'static str) -> Result<String, sqlx::Error> {
    let mut connection = PgConnection::connect(url).await?;
    sqlx::query_scalar(question)
        .fetch_one(&mut connection)
        .await
}

#[tokio::test]
async fn each_database_is_empty_durable_and_gone_with_its_test() {
    let (first, second) = (Database::create(), Database::create());
    first.run("CREATE TABLE things AS SELECT 'kept' AS word");
    let word = answer(&first.url(), "SELECT word FROM things").await;
    assert_eq!(word.unwrap(), "kept");
    assert!(
        answer(&second.url(), "SELECT word FROM things")
            .await
            .is_err()
    );
    for setting in [
        "SHOW fsync",
        "SHOW synchronous_commit",
        "SHOW full_page_writes",
    ] {
        assert_eq!(answer(&first.url(), setting).await.unwrap(), "on");
    }
    let gone = first.url();
    drop(first);
    assert!(answer(&gone, "SELECT 'here'").await.is_err());
    assert!(answer(&second.url(), "SELECT 'here'").await.is_ok());
}

#[tokio::test]
async fn a_killed_server_comes_back_with_what_was_committed() {
    let mut server = Server::start().unwrap();
    let url = server.url();
    answer(&url, "CREATE TABLE things AS SELECT 'kept' AS word")
        .await
        .unwrap_err(); // it returns no row, but is committed
    server.kill();
    assert!(answer(&url, "SELECT 'here'").await.is_err());
    server.restart().unwrap();
    let word = answer(&url, "SELECT word FROM things").await;
    assert_eq!(word.unwrap(), "kept");
    let folder = server.data();
    assert!(folder.exists());
    drop(server);
    assert!(!folder.exists());
}

#[tokio::test]
async fn a_wrong_password_does_not_get_in() {
    let database = Database::create();
    let wrong = database.url().replace(":only-for-tests@", ":guessed@");
    assert!(answer(&wrong, "SELECT 'here'").await.is_err());
}

#[test]
fn the_server_ends_when_who_started_it_is_killed() {
    let folder = open_to_all();
    let mut command = Command::new(env!("CARGO_BIN_EXE_with-postgres"))
        .args(["sh", "-c", &format!("echo ${SERVER_VARIABLE}; exec cat")])
        .env("TMPDIR", folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut url = String::new();
    let mut output = std::io::BufReader::new(command.stdout.take().unwrap());
    std::io::BufRead::read_line(&mut output, &mut url).unwrap();
    let port: u16 = port_of(url.trim());
    assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_ok());
    assert_eq!(clusters_in(folder.path()), 1);
    command.kill().unwrap();
    command.wait().unwrap();
    let is_gone = || {
        let no_answer = std::net::TcpStream::connect(("127.0.0.1", port)).is_err();
        (no_answer && clusters_in(folder.path()) == 0).then_some(())
    };
    let gone = until(Duration::from_secs(20), is_gone);
    assert!(gone.is_some(), "the server or its folder is still there");
}

#[test]
fn the_commands_own_exit_code_comes_back() {
    let status = Command::new(env!("CARGO_BIN_EXE_with-postgres"))
        .args(["sh", "-c", "exit 3"])
        .status()
        .unwrap();
    assert_eq!(status.code(), Some(3));
}

fn port_of(url: &str) -> u16 {
    let after = url.rsplit(':').next().unwrap();
    after.split('/').next().unwrap().parse().unwrap()
}

/// A folder for temporary files, in which the user of the server may make its own.
fn open_to_all() -> tempfile::TempDir {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o777)).unwrap();
    folder
}

fn clusters_in(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).unwrap().flatten();
    entries
        .filter(|entry| entry.path().join("data").exists())
        .count()
}
