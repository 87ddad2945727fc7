//! Parts that break under load, one after another. The sender's own list is what the ledger holds.

use postern_compose_tests::project::Project;
use postern_compose_tests::reconciled::{SOME, assert_reconciled, load};
use postern_tests::load::Load;

/// The largest share of tries that may see an error where the other part takes over.
const FEW: f64 = 0.02;
/// And where there is no other: while it is away, whoever asks is refused or finds nobody.
const MOST: f64 = 0.6;

/// Waits until enough is acknowledged afterwards that the share says how long a part was away, rather
/// than how fast the machine refuses connections meanwhile.
async fn goes_on(load: &Load) {
    for _ in 0..5 {
        load.acknowledges(SOME).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backend_killed_under_load_costs_next_to_nothing_and_comes_back_by_itself() {
    let project = Project::up();
    let load = load(&project, "load");
    load.acknowledges(SOME).await;
    project.kills("backend-1");
    load.acknowledges(SOME).await;
    project.becomes_healthy("backend-1");
    load.acknowledges(SOME).await;
    assert_eq!(project.inspects("backend-1", "{{.RestartCount}}"), "1");
    assert_reconciled(&project, "a backend killed", load.stop().await, FEW).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_postgres_stopped_and_started_under_load_is_found_again() {
    let project = Project::up();
    let load = load(&project, "load");
    load.acknowledges(SOME).await;
    project.runs(&["stop", "postgres"]);
    project.runs(&["start", "postgres"]);
    project.becomes_healthy("postgres");
    goes_on(&load).await;
    let seen = load.stop().await;
    assert!(!seen.refused.is_empty(), "nobody noticed that it was away");
    // For as long as it is away nothing can be kept, so whoever asks is refused.
    assert_reconciled(&project, "PostgreSQL stopped and started", seen, MOST).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_postgres_killed_under_load_still_has_all_that_was_acknowledged() {
    let project = Project::up();
    let load = load(&project, "load");
    load.acknowledges(SOME).await;
    project.kills("postgres");
    goes_on(&load).await;
    let seen = load.stop().await;
    assert_eq!(project.inspects("postgres", "{{.RestartCount}}"), "1");
    assert_reconciled(&project, "PostgreSQL killed", seen, MOST).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_envoy_restarted_under_load_loses_nothing() {
    let project = Project::up();
    let load = load(&project, "load");
    load.acknowledges(SOME).await;
    project.runs(&["restart", "envoy"]);
    project.becomes_healthy("envoy");
    goes_on(&load).await;
    let seen = load.stop().await;
    assert!(
        seen.broken.len() + seen.unreachable > 0,
        "nobody noticed that it was away"
    );
    // There is one Envoy: while it is away, nobody is there.
    assert_reconciled(&project, "Envoy restarted", seen, MOST).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn both_backends_restarted_in_turn_under_load_cost_next_to_nothing() {
    let project = Project::up();
    let load = load(&project, "load");
    for service in ["backend-1", "backend-2"] {
        load.acknowledges(SOME).await;
        project.runs(&["restart", service]);
        project.becomes_healthy(service);
    }
    load.acknowledges(SOME).await;
    assert_reconciled(&project, "a rolling restart", load.stop().await, FEW).await;
}
