//! What an export holds, on every store.

use axum::body::Bytes;
use postern_protocol::id::PartnerId;
use postern_protocol::time::UnixSeconds;
use uuid::Uuid;

use crate::agreement::{Agreement, Agreements};
use crate::delivery::Delivery;
use crate::ledger::{Answer, Decision, FlagId, FlagReason};
use crate::report::period::{Day, Period};
use crate::report::sheet::{Cell, json_line};
use crate::store::place::{Kind, on_every_store};
use crate::store::{Click, EXPORT_PAGE_ROWS, ExportQuery, Exported, Store};
use crate::testing::{START, click, delivery};

use super::earnings::paid;
use super::{tell, with_click_log};

on_every_store! {
    an_export_walks_over_each_row_once,
    an_export_holds_what_was_booked,
    an_export_keeps_to_its_days_and_its_partner,
    answers_are_exported_with_who_gave_them,
    a_body_that_is_no_text_is_exported_as_it_came,
    the_days_of_an_export_may_lie_in_several_months,
}

async fn an_export_walks_over_each_row_once(kind: Kind) {
    let (_place, store) = kind.store().await;
    let clicks: Vec<Click> = (0..2 * EXPORT_PAGE_ROWS + 7)
        .map(|number| click(&format!("click-{number:05}"), None))
        .collect();
    store.import_clicks(&clicks).await.unwrap();
    let asked = export_of(Exported::Clicks);
    let mut sizes = Vec::new();
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let page = store.export(&asked, after.as_ref()).await.unwrap();
        sizes.push(page.rows.len());
        seen.extend(page.rows.into_iter().map(|row| row[0].clone()));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(sizes, [500, 500, 7]);
    let all: Vec<Cell> = clicks
        .into_iter()
        .map(|it| Cell::Outside(it.clickid))
        .collect();
    assert_eq!(seen, all);
}

const fn export_of(what: Exported) -> ExportQuery {
    ExportQuery {
        what,
        period: Period {
            from: None,
            to: None,
        },
        partner: None,
        is_test: None,
    }
}

/// The first page, a line a row.
async fn lines(store: &Store, asked: &ExportQuery) -> Vec<String> {
    let page = store.export(asked, None).await.unwrap();
    let names = asked.names();
    page.rows.iter().map(|row| json_line(&names, row)).collect()
}

async fn an_export_holds_what_was_booked(kind: Kind) {
    let (_place, store) = paid(kind).await;
    let clicks = lines(&store, &export_of(Exported::Clicks)).await;
    assert_eq!(
        clicks[0],
        r#"{"clickid":"a","partner":"acme","clicked_at":"2024-05-29T16:26:40Z","cost":"30.00","currency":"USD","geo":"DE","sub_id_1":"blog","sub_id_2":null}"#
    );
    let payouts = lines(&store, &export_of(Exported::Payouts)).await;
    let taken_back = r#""step":"clawed_back","amount":"-150.00","currency":"USD""#;
    assert!(
        payouts.iter().any(|it| it.contains(taken_back)),
        "{payouts:?}"
    );
    let conversions = lines(&store, &export_of(Exported::Conversions)).await;
    assert_eq!(conversions.len(), 4);
    let first = r#""event":"ftd","status":"approved","amount":"50.00""#;
    assert!(conversions[0].contains(first), "{conversions:?}");
    let deliveries = lines(&store, &export_of(Exported::Deliveries)).await;
    assert_eq!(deliveries.len(), 5);
    let raw = r#""query":"event=ftd&status=approved&amount=50"#;
    assert!(deliveries[0].contains(raw), "{deliveries:?}");
    assert!(
        lines(&store, &export_of(Exported::Decisions))
            .await
            .is_empty()
    );
}

async fn an_export_keeps_to_its_days_and_its_partner(kind: Kind) {
    let (_place, store) = paid(kind).await;
    let day = Some(Day::of(START));
    let first_day = |what| ExportQuery {
        period: Period { from: day, to: day },
        partner: PartnerId::parse("acme").ok(),
        ..export_of(what)
    };
    for (what, rows) in [
        (Exported::Deliveries, 2),
        (Exported::Conversions, 2),
        (Exported::Clicks, 2),
        (Exported::Decisions, 0),
    ] {
        let found = lines(&store, &first_day(what)).await;
        assert_eq!(found.len(), rows, "{what:?}: {found:?}");
        let of_nobody = ExportQuery {
            partner: PartnerId::parse("nobody").ok(),
            ..first_day(what)
        };
        assert!(lines(&store, &of_nobody).await.is_empty(), "{what:?}");
    }
}

