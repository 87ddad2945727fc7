//! The partners' pages.

use std::fs;
use std::path::Path;

use super::browser::Browser;
use crate::admin::Role;
use crate::admin::tests::stand::Stand;
use crate::partners::edge::discovery_response;
use crate::testing::{START, delivery, delivery_of};

/// What `postern partners apply` writes for the edge, with what a page must never show.
fn applies(stand: &Stand) {
    let day = 86_400;
    let (ends, begins) = (START.0 + 7 * day, START.0 - day);
    let inner = serde_json::json!({"partners": [{
        "id": "acme",
        "networks": ["192.0.2.0/24"],
        "client_certificates": null,
        "rate_per_second": 5, "burst": 5,
        "forms": ["params", "raw"],
        "clock_tolerance_seconds": 300,
        "secrets": [
            {"id": "2026-01", "secret": "hunter22-hunter22", "not_after": ends},
            {"id": "2026-02", "secret": "hunter33-hunter33", "not_before": begins},
        ],
    }]});
    let text = discovery_response(&inner.to_string(), Path::new("filter.wasm"));
    fs::write(stand.rates.path().join("edge.json"), text).unwrap();
}

#[tokio::test]
async fn the_list_tells_each_partners_health() {
    let stand = Stand::up().await;
    let mut story = vec![
        delivery(-30, "lead approved clickid=nobody"),
        delivery(-20, "ftd approved 5USD timestamp=x"),
        delivery_of("east", -90_000, "lead approved"),
    ];
    story.push(delivery(
        -10,
        "lead approved clickid=x timestamp=1717000030",
    ));
    stand.store.book(&story).await.unwrap();
    let mut person = Browser::of(&stand, Role::Viewer).await;
    let page = person.gets("/console/partners").await.text;
    assert!(page.contains("10 s ago"), "{page}");
    assert!(page.contains("33.3 %"), "a third is not readable: {page}");
    assert!(
        page.contains("/console/review?partner=acme\">2</a>"),
        "{page}"
    );
    assert!(page.contains("40 s ahead"), "{page}");
    assert!(page.contains("25 h ago"), "east: {page}");
}

#[tokio::test]
async fn one_partner_shows_keys_limits_and_terms_and_no_secret() {
    let stand = Stand::up().await;
    applies(&stand);
    let burst: Vec<_> = (0..9)
        .map(|n| {
            let words = format!("lead approved clickid=c{n}");
            crate::delivery::Delivery {
                received_at: START,
                ..delivery(-n, &words)
            }
        })
        .collect();
    stand.store.book(&burst).await.unwrap();
    let mut person = Browser::of(&stand, Role::Viewer).await;
    let page = person.gets("/console/partners/acme").await.text;
    assert!(!page.contains("hunter"), "{page}");
    assert!(page.contains("5 a second, 5 at once"), "{page}");
    assert!(
        page.contains("90 % <span class=\"chip warn\">close</span>"),
        "{page}"
    );
    assert!(
        page.contains("2026-01") && page.contains("2026-02"),
        "{page}"
    );
    assert!(page.contains("not in its newest 9 deliveries"), "{page}");
    assert!(
        page.contains("postern partners rotate acme --overlap 7d"),
        "{page}"
    );
    assert!(page.contains("Pinned to params, raw"), "{page}");
    assert!(page.contains("nothing is paid"), "{page}");
    assert_eq!(person.gets("/console/partners/nobody").await.status, 404);
    // Another backend's edge is not seen from here.
    let east = person.gets("/console/partners/east").await.text;
    assert!(east.contains("does not see the file"), "{east}");
}

