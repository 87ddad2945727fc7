//! Partners as they are applied.

use std::path::Path;
use std::sync::Arc;

use postern_protocol::id::PartnerId;
use postern_protocol::time::UnixSeconds;
use serde_json::json;

use super::stand::Stand;
use crate::agreement::{Agreement, Rules, Terms};
use crate::partners::edge::discovery_response;
use crate::server::Admission;
use crate::testing::admission;

#[tokio::test]
async fn partners_are_shown_as_they_are_applied_now() {
    let stand = Stand::up().await;
    let shown = stand.gets("/admin/partners").await.json();
    assert_eq!(shown["items"][0]["id"], "acme");
    assert_eq!(shown["items"][1]["id"], "east");

    let terms = Terms::new(Rules::paying_nothing(UnixSeconds(1_767_225_600)));
    let version = terms.version().to_string();
    let west = Agreement {
        brand: Some("West".to_owned()),
        terms: vec![terms],
        ..Agreement::default()
    };
    let agreements = [(PartnerId::parse("west").unwrap(), west)];
    stand.admission.send_replace(Arc::new(Admission {
        agreements: agreements.into_iter().collect(),
        ..admission(&[])
    }));
    let shown = stand.gets("/admin/partners").await.json();
    let expected = json!({"items": [{
        "id": "west", "brand": "West", "amount_unit": "major", "attribution_days": 90, "edge": null,
        "terms": [{
            "version": version, "from": "2026-01-01T00:00:00Z", "words": "nothing is paid",
            "rules": {"from": 1_767_225_600, "hold_days": 0},
        }],
    }]});
    assert_eq!(shown, expected);
}

const SECRET: &str = "a-secret-that-nobody-may-ever-be-shown";

/// What `partners apply` writes for the edge of acme; east is not there yet.
fn applied_to_the_edge() -> String {
    let configuration = json!({
        "proof": "p".repeat(32), "max_body_bytes": 8192, "replicas": 1,
        "failure_throttle": {"per_minute": 60, "burst": 30},
        "partners": [{
            "id": "acme", "networks": ["192.0.2.0/24"], "rate_per_second": 50, "burst": 100,
            "clock_tolerance_seconds": null, "forms": ["params"],
            "secrets": [{"id": "k1", "secret": SECRET, "not_after": 1_767_225_600}],
        }],
    });
    discovery_response(&configuration.to_string(), Path::new("postern.wasm"))
}

#[tokio::test]
async fn how_the_edge_lets_partners_in_is_shown_without_secrets() {
    let stand = Stand::up().await;
    let edge = stand.rates.path().join("edge.json");
    std::fs::write(&edge, applied_to_the_edge()).unwrap();
    let shown = stand.gets("/admin/partners").await;
    assert!(!shown.text.contains(SECRET), "{}", shown.text);
    let shown = shown.json();
    assert_eq!(
        shown["items"][0]["edge"],
        json!({
            "networks": ["192.0.2.0/24"], "client_certificates": null,
            "rate_per_second": 50, "burst": 100,
            "forms": ["params"], "clock_tolerance_seconds": null,
            "keys": [{"id": "k1", "not_before": null, "not_after": "2026-01-01T00:00:00Z"}],
        })
    );
    assert_eq!(shown["items"][1]["edge"], json!(null));

    std::fs::write(&edge, "{").unwrap();
    let shown = stand.gets("/admin/partners").await.json();
    assert_eq!(
        shown["items"][0]["edge"],
        json!(null),
        "what is damaged is not shown"
    );
}
