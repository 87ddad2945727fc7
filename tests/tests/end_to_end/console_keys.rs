//! A partner's terms, client certificates and keys on its page in a real browser, while it changes over
//! from one secret to the next.
//!
//! Run once: the pages stand on a listener of the backend, which no Envoy is in front of.

use jiff::Timestamp;
use postern_tests::browser::Browser;
use postern_tests::console::Console;
use postern_tests::event::Event;
use postern_tests::message::Message;
use postern_tests::partner::{PARTNER, Partner, SECRET, partners_toml};
use postern_tests::postback::raw;
use postern_tests::signing::hmac_hex;
use postern_tests::tls::Identity;
use postern_tests::waiting::eventually;
use postern_tests::{MANY_FAILURES, unix_now};

const TERMS: &str = "terms = [{ from = 2020-01-01, hold_days = 14, cpa = { ftd = \"100.00 USD\" } }, \
     { from = 2099-01-01, revshare = { percent = \"25\", carry_over = true } }]";

/// A console whose partner must show one of these certificates.
async fn console_for(identities: &[&Identity]) -> Console {
    let fingerprints: Vec<String> = identities.iter().map(|it| it.fingerprint()).collect();
    let certificates = format!("client_certificates = {fingerprints:?}");
    let partner = Partner::of_the_page().line(TERMS).line(&certificates);
    let partners = partners_toml(MANY_FAILURES, &[partner]);
    Console::of(|stand| stand.partners(partners)).await
}

/// A registration that was signed with this secret.
fn signed(secret: &str, clickid: &str) -> Message {
    let event = Event::registration(clickid);
    let sign = hmac_hex(secret, event.json());
    raw(&event).without("x-rs-sign").sign(&sign)
}

/// Gives the partner a second key for an hour beside the first, and waits until it counts.
async fn rotates(console: &Console, identity: &Identity) -> String {
    let rotate = ["partners", "rotate", PARTNER, "--overlap", "1h"];
    let said = console.gate.runs(&rotate);
    let secret = said.lines().find_map(|line| line.strip_prefix("secret "));
    let secret = secret.expect("the new secret").trim().to_owned();
    console.gate.runs(&["partners", "apply"]);
    let message = signed(&secret, "click-2");
    eventually("the new key counts", async || {
        let answer = console.gate.send_as(identity, &message).await;
        (answer.status == 200).then_some(())
    })
    .await;
    secret
}

/// What each row of the table of keys says, by column.
async fn keys(browser: &Browser) -> Vec<[String; 6]> {
    let table = "[aria-label='Each key'] tbody td";
    let cells = browser.texts(table).await;
    let rows = cells.chunks(6);
    rows.map(|row| std::array::from_fn(|column| row[column].clone()))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_keys_in_overlap_tell_their_age_and_their_last_use() {
    let identity = Identity::new();
    let console = console_for(&[&identity]).await;
    let sends_by_old = async |clickid| {
        let message = signed(SECRET, clickid);
        let answer = console.gate.send_as(&identity, &message).await;
        answer.recorded("accepted");
    };
    sends_by_old("click-1").await;
    let new = rotates(&console, &identity).await;
    sends_by_old("click-3").await;

    let path = format!("/console/partners/{PARTNER}");
    let browser = console.shows_to("viewer", &path).await;
    let keys = keys(&browser).await;
    assert_eq!(keys.len(), 2, "{keys:#?}");
    for (key, counts, age) in [("k1", "2", "not said"), (&keys[1][0], "1", "since today")] {
        let row = keys.iter().find(|row| row[0] == key);
        let row = row.unwrap_or_else(|| panic!("{key}: {keys:#?}"));
        assert_eq!(
            (&*row[1], &*row[3], &*row[5]),
            ("now", age, counts),
            "{row:?}"
        );
        let used: Timestamp = row[4].parse().expect("a time");
        let ago = unix_now() - used.as_second();
        assert!((0..=120).contains(&ago), "{row:?}");
    }
    assert!(
        keys[0][2].contains("until") && !keys[1][2].contains("until"),
        "{keys:#?}"
    );
    let bars = browser.texts("svg.spans text:not(.label)").await;
    assert_eq!(bars, [&*keys[0][0], &*keys[1][0]]);
    let page = browser.client().source().await.expect("a page");
    assert!(!page.contains(SECRET) && !page.contains(&new), "no secret");
    browser.is_content_in_all_clothes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn terms_and_client_certificates_are_those_that_hold() {
    let identities = [Identity::new(), Identity::new()];
    let console = console_for(&[&identities[0], &identities[1]]).await;
    let path = format!("/console/partners/{PARTNER}");
    let browser = console.shows_to("viewer", &path).await;
    let terms = browser
        .texts("[aria-label='Each of the terms'] tbody tr")
        .await;
    assert_eq!(terms.len(), 2, "{terms:#?}");
    let now = terms.iter().filter(|it| it.contains("holds now"));
    let now: Vec<&String> = now.collect();
    assert_eq!(now.len(), 1, "{terms:#?}");
    assert!(
        now[0].starts_with("2020-01-01") && now[0].contains("CPA 100.00 USD per ftd"),
        "{now:?}"
    );
    let later = terms.iter().find(|it| it.starts_with("2099-01-01"));
    assert!(
        later.is_some_and(|it| it.contains("RevShare 25 %")),
        "{terms:#?}"
    );
    let plain = |fingerprint: String| fingerprint.replace(':', "").to_lowercase();
    let shown = browser
        .texts("section[aria-labelledby=limits] li code")
        .await;
    let shown: Vec<String> = shown.into_iter().map(plain).collect();
    let own = identities.each_ref().map(|it| plain(it.fingerprint()));
    assert_eq!(shown, own);
    browser.is_content_in_all_clothes().await;
}
