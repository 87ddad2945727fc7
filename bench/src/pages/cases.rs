//! Every page, with the filters and searches a person would use, and the worst that could be asked of each. Ids and
//! places are taken from the pages themselves, by the links a person would follow.

use postern::report::period::Day;
use postern_protocol::time::UnixSeconds;

use super::console::Console;
use super::partners::{BUSY, QUIET, SMALL, TRYOUT};
use super::story::{DAY, MANY, SPAN};

/// How an answer ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ends {
    Itself,
    /// A feed goes on for ever.
    AtFirstEvent,
}

/// One question.
pub(super) struct Case {
    pub(super) area: &'static str,
    pub(super) what: &'static str,
    pub(super) path: String,
    pub(super) ends: Ends,
}

const DELIVERIES: &str = "/console/deliveries";
const REVIEW: &str = "/console/review";
const AUDIT: &str = "/console/audit";
const PARTNERS: &str = "/console/partners";
const REPORTS: &str = "/console/reports";
/// What a page could choke on, percent-encoded: quotes, wildcards, a NUL, right-to-left marks.
const HOSTILE: &str = "%27%20OR%201%3D1%20--%20%25_%5C%00%E2%80%AE%3Cscript%3E%F0%9F%92%A9";

/// The questions to a console that holds a story which ended now.
pub(super) async fn find(console: &Console, now: UnixSeconds) -> Result<Vec<Case>, String> {
    let mut cases = now_and_account(console).await?;
    cases.extend(deliveries(console, now).await?);
    cases.extend(single(console).await?);
    cases.extend(review(console, now).await?);
    cases.extend(audit(console).await?);
    cases.extend(partners());
    cases.extend(reports(console).await?);
    Ok(cases)
}

fn case(area: &'static str, what: &'static str, path: impl Into<String>) -> Case {
    Case {
        area,
        what,
        path: path.into(),
        ends: Ends::Itself,
    }
}

async fn now_and_account(console: &Console) -> Result<Vec<Case>, String> {
    let list = console.page(DELIVERIES).await?;
    let tenth = links(&list, &format!("{DELIVERIES}/")).into_iter().nth(9);
    let tenth = tenth.ok_or("the list is short")?;
    let id = tenth.rsplit('/').next().unwrap_or_default();
    let feed = case(
        "Now",
        "the feed's first event",
        format!("/console/now/feed?after={id}"),
    );
    Ok(vec![
        case("Now", "the page, its Envoy silent", "/console/now"),
        Case {
            ends: Ends::AtFirstEvent,
            ..feed
        },
        case("Account", "account", "/console/account"),
        case("Account", "people", "/console/people"),
    ])
}

/// What the list of deliveries is asked for. `@` stands before what is written in.
const LISTED: [(&str, &str); 25] = [
    ("newest", ""),
    ("newest, 500 rows", "limit=500"),
    ("of a busy partner", "partner=@busy"),
    ("of a small partner", "partner=@small"),
    ("of a quiet partner", "partner=@quiet"),
    ("of a partner that has none", "partner=nobody"),
    ("flagged", "verdict=flagged"),
    ("invalid", "verdict=invalid"),
    (
        "quarantined, of a small partner",
        "partner=@small&verdict=quarantined",
    ),
    ("cashouts", "event=cashout"),
    ("leads, of which there are none", "event=lead"),
    ("tests", "test=true"),
    ("tests of who sends few", "test=true&partner=@busy"),
    ("live ones of who sends tests", "test=false&partner=@tryout"),
    ("of the oldest days", "from=@oldest&until=@second"),
    (
        "invalid, of the oldest days",
        "from=@oldest&until=@second&verdict=invalid",
    ),
    (
        "all filters, nothing fits",
        "partner=@busy&verdict=invalid&event=lead&test=false",
    ),
    ("a click's", "q=test-7"),
    ("a click's of 2,000 contents", "q=@many"),
    (
        "the same, flagged, of its partner",
        "q=@many&partner=@busy&verdict=flagged",
    ),
    ("a macro as click, many contents", "q=%7Bclickid%7D"),
    ("nothing found", "q=nobody-has-this"),
    (
        "nothing found, of a busy partner",
        "q=nobody-has-this&partner=@busy",
    ),
    (
        "nothing found, of a small partner",
        "q=nobody-has-this&partner=@small",
    ),
    ("an id nobody has", "q=019f0000-0000-7000-8000-000000000000"),
];

