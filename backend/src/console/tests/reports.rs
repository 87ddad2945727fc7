//! Reports of more rows than a page shows.

use std::collections::BTreeSet;

use super::browser::Browser;
use super::review::paid;
use crate::admin::Role;
use crate::admin::tests::stand::Stand;
use crate::delivery::Delivery;
use crate::ledger::stories::money;
use crate::store::Click;
use crate::testing::{click, delivery};

#[tokio::test]
async fn a_page_shows_the_first_rows_and_says_so_and_the_csv_has_all() {
    let stand = Stand::up().await;
    let of_source = |number: u32| Click {
        sub_id_1: Some(format!("source-{number}")),
        ..click(&format!("c-{number}"), Some("acme"))
    };
    let clicks: Vec<Click> = (0..501).map(of_source).collect();
    stand.store.import_clicks(&clicks[..400]).await.unwrap();
    let mut viewer = Browser::of(&stand, Role::Viewer).await;
    for report in ["funnel", "sources"] {
        let path = format!("/console/reports/{report}?span=all&by=source");
        let page = viewer.gets(&path).await.text;
        assert!(!page.contains("rows are shown"), "{report}");
    }
    stand.store.import_clicks(&clicks).await.unwrap();
    for report in ["funnel", "sources"] {
        let asked = "?span=all&by=source";
        let page = viewer
            .gets(&format!("/console/reports/{report}{asked}"))
            .await;
        // The click that every stand begins with has no source, which is a row too.
        let said = "The first 500 rows are shown";
        assert!(page.text.contains(said), "{report}");
        assert_eq!(page.text.matches("<tr data-row").count(), 500, "{report}");
        let csv = viewer
            .gets(&format!("/console/reports/{report}.csv{asked}"))
            .await;
        assert_eq!(csv.text.matches("source-").count(), 501, "{report}");
    }
}

/// More lines than are read at once, of a click whose id a spreadsheet would run.
#[tokio::test]
async fn the_csv_of_lines_has_each_line_once_however_many_there_are() {
    let stand = paid().await;
    let id = |number: u32| format!("=c-{number}");
    let clicks: Vec<Click> = (0..1_010).map(|it| click(&id(it), Some("acme"))).collect();
    stand.store.import_clicks(&clicks).await.unwrap();
    let deposit = |number: u32| Delivery {
        agreement: money::agreement(),
        ..delivery(0, &format!("ftd approved 50USD clickid={}", id(number)))
    };
    let deposits: Vec<Delivery> = (0..1_010).map(deposit).collect();
    stand.store.book(&deposits).await.unwrap();
    let mut viewer = Browser::of(&stand, Role::Viewer).await;
    let asked = "/console/reports/payouts/lines.csv?partner=acme&currency=USD";
    let csv = viewer.gets(asked).await.text;
    let lines: Vec<&str> = csv.lines().skip(1).collect();
    let page = viewer.gets(&asked.replace(".csv", "")).await.text;
    let sum = page.split("<dt>Lines</dt><dd>").nth(1).expect("a sum");
    let sum = sum.split('<').next().unwrap().replace(',', "");
    assert_eq!(lines.len().to_string(), sum);
    assert!(
        lines.len() > 1_010,
        "a share of each, and what a cap leaves of CPA"
    );
    assert_eq!(BTreeSet::from_iter(&lines).len(), lines.len());
    assert!(lines.iter().all(|line| line.contains(",'=c-")), "{csv}");
    let nobody = viewer.gets(&asked.replace("acme", "nobody")).await.text;
    assert_eq!(nobody.lines().count(), 1, "the head alone");
    let wrong = viewer.gets("/console/reports/payouts/lines.csv").await;
    assert_eq!(wrong.status, 400);
}
