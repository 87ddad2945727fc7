//! From nothing to the demo's table, as `docker compose up` does it; and what is shown when it cannot.

use postern_compose_tests::commands::run;
use postern_compose_tests::project::Project;
use postern_tests::shared_ledger::SharedLedger;

/// Postbacks of one showing; the burst is one row.
const ROWS: usize = 8;

#[tokio::test(flavor = "multi_thread")]
async fn a_first_start_shows_every_row_and_a_second_keeps_what_is_there() {
    let project = Project::new();
    // As the README has it, but that it returns.
    project.runs(&["up", "--build", "-d"]);
    assert_shown(&project);
    let made = secrets(&project);
    let booked = Booked::read(&project.ledger().await).await;
    assert!(!booked.deliveries.is_empty(), "the demo booked nothing");

    // Without its volumes' removal, as after a reboot or an update.
    project.runs(&["down", "-t", "5"]);
    project.starts(&["envoy"]);
    project.becomes_healthy("envoy");
    let kept = Booked::read(&project.ledger().await).await;
    assert_eq!(kept, booked, "the ledger is another");
    project.starts(&["demo"]);
    assert_shown(&project);
    assert_eq!(secrets(&project), made, "secrets were made anew");
    // What the second demo sent came on top.
    let ledger = project.ledger().await;
    ledger.holds(&booked.deliveries).await;
    let now = Booked::read(&ledger).await;
    assert!(now.deliveries.len() > booked.deliveries.len(), "{now:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_demo_that_goes_wrong_says_why_and_fails() {
    let project = Project::up();
    let demo = ["run", "--rm", "-T", "--no-deps", "demo"];
    project.runs(&["stop", "backend-1"]);
    let gone = run(&mut project.compose(&demo));
    let told = String::from_utf8_lossy(&gone.stderr);
    assert!(
        !gone.status.success() && told.contains("the clicks were not imported"),
        "{told}"
    );

    project.runs(&["start", "backend-1"]);
    project.becomes_healthy("backend-1");
    let other_secret =
        "sed -i 's/your_secret_key/another_secret_key/' partners.toml && postern partners apply";
    project.in_config(other_secret);
    let wrong = run(&mut project.compose(&demo));
    let shown = String::from_utf8_lossy(&wrong.stdout);
    assert_eq!(wrong.status.code(), Some(1), "{shown}");
    assert!(
        shown.contains('✗') && shown.contains("unauthorized"),
        "{shown}"
    );
}

fn assert_shown(project: &Project) {
    let (code, shown) = project.ended("demo");
    assert_eq!(code, "0", "{shown}");
    assert_eq!(shown.matches('✓').count(), ROWS, "{shown}");
    assert!(!shown.contains('✗'), "{shown}");
    for word in [
        "accepted",
        "duplicate",
        "unauthorized",
        "forbidden",
        "flagged",
        "quarantined",
        "× 429",
    ] {
        assert!(shown.contains(word), "{word}: {shown}");
    }
}

/// What a ledger holds.
#[derive(Debug, PartialEq)]
struct Booked {
    deliveries: Vec<(String, String)>,
    conversions: i64,
    open_flags: i64,
    paid: (i64, i64),
}

impl Booked {
    async fn read(ledger: &SharedLedger) -> Booked {
        Booked {
            deliveries: ledger.deliveries().await,
            conversions: ledger.conversions().await,
            open_flags: ledger.open_flags().await,
            paid: ledger.paid().await,
        }
    }
}

/// All that a first start makes up.
fn secrets(project: &Project) -> Vec<String> {
    let files = [
        ("backend-1", "/etc/postern/database/url"),
        ("backend-1", "/etc/postern/partners/proof.tokens"),
        ("backend-1", "/etc/postern/partners/admin.tokens"),
        ("postgres", "/run/secrets/postgres/password"),
        ("envoy", "/etc/postern/tls/server.key"),
    ];
    files
        .map(|(service, path)| project.reads(service, path))
        .to_vec()
}
