//! What an export holds, on every store.

use postern_protocol::id::PartnerId;

use crate::report::period::{Day, Period};
use crate::report::sheet::{Cell, json_line};
use crate::store::place::{Kind, on_every_store};
use crate::store::{Click, EXPORT_PAGE_ROWS, ExportQuery, Exported, Store};
use crate::testing::{START, click};

use super::earnings::paid;

on_every_store! {
    an_export_walks_over_each_row_once,
    an_export_holds_what_was_booked,
    an_export_keeps_to_its_days_and_its_partner,
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
