//! Old deliveries are counted, and let go.

use serde_json::json;

use super::stand::Stand;
use crate::store::place::{Kind, on_every_store};
use crate::testing::delivery;

on_every_store! {
    old_deliveries_are_counted_and_then_removed,
}

/// The stand's clock says May 29, 2024.
const THIS_MONTH: &str = "2024-05-01";

/// So many seconds before, it was April.
const A_MONTH: i64 = 30 * 86_400;

async fn old_deliveries_are_counted_and_then_removed(kind: Kind) {
    let stand = Stand::up_on(kind).await;
    let ftd = delivery(-A_MONTH, "ftd approved 50.00USD");
    let path = format!("/admin/deliveries/{}", ftd.id);
    stand.store.book(std::slice::from_ref(&ftd)).await.unwrap();

    let before = stand
        .gets("/admin/retention?before=2024-04-01")
        .await
        .json();
    assert_eq!(before["deliveries"], 0, "{before}");
    let counted = stand
        .gets(&format!("/admin/retention?before={THIS_MONTH}"))
        .await;
    let counted = counted.json();
    assert_eq!(
        (&counted["removed"], &counted["deliveries"]),
        (&json!(false), &json!(1))
    );
    let dry = json!({"before": THIS_MONTH, "dry_run": true});
    assert_eq!(stand.posts("/admin/retention", &dry).await.json(), counted);
    assert_eq!(
        stand.gets(&path).await.status,
        200,
        "nothing is removed yet"
    );

    let said = json!({"before": THIS_MONTH});
    let removed = stand.posts("/admin/retention", &said).await.json();
    assert_eq!(
        (&removed["removed"], &removed["deliveries"]),
        (&json!(true), &json!(1))
    );
    assert_eq!(removed["parts"], counted["parts"]);
    stand.gets(&path).await.is_problem(404, "not-found");
    let conversion = stand.gets(&format!("/admin/conversions/{}", ftd.id)).await;
    assert_eq!(
        conversion.json()["status"],
        "approved",
        "what it meant stays"
    );
}

#[tokio::test]
async fn nothing_is_removed_without_a_day() {
    let stand = Stand::up().await;
    for query in ["", "?before=soon", "?before=2024-05-30"] {
        let reply = stand.gets(&format!("/admin/retention{query}")).await;
        let problem = reply.is_problem(400, "invalid");
        assert_eq!(problem["errors"][0]["field"], "before");
    }
    for (body, field) in [
        (json!({}), "body"),
        (json!({"before": "soon"}), "before"),
        (json!({"before": "2024-05-30"}), "before"),
        (json!({"before": THIS_MONTH, "dryrun": true}), "body"),
    ] {
        let problem = stand.posts("/admin/retention", &body).await;
        let problem = problem.is_problem(400, "invalid");
        assert_eq!(problem["errors"][0]["field"], field, "{body}");
    }
}
