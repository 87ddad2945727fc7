//! `docker compose run --rm doctor`: from a container of its own it sees every part.

use postern_compose_tests::commands::run;
use postern_compose_tests::project::Project;
use tokio::task::block_in_place;

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_sees_every_part_and_says_which_one_is_away() {
    let project = Project::up();
    let (sound, said) = doctor(&project);
    assert!(sound, "{said}");
    for good in [
        "it answers and is migrated",
        "http://backend-1:8090 is ready",
        "https://envoy:8443/v1/event refuses what is not signed",
        "Envoy runs",
        "the first one ends in",
    ] {
        assert!(said.contains(good), "{good}: {said}");
    }

    project.runs(&["stop", "backend-1"]);
    let (sound, said) = doctor(&project);
    assert!(!sound && said.contains("backend-1:8090"), "{said}");
    project.runs(&["start", "backend-1"]);
    project.becomes_healthy("backend-1");
    let (sound, said) = doctor(&project);
    assert!(sound, "{said}");
}

/// Whether it is content, and all it says.
fn doctor(project: &Project) -> (bool, String) {
    let examine = ["run", "--rm", "-T", "--no-deps", "doctor"];
    let told = block_in_place(|| run(&mut project.compose(&examine)));
    let said = String::from_utf8_lossy(&told.stdout).into_owned();
    (
        told.status.success(),
        said + &String::from_utf8_lossy(&told.stderr),
    )
}
