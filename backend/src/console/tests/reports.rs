//! Reports of more rows than a page shows.

use super::browser::Browser;
use crate::admin::Role;
use crate::admin::tests::stand::Stand;
use crate::store::Click;
use crate::testing::click;

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
        let said = "The first 500 of 502 rows are shown";
        assert!(page.text.contains(said), "{report}");
        assert_eq!(page.text.matches("<tr data-row").count(), 500, "{report}");
        let csv = viewer
            .gets(&format!("/console/reports/{report}.csv{asked}"))
            .await;
        assert_eq!(csv.text.matches("source-").count(), 501, "{report}");
    }
}