async fn answers_are_exported_with_who_gave_them(kind: Kind) {
    let (_place, store) = kind.store().await;
    let story = [
        delivery(0, "lead approved clickid=late"),
        delivery(1, "lead approved clickid=nobody"),
    ];
    tell(&store, &[&story]).await;
    let acme = PartnerId::parse("acme").unwrap();
    let agreements: Agreements = [(acme, Agreement::default())].into_iter().collect();
    let flag = FlagId {
        delivery: story[1].id,
        reason: FlagReason::UnknownClick,
    };
    let decision = Decision::new(flag, Answer::Reject, "=Ada", "no such visitor").unwrap();
    let (id, now) = (Uuid::from_u128(7), UnixSeconds(START.0 + 60));
    store.review(&decision, &agreements, id, now).await.unwrap();
    store.import_clicks(&[click("late", None)]).await.unwrap();
    store.heal(&["late"], &agreements, now).await.unwrap();

    let [healed, rejected] = &lines(&store, &export_of(Exported::Decisions)).await[..] else {
        panic!("two answers");
    };
    let by_the_log =
        r#""outcome":"healed","decided_by":"click log","note":"the click has arrived""#;
    assert!(healed.contains(by_the_log), "{healed}");
    let told = format!(
        r#"{{"clickid":"nobody","conversion":"{0}","delivery":"{0}","reason":"unknown_click","id":"{id}","decided_at":"2024-05-29T16:27:40Z","outcome":"rejected","decided_by":"=Ada","note":"no such visitor","number":0}}"#,
        story[1].id
    );
    assert_eq!(*rejected, told);
    let rivals = ExportQuery {
        partner: PartnerId::parse("rival").ok(),
        ..export_of(Exported::Decisions)
    };
    assert!(lines(&store, &rivals).await.is_empty());
}

async fn a_body_that_is_no_text_is_exported_as_it_came(kind: Kind) {
    let (_place, store) = kind.store().await;
    with_click_log(&store).await;
    let with_body = |seconds, body: &'static [u8]| Delivery {
        body: Bytes::from_static(body),
        ..delivery(seconds, "lead approved")
    };
    let story = [
        with_body(0, b"\xff\x00\x01"),
        with_body(1, "ä=1".as_bytes()),
    ];
    tell(&store, &[&story]).await;
    let [bytes, text] = &lines(&store, &export_of(Exported::Deliveries)).await[..] else {
        panic!("two deliveries");
    };
    assert!(
        bytes.ends_with(r#""body":null,"body_base64":"/wAB","test":null}"#),
        "{bytes}"
    );
    assert!(
        text.ends_with(r#""body":"ä=1","body_base64":null,"test":null}"#),
        "{text}"
    );
}

async fn the_days_of_an_export_may_lie_in_several_months(kind: Kind) {
    const DAY: i64 = 86_400;
    let (_place, store) = kind.store().await;
    // From here on the months have a place of their own, where a store keeps them apart.
    store.prepare_months(Day::of(START)).await.unwrap();
    // The 29th of May, the last second of June, the first of July, a day of August.
    let end_of_june = 32 * DAY + 27_199;
    let seconds = [0, end_of_june, end_of_june + 1, 80 * DAY];
    let story = seconds.map(|it| delivery(it, "redeposit approved 5USD"));
    tell(&store, &[&story]).await;
    let between = |from: &str, to: &str| ExportQuery {
        period: Period {
            from: Day::parse(from).ok(),
            to: Day::parse(to).ok(),
        },
        ..export_of(Exported::Deliveries)
    };
    for (from, to, expected) in [
        ("2024-05-29", "2024-06-30", &story[..2]),
        ("2024-06-30", "2024-07-01", &story[1..3]),
        ("2024-07-01", "2024-12-31", &story[2..]),
        ("2024-06-01", "2024-06-29", &[]),
    ] {
        let page = store.export(&between(from, to), None).await.unwrap();
        let ids: Vec<Cell> = page.rows.into_iter().map(|row| row[0].clone()).collect();
        let word = |it: &Delivery| Cell::Word(it.id.to_string());
        let expected: Vec<Cell> = expected.iter().map(word).collect();
        assert_eq!(ids, expected, "{from} to {to}");
    }
}