#[tokio::test]
async fn the_developer_gets_programs_for_the_gates_url() {
    let stand = Stand::up().await;
    let mut person = Browser::of(&stand, Role::Viewer).await;
    let path = "/console/partners/acme/onboarding";
    let page = person.gets(path).await.text;
    assert!(
        page.contains("https://postbacks.example.com/v1/event"),
        "{page}"
    );
    for language in [
        "python", "php", "node", "go", "ruby", "java", "csharp", "perl", "curl",
    ] {
        assert!(
            page.contains(&format!("<summary>{language}</summary>")),
            "{page}"
        );
    }
    assert!(page.contains("POSTERN_SECRET"), "{page}");
    let own = format!("{path}?url=https%3A%2F%2Fgate.example.net%2Fv1%2Fevent&send=get");
    let page = person.gets(&own).await.text;
    assert!(
        page.contains("https://gate.example.net/v1/event?"),
        "{page}"
    );
    assert!(
        page.contains("https://gate.example.net/v1/verify"),
        "{page}"
    );
    // What would be more than a URL inside a program is not let in.
    let evil = format!("{path}?url=https%3A%2F%2Fx%22%3B%20rm%20-rf%20%2F");
    let page = person.gets(&evil).await.text;
    assert!(page.contains("give the gate"), "{page}");
    assert!(!page.contains("https://x&quot;; rm -rf /\n"), "{page}");
}

const REQUEST: &str = "POST /v1/event HTTP/1.1\r\nHost: gate.example.net\r\nX-RS-Source: acme\r\nContent-Type: application/json\r\n\r\n";

/// A body signed as the product page says, under this secret.
const BODY: &str = r#"{"amount":"50.00","clickid":"abc123def456","currency":"USD","event":"ftd","status":"approved","timestamp":1717000000,"sign":"017c2c700cd64ca9cc6f30bbb219bc158d12dfeb6e1695ee4938cb623ff4b71b"}"#;
const SECRET: &str = "your_secret_key";

#[tokio::test]
async fn the_doctor_looks_at_a_pasted_request_and_keeps_no_secret() {
    let stand = Stand::up().await;
    let mut person = Browser::of(&stand, Role::Viewer).await;
    let path = "/console/partners/acme/doctor";
    let good = format!("{REQUEST}{BODY}");
    let forged = good.replace("017c2c70", "00000000");
    for (request, secret, expected) in [
        (&good, SECRET, "The signature fits, in the form json"),
        (
            &good,
            "another_secret_key",
            "The signature does not fit under this secret",
        ),
        (
            &forged,
            SECRET,
            "The signature does not fit under this secret",
        ),
        (&good, "", "Without the secret nobody can say"),
        (&good, "short", "The secret is shorter than"),
        (
            &"hello".to_owned(),
            SECRET,
            "cannot be read: this begins like no curl",
        ),
    ] {
        let form = [("request", &**request), ("secret", secret)];
        let page = person.posts(path, &form).await;
        assert_eq!(page.status, 200);
        assert!(page.text.contains(expected), "{expected}: {}", page.text);
        for typed in [SECRET, "another_secret_key"] {
            assert!(!page.text.contains(typed), "{}", page.text);
        }
    }
}

#[tokio::test]
async fn the_doctor_asks_each_secret_that_is_typed_and_says_which_keys_there_are() {
    let stand = Stand::up().await;
    applies(&stand);
    let mut person = Browser::of(&stand, Role::Viewer).await;
    let path = "/console/partners/acme/doctor";
    let form = person.gets(path).await.text;
    for said in [
        "2026-01",
        "2026-02",
        "has 2 secrets",
        "name=\"secret.2026-02\"",
    ] {
        assert!(form.contains(said), "{said}: {form}");
    }
    assert!(!form.contains("hunter"), "{form}");
    let pinned = "source=acme&clickid=a&event=lead&status=approved";
    let sign = "78977518d4f66476e2448d5d0ecb1c6dd83e90406dd03bf97959498c4b505e3c";
    let request = format!("https://gate.example.net/v1/event?{pinned}&sign={sign}");
    let typed = [
        ("request", &*request),
        ("secret.2026-01", "hunter22-hunter22"),
        ("secret.2026-02", "hunter33-hunter33"),
    ];
    let page = person.posts(path, &typed).await.text;
    let said = "under the secret you typed for <bdi>2026-02</bdi>";
    assert!(page.contains(said), "{page}");
    assert!(!page.contains("hunter"), "{page}");
    let page = person.posts(path, &typed[..2]).await.text;
    assert!(
        page.contains("does not fit under the secrets you typed"),
        "{page}"
    );
    let short = [("request", &*request), ("secret.2026-01", "short")];
    let page = person.posts(path, &short).await.text;
    assert!(
        page.contains("The secret of 2026-01 is shorter than"),
        "{page}"
    );
}

