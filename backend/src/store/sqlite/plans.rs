//! How SQLite goes about what it is asked: by its indexes, however much is stored.

mod reports;

use postern_protocol::event::EventKind;
use postern_protocol::id::PartnerId;
use sqlx::Row;
use sqlx::sqlite::SqliteConnection;
use uuid::Uuid;

use super::tests::connect;
use crate::ledger::Verdict;
use crate::report::period::Period;
use crate::store::export::PAYOUTS_BY_CONVERSION;
use crate::store::review::{case, done};
use crate::store::search::CONTENTS_SQLITE;
use crate::store::statement::Statement;
use crate::store::{
    ConversionFilter, DeliveryFilter, DeliverySearch, ExportQuery, Exported, Slice, Span, Store,
    Used, activity, history, sandbox,
};
use crate::testing::{Folder, START};

#[tokio::test]
async fn the_lookups_walk_their_indexes() {
    let folder = Folder::new();
    let _store = Store::open(&folder.url()).await.unwrap();
    let mut connection = connect(&folder).await;
    let [of_clicks, _] = super::heal::QUERIES;
    let queries = super::load::QUERIES.into_iter().chain([of_clicks]);
    let queries = queries
        .chain(super::clicks::QUERIES)
        .chain(super::prune::QUERIES)
        .chain([done::LATEST])
        .chain(
            done::QUERIES
                .map(|(query, _)| query)
                .into_iter()
                .filter(|it| !it.contains("$3")),
        )
        .chain(super::read::QUERIES);
    let reads = history::QUERIES.into_iter().chain(sandbox::QUERIES);
    for query in queries.chain(reads) {
        let text = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {query}"));
        let explain = match query.contains("$2") {
            true => sqlx::query(text).bind("[]").bind("[]"),
            false => sqlx::query(text).bind("[]"),
        };
        let explained = explain.fetch_all(&mut connection).await.unwrap();
        let plan: Vec<String> = explained.iter().map(|row| row.get("detail")).collect();
        let walks_a_table = |step: &&String| step.starts_with("SCAN") && !step.contains("SCAN k");
        assert_eq!(plan.iter().find(walks_a_table), None, "{plan:?}");
    }
}

#[tokio::test]
async fn the_conversions_of_a_partner_are_listed_by_their_index() {
    let of_partner = ConversionFilter {
        partner: Some(PartnerId::parse("acme").unwrap()),
        ..ConversionFilter::default()
    };
    let expected = "SEARCH conversions USING INDEX conversions_by_partner (partner=?)";
    assert_eq!(plan_of_list(&of_partner, &["acme"]).await, [expected]);
}

#[tokio::test]
async fn the_conversions_of_a_click_are_found_by_it() {
    let of_click = ConversionFilter {
        clickid: Some("a".to_owned()),
        ..ConversionFilter::default()
    };
    let plan = plan_of_list(&of_click, &["a", "a"]).await;
    let searched = ["SEARCH conversions USING PRIMARY KEY", "SEARCH known USING"];
    for (step, expected) in plan.iter().filter(|it| it.starts_with("S")).zip(searched) {
        assert!(step.starts_with(expected), "{plan:?}");
    }
}

/// Each of a click's flags is looked at once, however many conversions the click has.
#[tokio::test]
async fn the_flags_beside_a_flag_are_told_by_ids() {
    let folder = Folder::new();
    let _store = Store::open(&folder.url()).await.unwrap();
    let plan = plan_of(&mut connect(&folder).await, case::OTHERS).await;
    let by_id = "SEARCH o USING PRIMARY KEY (id=?)";
    assert!(plan.iter().any(|step| step == by_id), "{plan:#?}");
}

/// How SQLite would go about a page of the list; `texts` are what its filter binds.
async fn plan_of_list(filter: &ConversionFilter, texts: &[&str]) -> Vec<String> {
    let folder = Folder::new();
    let _store = Store::open(&folder.url()).await.unwrap();
    let slice = Slice {
        after: None,
        limit: 10,
    };
    let (query, _) = filter.page(slice).into_parts();
    let text = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {query}"));
    let explain = texts
        .iter()
        .fold(sqlx::query(text), |it, text| it.bind(*text));
    let mut connection = connect(&folder).await;
    let plan = explain.bind(10).fetch_all(&mut connection).await.unwrap();
    plan.iter().map(|row| row.get("detail")).collect()
}

/// Every statement that a page of the console asks.
fn asked_by_the_console() -> Vec<Statement> {
    let acme = PartnerId::parse("acme").unwrap();
    let slice = |after| Slice { after, limit: 10 };
    let used = Used {
        from: START,
        until: START,
        up_to: 5,
    };
    let mut asked = vec![
        activity::minutes(START, 10),
        activity::last_heard(&[acme.clone(), acme.clone()], used),
    ];
    for partner in [None, Some(&acme)] {
        for (text, is_test) in [(None, None), (Some("x"), None), (None, Some(true))] {
            let search = DeliverySearch {
                partner: partner.cloned(),
                verdict: Some(Verdict::Invalid),
                event: Some(EventKind::Ftd),
                received: Span {
                    from: Some(START),
                    until: Some(START),
                },
                text: text.map(str::to_owned),
                is_test,
            };
            asked.push(search.among_newest(slice(Some(Uuid::nil()))));
            asked.push(search.end_of_look(slice(Some(Uuid::nil()))));
            asked.extend(search.first_of_contents(slice(None), CONTENTS_SQLITE));
        }
    }
    asked
}

