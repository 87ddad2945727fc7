//! What stands beside a flag in a real browser: its click, what else happened on that, who else came from
//! the same address and with the same amount, and what was answered before.
//!
//! Run once: the pages stand on a listener of the backend, which no Envoy is in front of.

use postern_tests::answer::Answer;
use postern_tests::browser::Browser;
use postern_tests::console::Console;
use postern_tests::event::Event;
use postern_tests::hostile::{HOSTILE, MARKUP, is_shown_as_text};
use postern_tests::partner::{PARTNER, Partner, partners_toml};
use postern_tests::postback::{get, raw};
use postern_tests::{MANY_FAILURES, unix_now};

async fn sends(console: &Console, event: &Event) -> Answer {
    let answer = console.gate.send(&get(event)).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer
}

/// What stands under one heading of a flag's page.
async fn panel(browser: &Browser, name: &str) -> String {
    let section = format!("section[aria-labelledby={name}]");
    browser.text(&section).await
}

/// The rows of a table under one heading.
fn rows_of(panel: &str) -> String {
    format!("section[aria-labelledby={panel}] tbody tr")
}

/// Has the gate know this click, made a minute ago for 0.75 USD, with such sub ids.
fn imports_click(console: &Console, clickid: &str, sub_ids: [&str; 2]) {
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let clicked_at = unix_now() - 60;
    let [one, two] = sub_ids.map(quoted);
    let clickid = quoted(clickid);
    let csv = format!(
        "clickid,partner,clicked_at,cost,currency,geo,sub_id_1,sub_id_2\n\
         {clickid},{PARTNER},{clicked_at},0.75,USD,DE,{one},{two}\n"
    );
    std::fs::write(console.gate.folder().join("one.csv"), csv).expect("written");
    let said = console.gate.runs(&["clicks", "import", "one.csv"]);
    assert!(said.contains('1'), "{said}");
}

