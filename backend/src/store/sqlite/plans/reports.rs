//! How SQLite reads the click log for reports: in one index, in the order they group by.

use postern_protocol::id::PartnerId;

use super::super::tests::connect;
use super::plan_of;
use crate::report::period::{Day, Period};
use crate::store::statement::Statement;
use crate::store::{Dimension, FunnelQuery, SourceQuery, Store};
use crate::testing::{Folder, START};

/// Everything, a month as the console asks for it, and a day.
fn periods() -> [Period; 3] {
    let day = |text| Day::parse(text).ok();
    let from = |text| Period::of(day(text), day("2024-05-31")).unwrap();
    [Period::default(), from("2024-05-01"), from("2024-05-31")]
}

fn sources(period: Period, partner: Option<&PartnerId>) -> SourceQuery {
    SourceQuery {
        period,
        partner: partner.cloned(),
        by: vec![Dimension::Source],
        first: None,
        now: START,
    }
}

async fn plan(statement: Statement) -> Vec<String> {
    let folder = Folder::new();
    let _store = Store::open(&folder.url()).await.unwrap();
    let (query, _) = statement.into_parts();
    plan_of(&mut connect(&folder).await, &query).await
}

#[tokio::test]
async fn the_clicks_of_sources_are_neither_looked_up_nor_sorted() {
    let acme = PartnerId::parse("acme").unwrap();
    for period in periods() {
        let each = [Dimension::Partner, Dimension::Source].to_vec();
        let by_partner = SourceQuery {
            by: each,
            ..sources(period, None)
        };
        for asked in [
            sources(period, None),
            sources(period, Some(&acme)),
            by_partner,
        ] {
            let plan = plan(asked.clicks(None)).await;
            let [step] = plan.as_slice() else {
                panic!("{plan:#?}")
            };
            assert!(step.contains("COVERING INDEX clicks_by_source"), "{step}");
        }
    }
}

#[tokio::test]
async fn the_clicks_of_a_funnel_are_read_in_an_index() {
    for period in periods() {
        for by in Dimension::ALL {
            let asked = FunnelQuery {
                period,
                by: vec![by],
                ..FunnelQuery::default()
            };
            let plan = plan(asked.clicks()).await;
            let reads = plan.iter().filter(|step| step.contains(" k "));
            for step in reads {
                assert!(step.contains("COVERING INDEX"), "{by:?} {plan:#?}");
            }
        }
    }
}

/// By partner, as a funnel is asked for where nothing else is said.
#[tokio::test]
async fn the_clicks_of_partners_are_not_sorted() {
    for period in periods() {
        let asked = FunnelQuery {
            period,
            by: vec![Dimension::Partner],
            ..FunnelQuery::default()
        };
        for statement in [asked.clicks(), asked.undated_clicks()] {
            let plan = plan(statement).await;
            let [step] = plan.as_slice() else {
                panic!("{plan:#?}")
            };
            assert!(step.contains("COVERING INDEX clicks_by_partner"), "{step}");
        }
    }
}

/// What came of clicks is walked once; the clicks are looked up, not searched for.
#[tokio::test]
async fn what_sources_earned_is_found_by_click() {
    for period in periods() {
        let plan = plan(sources(period, None).outcomes(None)).await;
        let of_clicks: Vec<_> = plan.iter().filter(|step| step.contains(" k ")).collect();
        assert!(!of_clicks.is_empty(), "{plan:#?}");
        for step in of_clicks {
            assert!(
                step.ends_with(" USING PRIMARY KEY (clickid=?)"),
                "{plan:#?}"
            );
        }
    }
}
