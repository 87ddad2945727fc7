//! Two backends on one PostgreSQL: whatever is killed under load, the sender's own list is what the
//! ledger holds, each fact booked and paid once.

use postern_test_postgres::Server;
use postern_tests::MANY_FAILURES;
use postern_tests::gate::Gate;
use postern_tests::load::{Load, Seen};
use postern_tests::partner::{Partner, partners_toml};
use postern_tests::shared_ledger::SharedLedger;
use tokio::task::block_in_place;

const SENDERS: usize = 16;
/// What a registration earns, in cents.
const CPA: i64 = 300;

/// A gate with two backends on this server. Each registration earns the same.
async fn gate_on(server: &Server) -> Gate {
    let terms = "terms = [{ from = 2020-01-01, cpa = { registration = \"3.00 USD\" } }]";
    let partners = partners_toml(MANY_FAILURES, &[Partner::of_the_page().line(terms)]);
    let url = server.url();
    Gate::of(|stand| {
        stand
            .partners(partners)
            .backends(2)
            .backend_env("POSTERN_DATABASE", url)
    })
    .await
}

fn start_server() -> Server {
    block_in_place(Server::start).unwrap_or_else(|error| panic!("{error}"))
}

/// Each request had an answer; one that was no 200 said to come again.
fn assert_told_to_come_again(seen: &Seen) {
    assert!(seen.broken.is_empty(), "Envoy stands: {:?}", seen.broken);
    for answer in &seen.refused {
        answer.refused(503, "unavailable");
        assert!(answer.header("retry-after").is_some(), "{answer:?}");
    }
}

/// The click log catches up with all that was sent.
fn imports_clicks_of(gate: &Gate, loads: &[&Seen]) {
    let sent = loads.iter().flat_map(|seen| &seen.acknowledged);
    let mut csv = "clickid\n".to_owned();
    for (clickid, _) in sent {
        csv.push_str(clickid);
        csv.push('\n');
    }
    let folder = gate.folder();
    let path = folder.join("late.csv");
    std::fs::write(&path, csv).expect("the stand's folder can be written");
    gate.runs(&["clicks", "import", &path.to_string_lossy()]);
}

/// What was refused or cut off is sent again, as a partner does; then all is there, once, and paid.
async fn assert_reconciled(gate: &Gate, server: &Server, seen: Seen) {
    assert_told_to_come_again(&seen);
    let again = Load::start(gate.http_addr(), SENDERS, "load");
    again.acknowledges(seen.acknowledged.len()).await;
    let again = again.stop().await;
    assert_told_to_come_again(&again);

    let ledger = SharedLedger::open(&server.url()).await;
    ledger.holds(&seen.acknowledged).await;
    ledger.holds(&again.acknowledged).await;
    let booked = ledger.conversions().await;
    assert_eq!(booked, ledger.converted_clicks().await, "booked twice");

    assert_eq!(
        ledger.paid().await,
        (0, 0),
        "their clicks are not known yet"
    );
    imports_clicks_of(gate, &[&seen, &again]);
    let paid = booked - ledger.open_flags().await;
    assert!(paid >= i64::try_from(seen.acknowledged.len()).expect("a small load"));
    assert_eq!(ledger.paid().await, (paid, paid * CPA));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_two_backends_killed_under_load_loses_nothing_and_books_nothing_twice() {
    let server = start_server();
    let gate = gate_on(&server).await;
    let load = Load::start(gate.http_addr(), SENDERS, "load");
    for _ in 0..3 {
        load.acknowledges(200).await;
        gate.kills_backend();
        gate.restarts_backend();
    }
    load.acknowledges(200).await;
    let seen = load.stop().await;
    assert_reconciled(&gate, &server, seen).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_postgres_killed_under_load_loses_nothing_and_is_found_again() {
    let mut server = start_server();
    let gate = gate_on(&server).await;
    let load = Load::start(gate.http_addr(), SENDERS, "load");
    for _ in 0..2 {
        load.acknowledges(200).await;
        block_in_place(|| server.kill());
        block_in_place(|| server.restart()).unwrap_or_else(|error| panic!("{error}"));
    }
    load.acknowledges(200).await;
    let seen = load.stop().await;
    assert!(!seen.refused.is_empty(), "nobody noticed that it was away");
    assert_reconciled(&gate, &server, seen).await;
}