/// Each question of the console walks an index, so that none reads the whole log.
#[tokio::test]
async fn what_the_console_asks_walks_indexes() {
    let folder = Folder::new();
    let _store = Store::open(&folder.url()).await.unwrap();
    let mut connection = connect(&folder).await;
    let asked = asked_by_the_console();
    assert_eq!(asked.len(), 2 + 6 * 2 + 2, "each is looked at");
    // What a statement itself has put together may be read through.
    let own = ["SCAN p", "SCAN newest", "SCAN few", "SCAN 2 CONSTANT ROWS"];
    for statement in asked {
        let (query, _) = statement.into_parts();
        let plan = plan_of(&mut connection, &query).await;
        let is_own = |step: &str| {
            own.contains(&step) || (step == "SCAN d" && query.contains(") AS d LEFT JOIN"))
        };
        let walks_a_table = |step: &&String| step.starts_with("SCAN") && !is_own(step);
        assert_eq!(plan.iter().find(walks_a_table), None, "{query}\n{plan:#?}");
    }
}

/// Neither the live deliveries of a partner nor its tests are found by walking past the others.
#[tokio::test]
async fn the_log_of_a_partner_keeps_tests_apart() {
    let folder = Folder::new();
    let _store = Store::open(&folder.url()).await.unwrap();
    let mut connection = connect(&folder).await;
    let acme = PartnerId::parse("acme").unwrap();
    let (live, tests) = ("deliveries_live", "deliveries_tests_by_partner");
    for (is_test, expected) in [
        (None, vec![live, tests]),
        (Some(false), vec![live]),
        (Some(true), vec![tests]),
    ] {
        for statement in of_the_log(&acme, is_test) {
            let plan = walks(&mut connection, statement, &expected).await;
            let sorts = |step: &&String| step.contains("TEMP B-TREE");
            assert_eq!(plan.iter().find(sorts), None, "{plan:#?}");
        }
    }
    let used = Used {
        from: START,
        until: START,
        up_to: 5,
    };
    walks(
        &mut connection,
        activity::last_heard(&[acme], used),
        &[live, live],
    )
    .await;
}

/// Each way to ask for a page of a partner's deliveries.
fn of_the_log(acme: &PartnerId, is_test: Option<bool>) -> [Statement; 3] {
    let slice = Slice {
        after: Some(Uuid::nil()),
        limit: 10,
    };
    let search = DeliverySearch {
        partner: Some(acme.clone()),
        is_test,
        ..DeliverySearch::default()
    };
    let filter = DeliveryFilter {
        partner: Some(acme.clone()),
        is_test,
        ..DeliveryFilter::default()
    };
    let exported = ExportQuery {
        what: Exported::Deliveries,
        period: Period::default(),
        partner: Some(acme.clone()),
        is_test,
    };
    [
        search.among_newest(slice),
        filter.page(slice),
        exported.page(None, PAYOUTS_BY_CONVERSION),
    ]
}

/// Asserts which indexes of deliveries a statement searches, in this order; gives its plan.
async fn walks(
    connection: &mut SqliteConnection,
    statement: Statement,
    expected: &[&str],
) -> Vec<String> {
    let (query, _) = statement.into_parts();
    let plan = plan_of(connection, &query).await;
    let steps = plan.iter().filter(|step| step.contains("deliveries_"));
    let indexes = steps.filter_map(|step| step.split("INDEX ").nth(1)?.split(' ').next());
    let indexes: Vec<&str> = indexes.collect();
    assert_eq!(indexes, expected, "{query}\n{plan:#?}");
    plan
}

async fn plan_of(connection: &mut SqliteConnection, query: &str) -> Vec<String> {
    let text = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {query}"));
    let explained = sqlx::query(text).fetch_all(connection).await.unwrap();
    explained.iter().map(|row| row.get("detail")).collect()
}

/// A page that is sorted would read all lines of money, page after page.
#[tokio::test]
async fn an_export_of_the_money_follows_the_order_it_is_kept_in() {
    let folder = Folder::new();
    let _store = Store::open(&folder.url()).await.unwrap();
    let asked = ExportQuery {
        what: Exported::Payouts,
        period: Period::default(),
        partner: None,
        is_test: None,
    };
    let (page, _) = asked.page(None, PAYOUTS_BY_CONVERSION).into_parts();
    let text = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {page}"));
    let explained = sqlx::query(text)
        .fetch_all(&mut connect(&folder).await)
        .await;
    let plan = explained.unwrap();
    let plan: Vec<String> = plan.iter().map(|row| row.get("detail")).collect();
    assert_eq!(plan, ["SCAN t"]);
}
