//! From nothing to the demo's table, as `docker compose up` does it; and what is shown when it cannot.

use postern_compose_tests::commands::run;
use postern_compose_tests::project::Project;

/// Postbacks of one showing; the burst is one row.
const ROWS: usize = 8;

#[tokio::test(flavor = "multi_thread")]
async fn a_first_start_shows_every_row_and_a_second_keeps_what_is_there() {
    let project = Project::new();
    project.starts(&["demo"]);
    assert_shown(&project);
    let made = secrets(&project);

    // Without its volumes' removal, as after a reboot or an update.
    project.runs(&["down", "-t", "5"]);
    project.starts(&["demo"]);
    assert_shown(&project);
    assert_eq!(secrets(&project), made, "secrets were made anew");
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
