//! Conversions of the schema before they kept where their click came from.

use super::{OF_0004, bring_to, old_file};
use crate::store::{Dimension, FunnelQuery, Store};

/// The last schema in which a report looked it up.
const LOOKED_UP: i64 = 12;

/// What the log said of two clicks that have conversions, and of one that has none.
const SAID: &str = "
    UPDATE clicks SET sub_id_1 = 'blog', sub_id_2 = clickid, geo = 'AT' WHERE clickid IN ('a', 'b')";

#[tokio::test]
async fn the_conversions_of_an_old_file_have_the_sources_of_their_clicks() {
    let folder = old_file(OF_0004).await;
    bring_to(&folder, LOOKED_UP).await;
    folder.run(SAID).await;
    let store = Store::open(&folder.url()).await.unwrap();
    let asked = FunnelQuery {
        by: vec![Dimension::Source, Dimension::Geo],
        ..FunnelQuery::default()
    };
    let counted = store.funnel(&asked).await.unwrap().conversions;
    let of_click = |click: &str| {
        let of_click = counted
            .iter()
            .filter(|it| it.key.get("sub_id_2") == Some(click));
        of_click
            .map(|it| {
                assert_eq!(it.key.get("sub_id_1"), Some("blog"));
                assert_eq!(it.key.get("geo"), Some("AT"));
                it.count
            })
            .sum::<u64>()
    };
    assert_eq!((of_click("a"), of_click("b"), of_click("late")), (3, 1, 0));
}
