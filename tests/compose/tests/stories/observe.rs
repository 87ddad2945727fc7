//! Prometheus beside it, as the profile `observe` has it: it finds each part.

use std::net::SocketAddr;
use std::time::Duration;

use postern_compose_tests::project::Project;
use postern_stand::{get, until};
use tokio::task::block_in_place;

/// Two backends and one Envoy.
const TARGETS: usize = 3;
/// Longer than Prometheus waits between two looks.
const LOOKED_WITHIN: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread")]
async fn prometheus_reads_both_backends_and_the_gate() {
    let project = Project::up();
    project.starts(&["prometheus"]);
    project.becomes_healthy("prometheus");
    let prometheus = SocketAddr::new(project.address("prometheus"), 9090);
    comes(prometheus, "query?query=up", |found| {
        let found = found["result"].as_array()?;
        let up = found.iter().filter(|one| one["value"][1] == "1").count();
        (found.len() == TARGETS && up == TARGETS).then_some(())
    });
    // Both parts say which version runs, each in its own way, and the rules compare them.
    comes(prometheus, "query?query=postern_build_info", |found| {
        (found["result"].as_array()?.len() == 2).then_some(())
    });
    comes(prometheus, "query?query=postern_gate_build_info", |found| {
        (found["result"].as_array()?.len() == 1).then_some(())
    });
    comes(prometheus, "rules?type=alert", |found| {
        let groups = found["groups"].as_array()?;
        let rules = groups.iter().filter_map(|group| group["rules"].as_array());
        let mut rules = rules.flatten().peekable();
        rules.peek()?;
        rules.all(|rule| rule["health"] == "ok").then_some(())
    });
    let envoy = SocketAddr::new(project.address("envoy"), 9902);
    for secret in ["/config_dump", "/", "/stats/recentlookups", "/quitquitquit"] {
        let (status, said) = get(envoy, secret).expect("it answers");
        assert_eq!(status, 404, "{secret}: {said}");
    }
}

/// Asks Prometheus until it has seen what is wanted.
fn comes(prometheus: SocketAddr, what: &str, wanted: impl Fn(&serde_json::Value) -> Option<()>) {
    let mut last = String::new();
    let came = block_in_place(|| {
        until(LOOKED_WITHIN, || {
            last = get(prometheus, &format!("/api/v1/{what}"))?.1;
            let value: serde_json::Value = serde_json::from_str(&last).ok()?;
            wanted(&value["data"])
        })
    });
    assert!(came.is_some(), "{what}: {last}");
}
