//! The review queue, as somebody narrows it and goes through it.

use super::browser::Browser;
use super::review::books;
use crate::admin::Role;
use crate::admin::tests::stand::Stand;
use crate::delivery::Delivery;
use crate::testing::{delivery, delivery_of};

#[tokio::test]
async fn the_queue_counts_and_filters_by_reason_partner_age_and_amount() {
    let stand = Stand::up().await;
    for delivery in [
        delivery(-7_200, "lead approved clickid=old"),
        delivery(-60, "ftd approved 250USD clickid=large"),
        delivery_of("east", -30, "ftd approved 20USD clickid=small"),
        delivery(-20, "ftd approved 20USD transaction_id=A"),
        delivery(-10, "ftd approved 30USD transaction_id=B"),
    ] {
        books(&stand, delivery).await;
    }
    let mut person = Browser::of(&stand, Role::Viewer).await;
    let all = person.gets("/console/review").await.text;
    assert!(all.contains("<strong>4</strong> all reasons"), "{all}");
    assert!(all.contains("<strong>3</strong> unknown_click"), "{all}");
    assert!(all.contains("<strong>1</strong> double_ftd"), "{all}");
    for (query, there, gone) in [
        (
            "reason=double_ftd&partner=&min=&currency=",
            "known",
            "large",
        ),
        ("partner=east", "small", "large"),
        ("older=1h", "old", "small"),
        ("min=100&currency=USD", "large", "small"),
        ("order=amount", "large", "nobody"),
    ] {
        let page = person.gets(&format!("/console/review?{query}")).await.text;
        let title = |clickid: &str| format!("title=\"{clickid}\"");
        assert!(page.contains(&title(there)), "{query}: {page}");
        assert!(!page.contains(&title(gone)), "{query}: {page}");
    }
    assert_eq!(person.gets("/console/review?min=5").await.status, 400);
    assert_eq!(person.gets("/console/review?colour=red").await.status, 400);
}

#[tokio::test]
async fn a_walk_through_the_queue_sees_each_flag_once() {
    let stand = Stand::up().await;
    let flags: Vec<Delivery> = (0..120)
        .map(|n| delivery(n - 500, &format!("lead approved clickid=c{n}")))
        .collect();
    stand.store.book(&flags).await.unwrap();
    let mut person = Browser::of(&stand, Role::Viewer).await;
    let met = person.walks("/console/review?partner=acme").await;
    let expected: Vec<String> = flags.iter().map(|it| it.clickid.clone()).collect();
    assert_eq!(met, expected);
}
