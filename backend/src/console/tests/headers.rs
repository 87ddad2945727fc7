//! What stands on every answer.

use reqwest::Method;

use super::browser::Browser;
use crate::admin::tests::stand::{Reply, Stand};
use crate::testing::delivery;

fn is_hardened(path: &str, reply: &Reply) {
    let policy = reply.header("content-security-policy");
    assert_eq!(
        policy,
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
        "{path}"
    );
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        assert_eq!(reply.header(name), value, "{path} {name}");
    }
}

/// What is no page of anybody: it needs no session and shows none.
const OPEN: [(&str, u16); 4] = [
    ("/console/login", 200),
    ("/console/login?nonsense=1", 400),
    ("/console/assets/nothing.css", 404),
    ("/console/nowhere", 303),
];

/// Each route as somebody asks for it who is logged in, with its answer; `{delivery}` is one that is
/// flagged.
const ROUTES: [(&str, u16); 31] = [
    ("/", 303),
    ("/console", 303),
    ("/console/", 303),
    ("/console/login", 303),
    ("/console/logout", 405),
    ("/console/theme", 405),
    ("/console/shortcuts", 405),
    ("/console/assets/nothing.css", 404),
    ("/console/now", 200),
    ("/console/now/feed", 200),
    ("/console/deliveries", 200),
    ("/console/deliveries/{delivery}", 200),
    ("/console/review", 200),
    ("/console/review/{delivery}/unknown_click", 200),
    ("/console/audit", 200),
    ("/console/partners", 200),
    ("/console/partners/acme", 200),
    ("/console/partners/acme/onboarding", 200),
    ("/console/partners/acme/doctor", 200),
    ("/console/reports", 303),
    ("/console/reports/funnel", 200),
    ("/console/reports/funnel.csv", 200),
    ("/console/reports/sources", 200),
    ("/console/reports/sources.csv", 200),
    ("/console/reports/payouts", 200),
    ("/console/reports/payouts.csv", 200),
    (
        "/console/reports/payouts/lines?partner=acme&currency=USD",
        200,
    ),
    (
        "/console/reports/payouts/lines.csv?partner=acme&currency=USD",
        200,
    ),
    ("/console/account", 200),
    ("/console/people", 200),
    ("/console/nowhere", 404),
];

/// Asserts that the answer's head is hardened and kept by nobody. Its body may never end.
async fn is_hardened_at(browser: &Browser<'_>, path: &str, status: u16) {
    let answer = browser.request(Method::GET, path).send().await.unwrap();
    let reply = Reply {
        status: answer.status().as_u16(),
        headers: answer.headers().clone(),
        text: String::new(),
    };
    assert_eq!(reply.status, status, "{path}");
    is_hardened(path, &reply);
    assert_eq!(reply.header("cache-control"), "no-store", "{path}");
}

#[tokio::test]
async fn every_answer_is_hardened() {
    let stand = Stand::up().await;
    let flagged = delivery(0, "ftd approved 50USD clickid=nobody");
    stand
        .store
        .book(std::slice::from_ref(&flagged))
        .await
        .unwrap();
    let stranger = Browser::at(&stand);
    for (path, status) in OPEN {
        is_hardened_at(&stranger, path, status).await;
    }
    let somebody = Browser::of_ada(&stand).await;
    for (path, status) in ROUTES {
        let path = path.replace("{delivery}", &flagged.id.to_string());
        is_hardened_at(&somebody, &path, status).await;
        // Who is not logged in is led to the login, or told no more than anybody.
        let led = stranger.request(Method::GET, &path).send().await.unwrap();
        is_hardened_at(&stranger, &path, led.status().as_u16()).await;
    }
    is_hardened_at(&somebody, "/console/review?min=1", 400).await;
}

/// A route that is added has to be added above as well.
#[test]
fn no_route_is_left_out() {
    let routers = [
        include_str!("../router.rs"),
        include_str!("../reports/mod.rs"),
    ];
    let count = routers.map(|router| router.matches(".route(").count());
    assert_eq!(count.iter().sum::<usize>(), ROUTES.len());
}

#[tokio::test]
async fn assets_are_named_by_their_content_and_kept_for_good() {
    let stand = Stand::up().await;
    let mut browser = Browser::at(&stand);
    let page = browser.gets("/console/login").await.text;
    let paths: Vec<String> = page
        .split('"')
        .filter(|it| it.starts_with("/console/assets/"))
        .map(str::to_owned)
        .collect();
    let kinds = [".css", ".svg", ".js"];
    assert_eq!(paths.len(), kinds.len(), "{page}");
    for (path, kind) in paths.iter().zip(kinds) {
        let reply = browser.gets(path).await;
        assert_eq!(reply.status, 200, "{path}");
        assert!(path.ends_with(kind), "{path}");
        assert_eq!(
            reply.header("cache-control"),
            "public, max-age=31536000, immutable"
        );
        is_hardened(path, &reply);
        let other = path.replace("console-", "console-0");
        assert_eq!(browser.gets(&other).await.status, 404);
    }
}

/// The policy refuses styles, scripts and handlers inside a page, so a template that has any is
/// broken without saying so.
#[test]
fn no_template_holds_what_the_policy_refuses() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/templates");
    let mut folders = vec![std::path::PathBuf::from(folder)];
    let mut seen = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            // A partner's self-check is a file of its own, which no listener serves.
            if path.ends_with("certificate.html") {
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            seen += 1;
            for refused in [
                "style=",
                "<style",
                " onclick",
                " onsubmit",
                " onload",
                "javascript:",
                "|safe",
            ] {
                assert!(!text.contains(refused), "{}: {refused}", path.display());
            }
            for script in text.split("<script").skip(1) {
                assert!(script.starts_with(" src="), "{}", path.display());
            }
        }
    }
    assert!(seen >= 4, "there are templates");
}
