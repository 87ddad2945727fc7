//! `docker compose run --rm doctor`: from a container of its own it sees every part.

use postern_compose_tests::project::Project;

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_sees_every_part_and_says_which_one_is_away() {
    let project = Project::up();
    let (sound, said) = project.doctor();
    assert!(sound, "{said}");
    for good in [
        "it answers and is migrated",
        "http://backend-1:8090 is ready",
        "http://backend-1:8090 takes the gate's token",
        "http://backend-2:8090 is ready",
        "http://backend-2:8090 takes the gate's token",
        "https://envoy:8443/v1/event refuses what is not signed",
        "Envoy runs",
        "the first one ends in",
    ] {
        assert!(said.contains(good), "{good}: {said}");
    }

    for away in ["backend-1", "backend-2"] {
        project.runs(&["stop", away]);
        let (sound, said) = project.doctor();
        let told = format!("http://{away}:8090 does not answer");
        assert!(!sound && said.contains(&told), "{said}");
        project.runs(&["start", away]);
        project.becomes_healthy(away);
    }
    let (sound, said) = project.doctor();
    assert!(sound, "{said}");
}
