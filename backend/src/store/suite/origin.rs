//! Where a conversion's click came from: it keeps what the click log says, whenever that is said.

use super::reports::{by, in_words, sourced};
use super::tell;
use crate::ledger::{Answer, Decision, FlagId, FlagReason};
use crate::store::place::{Kind, on_every_store};
use crate::store::{Click, Dimension};
use crate::testing::{START, admission, click, delivery};

on_every_store! {
    a_conversion_follows_what_the_log_says_of_its_click,
    a_conversion_that_a_person_opens_has_its_clicks_source,
}

/// What the log says of the click, line after line, and what then begins the rows that have anything.
fn lines_of_a() -> [(Click, &'static str, &'static [&'static str]); 5] {
    let bare = click("a", Some("acme"));
    let top = Click {
        sub_id_2: Some("top".to_owned()),
        ..bare.clone()
    };
    let blog = sourced("a", "acme", [Some("blog"), None], 0);
    let site = sourced("a", "acme", [Some("site"), Some("end")], 0);
    [
        (
            bare.clone(),
            "nothing",
            &["– – –: 1 0 0 0 1", "event y FR: 0 0 0 0 1"],
        ),
        (
            top,
            "one sub id",
            &["– top –: 1 0 0 0 1", "– top FR: 0 0 0 0 1"],
        ),
        (blog, "more", &["blog top DE: 1 0 0 0 2"]),
        (site, "something else", &["site end DE: 1 0 0 0 2"]),
        (bare, "nothing again", &["site end DE: 1 0 0 0 2"]),
    ]
}

async fn a_conversion_follows_what_the_log_says_of_its_click(kind: Kind) {
    let (_place, store) = kind.store().await;
    let story = [
        delivery(
            60,
            "ftd approved 50USD clickid=a sub_id_1=event sub_id_2=y geo=FR",
        ),
        delivery(61, "redeposit approved 5USD clickid=a transaction_id=R"),
        delivery(62, "lead approved clickid=ab sub_id_1=event geo=FR"),
    ];
    tell(&store, &[&story]).await;
    let by = by(&[Dimension::Source, Dimension::Geo]);
    let of_another = "event – FR: 0 0 0 0 1 0 []";
    let before = [
        "– – –: 0 0 0 0 1 0 []",
        of_another,
        "event y FR: 0 0 0 0 1 0 []",
    ];
    assert_eq!(in_words(&store, &by).await, before);
    for (line, said, expected) in lines_of_a() {
        store.import_clicks(&[line]).await.unwrap();
        let mut rows = in_words(&store, &by).await;
        rows.retain(|row| row != of_another);
        let begins = rows
            .iter()
            .zip(expected)
            .all(|(row, it)| row.starts_with(it));
        assert!(begins && rows.len() == expected.len(), "{said}: {rows:#?}");
    }
}

/// What a double first deposit is booked as, once somebody says that it is another deposit.
async fn a_conversion_that_a_person_opens_has_its_clicks_source(kind: Kind) {
    let (_place, store) = kind.store().await;
    let clicks = [sourced("a", "acme", [Some("blog"), Some("top")], 0)];
    store.import_clicks(&clicks).await.unwrap();
    let double = delivery(
        61,
        "ftd approved 20USD clickid=a sub_id_1=x transaction_id=B",
    );
    let story = [
        delivery(60, "ftd approved 50USD clickid=a transaction_id=A"),
        double.clone(),
    ];
    tell(&store, &[&story]).await;
    let flag = FlagId {
        delivery: double.id,
        reason: FlagReason::DoubleFtd,
    };
    let decision = Decision::new(flag, Answer::Approve, "Ada", "a second deposit").unwrap();
    let agreements = admission(&["acme"]).agreements;
    let id = uuid::Uuid::now_v7();
    store
        .review(&decision, &agreements, id, START)
        .await
        .unwrap();
    assert_eq!(
        in_words(&store, &by(&[Dimension::Source])).await,
        ["blog top: 1 0 1 0 0 0 [70.00 USD]"]
    );
}
