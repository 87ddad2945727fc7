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
    let prometheus = SocketAddr::new(project.address("prometheus"), 9090);
    let mut last = String::new();
    let all_up = block_in_place(|| {
        until(LOOKED_WITHIN, || {
            last = get(prometheus, "/api/v1/query?query=up")?.1;
            let value: serde_json::Value = serde_json::from_str(&last).ok()?;
            let found = value["data"]["result"].as_array()?;
            let up = found.iter().filter(|one| one["value"][1] == "1").count();
            (found.len() == TARGETS && up == TARGETS).then_some(())
        })
    });
    assert!(all_up.is_some(), "{last}");
    let envoy = SocketAddr::new(project.address("envoy"), 9902);
    let other = get(envoy, "/config_dump").expect("it answers");
    assert_eq!(
        other.0, 404,
        "of the admin page only the metrics: {}",
        other.1
    );
}