/// A registration, a first deposit and a second one on a click: the page of the flag that it raises.
async fn second_deposit(console: &Console, clickid: &str) -> String {
    let ftd = |id, amount| {
        let ftd = Event::ftd(clickid).text("transaction_id", id);
        ftd.text("amount", amount)
    };
    for event in [Event::registration(clickid), ftd("A", "50.00")] {
        sends(console, &event).await.recorded("accepted");
    }
    let second = sends(console, &ftd("B", "60.00")).await;
    second.recorded("flagged");
    format!("/console/review/{}/double_ftd", second.text("id"))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_click_what_happened_on_it_and_the_answers_before_stand_beside_a_flag() {
    let console = Console::open().await;
    imports_click(&console, "bought", ["blog", "top"]);
    let path = second_deposit(&console, "bought").await;
    let browser = console.shows_to("reviewer", &path).await;
    let click = panel(&browser, "click").await;
    for said in [PARTNER, "0.75 USD", "DE", "blog, top"] {
        assert!(click.contains(said), "{said}: {click}");
    }
    let earlier = browser.texts(&rows_of("click")).await;
    assert_eq!(earlier.len(), 2, "{earlier:#?}");
    for said in ["ftd approved this one", "50.00 USD", " A "] {
        assert!(earlier.iter().any(|it| it.contains(said)), "{earlier:#?}");
    }
    assert!(
        earlier.iter().any(|it| it.contains("registration")),
        "{earlier:#?}"
    );
    assert!(!click.contains("Answers before"), "{click}");
    browser.is_content_in_all_clothes().await;

    browser.answers("r", "").await;
    browser.answers("u", "taken for another").await;
    assert_eq!(browser.heading().await, "Flag: double_ftd");
    let answers = browser
        .texts("section[aria-labelledby=click] ul.plain li")
        .await;
    assert_eq!(answers.len(), 2, "{answers:#?}");
    let undone = &answers[0];
    assert!(
        undone.starts_with("double_ftd undone by reviewer") && undone.contains("taken for another"),
        "{undone}"
    );
    assert!(answers[1].starts_with("double_ftd rejected by reviewer"));
    let click = panel(&browser, "click").await;
    assert!(click.contains("Answers before"), "{click}");
    browser.is_content_in_all_clothes().await;
}

/// The page's partner, who posts from two addresses.
fn of_two_addresses() -> String {
    let networks = ["127.0.0.1", "127.0.0.2"];
    partners_toml(MANY_FAILURES, &[Partner::of_the_page().networks(&networks)])
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_from_the_same_address_and_of_the_same_amount_stands_beside_a_flag() {
    let console = Console::of(|stand| stand.partners(of_two_addresses())).await;
    let of = |clickid, amount| Event::ftd(clickid).text("amount", amount);
    sends(&console, &of("click-1", "50.00")).await;
    sends(&console, &of("click-2", "70.00")).await;
    let elsewhere = get(&of("click-3", "50.00"));
    let elsewhere = console.gate.send_from("127.0.0.2", &elsewhere).await;
    elsewhere.recorded("accepted");
    let flagged = sends(&console, &of("nobody", "50.00")).await;
    let path = format!("/console/review/{}/unknown_click", flagged.text("id"));
    // What comes behind it says nothing of it.
    sends(&console, &of("click-4", "50.00")).await;

    let browser = console.shows_to("viewer", &path).await;
    let address = browser
        .texts(&format!("{} .clip", rows_of("address")))
        .await;
    assert_eq!(address, ["click-2", "click-1"]);
    let rows = browser.texts(&rows_of("amount")).await;
    assert_eq!(rows.len(), 2, "{rows:#?}");
    for (row, click) in rows.iter().zip(["click-3", "click-1"]) {
        assert!(row.contains(click) && row.contains("50.00 USD"), "{row}");
    }
    browser.is_content_in_all_clothes().await;
    browser.follows(&format!("{} a", rows_of("address"))).await;
    assert!(browser.text("main").await.contains("click-2"));
}

/// A click whose log, deposits and neighbours are full of markup, its flag answered and undone with a note
/// that cannot be seen whole: the page of that flag.
async fn beset(console: &Console) -> String {
    imports_click(console, MARKUP, [MARKUP, MARKUP]);
    // The same address and the same amount, each beside the flag in a panel of its own.
    let neighbour = format!("{MARKUP}2");
    let paid = Event::ftd(&neighbour).text("transaction_id", MARKUP);
    let paid = paid.text("amount", "60.00");
    let paid = console.gate.send(&raw(&paid)).await;
    paid.recorded("flagged");
    let unseen = console.gate.send(&raw(&Event::ftd(HOSTILE))).await;
    assert_eq!(unseen.status, 422, "{unseen:?}");
    let path = second_deposit(console, MARKUP).await;
    let flag = path.trim_start_matches("/console/review/");
    let as_ada = [
        "--name",
        "ada",
        "--note",
        HOSTILE.trim_end_matches("\u{1b}[2J"),
    ];
    for verb in ["reject", "undo"] {
        let answer = ["review", verb, flag];
        console.gate.runs(&[&answer[..], &as_ada].concat());
    }
    path
}

#[tokio::test(flavor = "multi_thread")]
async fn what_strangers_wrote_is_text_in_each_panel_beside_a_flag_and_on_its_delivery() {
    let console = Console::open().await;
    let path = beset(&console).await;
    let browser = console.shows_to("viewer", &path).await;
    let markup = "<script>alert(1)</script>";
    for (name, times) in [("click", 4), ("address", 2), ("amount", 2)] {
        let told = panel(&browser, name).await;
        let seen = told.matches(markup).count();
        assert!(seen >= times, "{seen} of {times} in {name}: {told}");
    }
    for name in ["click", "address"] {
        let told = panel(&browser, name).await;
        assert!(told.contains("⟨U+202E⟩"), "{name}: {told}");
    }
    is_shown_as_text(&browser).await;
    browser.is_content_in_all_clothes().await;

    // The click log's own words stand on the delivery's page too, and the answers' notes.
    let delivery = path.replace("/review/", "/deliveries/");
    let delivery = delivery.trim_end_matches("/double_ftd");
    browser.goes_to(&console.url(delivery)).await;
    let page = browser.text("main").await;
    let sub_ids = format!("{MARKUP}, {MARKUP}");
    assert!(page.contains(MARKUP), "{page}");
    assert!(page.contains("⟨U+202E⟩"), "{page} {sub_ids}");
    is_shown_as_text(&browser).await;
    browser.is_content_in_all_clothes().await;
    let ran = browser.client().get_alert_text().await;
    assert!(ran.is_err(), "no script ran: {ran:?}");
}
