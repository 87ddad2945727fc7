//! Partners as they are applied.

use std::sync::Arc;

use postern_protocol::id::PartnerId;
use postern_protocol::time::UnixSeconds;
use serde_json::json;

use super::stand::Stand;
use crate::agreement::{Agreement, Rules, Terms};
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
        "id": "west", "brand": "West", "amount_unit": "major", "attribution_days": 90,
        "terms": [{
            "version": version, "from": "2026-01-01T00:00:00Z", "words": "nothing is paid",
            "rules": {"from": 1_767_225_600, "hold_days": 0},
        }],
    }]});
    assert_eq!(shown, expected);
}
