//! Who is asked for its health and how, who waits for whom, and what is shown while a part is away.

use std::collections::BTreeMap;

use postern_compose_tests::file;
use postern_compose_tests::project::Project;
use postern_tests::postback::registration;
use postern_tests::waiting::eventually;
use serde_json::{Value, json};

const HEALTHY: &str = "service_healthy";
const ENDED_WELL: &str = "service_completed_successfully";
/// Seconds between two looks, the most that one may take, and how many in a row fail before it is unhealthy.
type Pace = (u32, u32, u32);

/// What each service that stays is asked by its health check. All others end by themselves.
fn asked() -> BTreeMap<&'static str, (Value, Pace)> {
    let ready = json!(["CMD", "healthy", "8090", "/readyz"]);
    let wget = |url: &str| json!(["CMD", "wget", "-q", "-O", "/dev/null", url]);
    let postgres = "CMD pg_isready -q -h 127.0.0.1 -U postern -d postern";
    let postgres: Vec<&str> = postgres.split(' ').collect();
    BTreeMap::from([
        ("backend-1", (ready.clone(), (3, 3, 10))),
        ("backend-2", (ready, (3, 3, 10))),
        (
            "envoy",
            (json!(["CMD", "healthy", "9901", "/ready"]), (3, 3, 10)),
        ),
        (
            "grafana",
            (wget("http://127.0.0.1:3000/api/health"), (5, 5, 12)),
        ),
        ("postgres", (json!(postgres), (3, 3, 20))),
        (
            "prometheus",
            (wget("http://127.0.0.1:9090/-/ready"), (5, 5, 12)),
        ),
    ])
}

/// Whom each service waits for, and for what of it.
const WAITS: [(&str, &[(&str, &str)]); 10] = [
    (
        "backend-1",
        &[("first-start", ENDED_WELL), ("postgres", HEALTHY)],
    ),
    (
        "backend-2",
        &[("first-start", ENDED_WELL), ("postgres", HEALTHY)],
    ),
    ("demo", &[("envoy", HEALTHY)]),
    ("doctor", &[]),
    ("envoy", &[("backend-1", HEALTHY), ("backend-2", HEALTHY)]),
    ("first-start", &[]),
    (
        "grafana",
        &[("first-start", ENDED_WELL), ("prometheus", HEALTHY)],
    ),
    ("postern", &[("postgres", HEALTHY)]),
    ("postgres", &[("first-start", ENDED_WELL)]),
    ("prometheus", &[]),
];

#[tokio::test(flavor = "multi_thread")]
async fn who_stays_is_asked_for_its_health_and_who_needs_another_waits_for_it() {
    let project = Project::new();
    let services = file::services(&project);
    let stay = services
        .iter()
        .filter(|(_, it)| it["restart"] == "unless-stopped");
    let asked = asked();
    assert!(stay.map(|(name, _)| name).eq(asked.keys()), "who stays");
    for (name, service) in &services {
        let Some((test, (every, within, retries))) = asked.get(name.as_str()) else {
            assert!(service["healthcheck"].is_null(), "{name}: {service}");
            continue;
        };
        let check = &service["healthcheck"];
        assert_eq!(check["test"], *test, "{name}");
        assert_eq!(check["interval"], format!("{every}s"), "{name}");
        assert_eq!(check["timeout"], format!("{within}s"), "{name}");
        assert_eq!(check["retries"], *retries, "{name}");
    }
    let waits = services
        .iter()
        .map(|(name, service)| (name.as_str(), waits_for(service)));
    let expected = WAITS.map(|(name, all)| (name, all.to_vec()));
    assert_eq!(
        waits.collect::<Vec<_>>(),
        expected.map(|(name, all)| (name, all.into_iter().map(named).collect()))
    );
}

fn named((service, condition): (&str, &str)) -> (String, String) {
    (service.to_owned(), condition.to_owned())
}

/// Whom a service waits for, and for what of it.
fn waits_for(service: &Value) -> Vec<(String, String)> {
    let all = service["depends_on"]
        .as_object()
        .cloned()
        .unwrap_or_default();
    let one = |(name, how): (String, Value)| {
        let condition = how["condition"].as_str().expect("a condition").to_owned();
        (name, condition)
    };
    let mut all: Vec<(String, String)> = all.into_iter().map(one).collect();
    all.sort();
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backend_without_its_database_is_shown_as_unhealthy_until_it_is_back() {
    let project = Project::up();
    let certificate = project.certificate();
    project.runs(&["stop", "postgres"]);
    for backend in ["backend-1", "backend-2"] {
        project.becomes_unhealthy(backend);
    }
    let refused = project.sends(&certificate, &registration("click-1")).await;
    refused.refused(503, "unavailable");
    project.runs(&["start", "postgres"]);
    for service in ["postgres", "backend-1", "backend-2"] {
        project.becomes_healthy(service);
    }
    eventually("a postback is taken again", async || {
        let answer = project.sends(&certificate, &registration("click-1")).await;
        (answer.status == 200).then_some(())
    })
    .await;
    // It was waited for, not begun anew.
    for backend in ["backend-1", "backend-2"] {
        assert_eq!(
            project.inspects(backend, "{{.RestartCount}}"),
            "0",
            "{backend}"
        );
    }
}