/// And the queue of flags.
const QUEUED: [(&str, &str); 9] = [
    ("queue", ""),
    ("queue, the largest first", "order=amount"),
    ("of one reason", "reason=double_ftd"),
    ("of a busy partner", "partner=@busy"),
    ("of a small partner", "partner=@small"),
    ("of who has none", "partner=@tryout&reason=double_ftd"),
    ("older than a week", "older=7d"),
    ("of 500 USD or more", "min=500&currency=USD"),
    (
        "all filters, nothing fits",
        "reason=double_ftd&partner=@small&older=7d&min=9999&currency=USD&order=amount",
    ),
];

/// A page's cases, with the names of the story written in.
fn asked(
    area: &'static str,
    path: &str,
    cases: &[(&'static str, &str)],
    now: UnixSeconds,
) -> Vec<Case> {
    let day = |ago: i64| Day::of(UnixSeconds(now.0 - ago)).to_string();
    let names = [
        ("@busy", BUSY.to_owned()),
        ("@small", SMALL.to_owned()),
        ("@quiet", QUIET.to_owned()),
        ("@tryout", TRYOUT.to_owned()),
        ("@many", MANY.to_owned()),
        ("@oldest", day(SPAN)),
        ("@second", day(SPAN - 2 * DAY)),
    ];
    let written = |query: &str| {
        let names = names.iter();
        names.fold(query.to_owned(), |text, (name, value)| {
            text.replace(name, value)
        })
    };
    let case = |(what, query): &(&'static str, &str)| {
        let query = written(query);
        let at = if query.is_empty() {
            path.to_owned()
        } else {
            format!("{path}?{query}")
        };
        case(area, what, at)
    };
    cases.iter().map(case).collect()
}

async fn deliveries(console: &Console, now: UnixSeconds) -> Result<Vec<Case>, String> {
    let of = |what, query: String| case("Deliveries", what, format!("{DELIVERIES}?{query}"));
    let last = last_page(console, &format!("{DELIVERIES}?limit=500")).await?;
    let tests = format!("{DELIVERIES}?limit=500&partner={TRYOUT}&test=true");
    let tests_last = last_page(console, &tests).await?;
    let old_request = request_id(console, &last).await?;
    let mut cases = asked("Deliveries", DELIVERIES, &LISTED, now);
    cases.extend([
        case("Deliveries", "last page, 500 rows", last),
        case("Deliveries", "tests, last page", tests_last),
        of(
            "an old request id, found by nothing",
            format!("q={old_request}"),
        ),
        of("a hostile search", format!("q={HOSTILE}")),
        of(
            "a search of 2,000 characters",
            format!("q={}", "x".repeat(2_000)),
        ),
    ]);
    Ok(cases)
}

/// One delivery's story each.
async fn single(console: &Console) -> Result<Vec<Case>, String> {
    let mut cases = Vec::new();
    for (what, query) in [
        ("newest", ""),
        ("flagged", "?verdict=flagged"),
        ("moved on", "?verdict=updated"),
        ("invalid", "?verdict=invalid"),
        ("a test", "?test=true"),
        ("of the click of 2,000 contents", &*format!("?q={MANY}")),
    ] {
        let list = console.page(&format!("{DELIVERIES}{query}")).await?;
        let first = links(&list, &format!("{DELIVERIES}/")).into_iter().next();
        cases.push(case(
            "A delivery",
            what,
            first.ok_or_else(|| format!("no delivery {what}"))?,
        ));
    }
    Ok(cases)
}

async fn review(console: &Console, now: UnixSeconds) -> Result<Vec<Case>, String> {
    let first = |page: &str, prefix: &str| links(page, prefix).into_iter().next();
    let flags = format!("{REVIEW}/");
    let oldest = first(&console.page(REVIEW).await?, &flags).ok_or("no flag waits")?;
    let answered = first(&console.page(AUDIT).await?, &flags).ok_or("nothing is answered")?;
    let many = format!("{DELIVERIES}?q={MANY}&verdict=flagged");
    let named = first(&console.page(&many).await?, &format!("{DELIVERIES}/"));
    let named = named.ok_or("no flag on the click")?;
    let id = named.rsplit('/').next().unwrap_or_default();
    let of_many = format!("{REVIEW}/{id}/unknown_click");
    let by_age = last_page(console, REVIEW).await?;
    let by_amount = last_page(console, &format!("{REVIEW}?order=amount")).await?;
    let mut cases = asked("Review", REVIEW, &QUEUED, now);
    cases.extend([
        case("Review", "queue, last page", by_age),
        case("Review", "queue, the largest first, last page", by_amount),
        case("Review", "a flag", oldest),
        case("Review", "a flag of the click of 2,000 contents", of_many),
        case("Review", "an answered flag", answered),
    ]);
    Ok(cases)
}

async fn audit(console: &Console) -> Result<Vec<Case>, String> {
    let last = last_page(console, AUDIT).await?;
    let of = |what, query: &str| case("Audit", what, format!("{AUDIT}?{query}"));
    Ok(vec![
        case("Audit", "newest", AUDIT),
        case("Audit", "last page", last),
        of("of one person", "by=ada"),
        of("of nobody", "by=nobody"),
        of("rejections", "outcome=rejected"),
        of("healed, of which there are none", "outcome=healed"),
    ])
}

fn partners() -> Vec<Case> {
    let of = |what, path: &str| case("Partners", what, format!("{PARTNERS}/{path}"));
    vec![
        case("Partners", "list", PARTNERS),
        of("a busy partner", BUSY),
        of("a quiet partner", QUIET),
        of("who sends tests", TRYOUT),
        of("onboarding", &format!("{BUSY}/onboarding")),
        of("signature doctor", &format!("{BUSY}/doctor")),
    ]
}

async fn reports(console: &Console) -> Result<Vec<Case>, String> {
    let of = |what, path: &str| case("Reports", what, format!("{REPORTS}/{path}"));
    let payouts = format!("{REPORTS}/payouts?span=all&by=whole");
    let opened = links(
        &console.page(&payouts).await?,
        &format!("{REPORTS}/payouts/lines"),
    );
    let lines = opened.into_iter().next().ok_or("nothing was paid")?;
    let lines_last = last_page(console, &format!("{lines}&limit=500")).await?;
    Ok(vec![
        of("funnel, this month", "funnel"),
        of("funnel, today", "funnel?span=today"),
        of("funnel, all time", "funnel?span=all"),
        of("funnel, all time, by source", "funnel?span=all&by=source"),
        of("funnel, all time, by day", "funnel?span=all&by=day"),
        of(
            "funnel, all time, by source and day",
            "funnel?span=all&by=source&then=day",
        ),
        of("sources, this month", "sources"),
        of("sources, all time", "sources?span=all"),
        of(
            "sources, all time, by partner, in euro",
            "sources?span=all&by=source&then=partner&in=EUR",
        ),
        of("payouts, this month", "payouts"),
        of("payouts, all time", "payouts?span=all"),
        of(
            "payouts, all time, by day, in euro",
            "payouts?span=all&by=day&in=EUR",
        ),
        case("Reports", "lines of money", lines),
        case("Reports", "lines of money, last page", lines_last),
        of("CSV: funnel, all time", "funnel.csv?span=all"),
        of("CSV: sources, all time", "sources.csv?span=all"),
        of("CSV: payouts, all time", "payouts.csv?span=all"),
    ])
}

/// Where a list ends, by following it.
async fn last_page(console: &Console, first: &str) -> Result<String, String> {
    let base = first.split('?').next().unwrap_or_default();
    let mut at = first.to_owned();
    loop {
        let page = console.page(&at).await?;
        let onward = links(&page, &format!("{base}?"));
        match onward
            .into_iter()
            .rfind(|it| it.contains("cursor=") || it.contains("after="))
        {
            Some(next) if next != at => at = next,
            _ => return Ok(at),
        }
    }
}

/// The request id of a delivery on a page of the list, by its own page.
async fn request_id(console: &Console, list: &str) -> Result<String, String> {
    let page = console.page(list).await?;
    let path = links(&page, &format!("{DELIVERIES}/"))
        .into_iter()
        .next_back();
    let page = console.page(&path.ok_or("the last page is empty")?).await?;
    let text = page.split("Request id<").nth(1);
    let id = text.and_then(|text| {
        text.split(|it: char| !it.is_ascii_hexdigit() && it != '-')
            .find(|word| word.len() == 36)
    });
    id.map(str::to_owned)
        .ok_or_else(|| "a delivery tells no request id".to_owned())
}

/// The links on a page that begin so, as a browser would follow them.
fn links(page: &str, prefix: &str) -> Vec<String> {
    let hrefs = page
        .split("href=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next());
    let ours = hrefs.filter(|href| href.starts_with(prefix));
    ours.map(|href| href.replace("&amp;", "&").replace("&#38;", "&"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::links;

    #[test]
    fn links_are_read_as_a_browser_reads_them() {
        let page =
            "<a href=\"/a?x=1&#38;y=2\">1</a><a href=\"/b\">2</a><a class=\"c\" href=\"/a/3\">";
        assert_eq!(links(page, "/a"), ["/a?x=1&y=2", "/a/3"]);
    }
}