#[tokio::test]
async fn the_doctor_warns_of_fields_that_would_not_be_booked() {
    let stand = Stand::up().await;
    let mut person = Browser::of(&stand, Role::Viewer).await;
    let path = "/console/partners/acme/doctor";
    let request = "https://gate.example.net/v1/event?source=acme&event=ftd&status=approved\
                   &timestamp=1717000000000&sign=00";
    let page = person.posts(path, &[("request", request)]).await.text;
    for said in [
        "clickid: missing",
        "amount: missing",
        "this looks like milliseconds",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
}

#[tokio::test]
async fn what_is_pasted_is_text() {
    let stand = Stand::up().await;
    let mut person = Browser::of(&stand, Role::Viewer).await;
    let path = "/console/partners/acme/doctor";
    let request = "https://x/v1/event?clickid=</textarea><script>alert(1)</script>&event=lead&status=approved&sign=00";
    let page = person.posts(path, &[("request", request)]).await.text;
    assert!(!page.contains("<script>alert"), "{page}");
    let bare = person.posts_bare(path, &[("request", request)]).await;
    assert_eq!(bare.status, 403, "without the session's own token");
}

/// More came in the busy day than the page looks at for its shares.
#[tokio::test]
async fn silence_is_told_by_the_whole_log() {
    let busy = 250;
    let stand = Stand::up_with(|settings| settings.console.silence.per_day = busy).await;
    let four_hours = 4 * 3_600;
    let story: Vec<_> = (0..=i64::from(busy))
        .map(|number| delivery(-four_hours - number, "lead approved"))
        .collect();
    stand.store.book(&story).await.unwrap();
    let mut viewer = Browser::of(&stand, Role::Viewer).await;
    for page in ["/console/partners", "/console/partners/acme"] {
        let page = viewer.gets(page).await.text;
        assert!(page.contains(">silent</span>"), "{page}");
    }
    let now = viewer.gets("/console/now").await.text;
    assert!(now.contains(">silent</span>"), "{now}");
}

#[tokio::test]
async fn onboarding_has_what_trackers_need_and_says_whose_gate_a_link_names() {
    let stand = Stand::up().await;
    let mut viewer = Browser::of(&stand, Role::Viewer).await;
    let path = "/console/partners/acme/onboarding";
    let page = viewer.gets(path).await.text;
    for said in [
        "keitaro",
        "{external_id}",
        "binom",
        "voluum",
        "bemob",
        "The relay",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    let warning = "whoever made the link";
    assert!(!page.contains(warning), "{page}");
    let linked = format!("{path}?url=https%3A%2F%2Fgate.example%2Fv1%2Fevent");
    let page = viewer.gets(&linked).await.text;
    assert!(page.contains(warning), "{page}");
    assert!(page.contains("https://gate.example/v1/event"), "{page}");
}

#[tokio::test]
async fn trackers_get_a_url_for_the_event_and_the_currency_that_are_asked_for() {
    let stand = Stand::up().await;
    let mut viewer = Browser::of(&stand, Role::Viewer).await;
    let path = "/console/partners/acme/onboarding";
    let page = viewer.gets(path).await.text;
    for whole in [
        "?currency=USD&amp;event=ftd&amp;clickid={externalid}&amp;status=approved&amp;amount={payout}",
        "?currency=USD&amp;event=ftd&amp;clickid={externalId}&amp;status=approved&amp;amount={payout}",
        "&amp;amount={revenue}",
    ] {
        assert!(page.contains(whole), "{whole}: {page}");
    }
    let asked = format!("{path}?event=registration&currency=EUR");
    let page = viewer.gets(&asked).await.text;
    assert!(
        page.contains("?event=registration&amp;clickid={externalid}"),
        "{page}"
    );
    assert!(!page.contains("{payout}"), "{page}");
    let asked = format!("{path}?event=cashout&currency=EUR");
    let page = viewer.gets(&asked).await.text;
    assert!(page.contains("?currency=EUR&amp;event=cashout"), "{page}");
    // The form gives the example's address back, which nobody has made up.
    let example = "url=https%3A%2F%2Fpostbacks.example.com%2Fv1%2Fevent";
    let page = viewer.gets(&format!("{asked}&{example}")).await.text;
    assert!(!page.contains("whoever made the link"), "{page}");
}
