//! *Deliveries* in a real browser: search, and each delivery's whole story.
//!
//! Run once: the pages stand on a listener of the backend, which no Envoy is in front of.

use postern_tests::answer::Answer;
use postern_tests::browser::ENTER;
use postern_tests::console::Console;
use postern_tests::event::Event;
use postern_tests::hostile::{HOSTILE, MARKUP, is_shown_as_text, names_what_is_hidden};
use postern_tests::partner::PARTNER;
use postern_tests::postback::{get, raw, registration};

const LIST: &str = "/console/deliveries";

/// One of each: booked, sent again, flagged, by GET. Gives the answers to the first and the flagged.
async fn traffic(console: &Console) -> (Answer, Answer) {
    let gate = &console.gate;
    let ftd = Event::ftd("click-1").text("transaction_id", "T-1");
    let first = gate.send(&raw(&ftd)).await;
    first.recorded("accepted");
    gate.send(&raw(&ftd)).await.recorded("duplicate");
    let flagged = gate.send(&registration("nobody-knows")).await;
    flagged.recorded("flagged");
    let sent = gate.send(&get(&Event::registration("click-2"))).await;
    sent.recorded("accepted");
    (first, flagged)
}

#[tokio::test(flavor = "multi_thread")]
async fn deliveries_are_searched_and_filtered() {
    let console = Console::open().await;
    traffic(&console).await;
    let browser = console.shows_to("viewer", LIST).await;
    assert_eq!(browser.heading().await, "Deliveries");
    assert_eq!(browser.texts("tbody tr").await.len(), 4);
    browser.is_content_in_all_clothes().await;

    browser.fills("#q", "click-1").await;
    browser.follows(".filters .primary").await;
    let verdicts = browser.texts("td[data-label=Verdict]").await;
    assert_eq!(verdicts, ["duplicate", "accepted"]);
    let asked = browser.runs("return document.querySelector('#q').value");
    assert_eq!(asked.await, "click-1");

    let flagged = console.url(&format!("{LIST}?verdict=flagged"));
    browser.goes_to(&flagged).await;
    assert_eq!(
        browser.texts("td[data-label=Click]").await,
        ["nobody-knows"]
    );
    let deposits = console.url(&format!("{LIST}?event=ftd&partner={PARTNER}"));
    browser.goes_to(&deposits).await;
    let amounts = browser.texts("td[data-label='Amount now']").await;
    assert_eq!(
        amounts,
        ["50.00 USD"],
        "what only repeats it is about nothing new"
    );
    browser.is_content_in_all_clothes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_tells_its_whole_story() {
    let console = Console::open().await;
    let (first, flagged) = traffic(&console).await;
    let browser = console.shows_to("viewer", LIST).await;
    // The id in the answer leads straight to the story.
    let id = first.text("id");
    browser.fills("#q", &id).await;
    browser.follows(".filters .primary").await;
    assert_eq!(browser.path().await, format!("{LIST}/{id}"));
    assert_eq!(browser.heading().await, format!("Delivery {id}"));
    let story = browser.text("main").await;
    for said in [
        "accepted",
        "127.0.0.1",
        "raw",
        "k1",
        "50.00 USD",
        "T-1",
        "opened as ftd",
        "\"clickid\":\"click-1\"",
    ] {
        assert!(story.contains(said), "{said} in {story}");
    }
    browser.is_content_in_all_clothes().await;
    // It is found by the request id too, which stands in the edge's log.
    let request = browser.text(".facts code").await;
    browser
        .goes_to(&console.url(&format!("{LIST}?q={request}")))
        .await;
    assert_eq!(browser.texts("tbody tr").await.len(), 1);

    // A flag, with what keeps it from earning.
    let id = flagged.text("id");
    browser.goes_to(&console.url(&format!("{LIST}/{id}"))).await;
    let story = browser.text("main").await;
    for said in ["unknown_click", "waits", "not in the click log", "nothing"] {
        assert!(story.contains(said), "{said} in {story}");
    }
    browser.is_content_in_all_clothes().await;
}

/// An event with this in each field that takes free text, and as the name of one that nobody knows.
fn full_of(text: &str) -> Event {
    let names = ["sub_id_1", "sub_id_2", "transaction_id", "reason"];
    let event = Event::ftd(text);
    let event = names
        .iter()
        .fold(event, |event, name| event.text(name, text));
    event.text("status", "rejected").text(text, text)
}

/// The fields of closed vocabularies and of numbers: what a stranger writes there is not booked.
const CLOSED: [&str; 7] = [
    "event",
    "status",
    "amount",
    "currency",
    "geo",
    "payment_method",
    "timestamp",
];

#[tokio::test(flavor = "multi_thread")]
async fn what_strangers_wrote_is_shown_as_text_in_every_field() {
    let console = Console::open().await;
    let gate = &console.gate;
    let booked = gate.send(&raw(&full_of(MARKUP))).await;
    booked.recorded("flagged");
    let in_query = get(&Event::registration(MARKUP).text("sub_id_1", MARKUP));
    let by_get = gate.send(&in_query).await;
    by_get.recorded("flagged");
    // What may not be booked is kept all the same, and told field by field.
    let wrong = CLOSED
        .iter()
        .fold(full_of(HOSTILE), |event, name| event.text(name, HOSTILE));
    let refused = gate.send(&raw(&wrong)).await;
    assert_eq!(refused.status, 422, "{refused:?}");

    let browser = console.shows(LIST).await;
    names_what_is_hidden(&browser).await;
    browser.is_content_in_all_clothes().await;
    for answer in [&booked, &by_get, &refused] {
        let id = answer.text("id");
        browser.goes_to(&console.url(&format!("{LIST}/{id}"))).await;
        is_shown_as_text(&browser).await;
        browser.is_content_in_all_clothes().await;
    }
    // The last one was the refused: each field is named with what came, and the strange one by its name.
    let wrong = browser.texts("main .mistakes li").await;
    for name in CLOSED {
        let field = format!("field: {name},");
        let told = wrong.iter().find(|it| it.contains(&field));
        let told = told.unwrap_or_else(|| panic!("{name} is not in {wrong:#?}"));
        assert!(told.contains("<script>alert(1)</script>"), "{told}");
    }
    let names = browser.texts("main dt .mono").await;
    assert!(
        names
            .iter()
            .any(|name| name.contains("<script>alert(1)</script>")),
        "{names:#?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_searched_for_is_given_back_as_it_was_sent() {
    let console = Console::open().await;
    let browser = console.shows(LIST).await;
    let script = "const field = document.querySelector('#q'); field.value = arguments[0]";
    let hostile = "\"><script>alert(1)</script>'\u{202e}x";
    browser
        .client()
        .execute(script, vec![hostile.into()])
        .await
        .expect("a field");
    browser.follows(".filters .primary").await;
    let value = browser
        .runs("return document.querySelector('#q').value")
        .await;
    assert_eq!(value, hostile);
    browser.is_content().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_lead_through_the_whole_log() {
    let console = Console::open().await;
    for number in 1..=60 {
        let sent = console
            .gate
            .send(&registration(&format!("click-{number}")))
            .await;
        sent.recorded("accepted");
    }
    let browser = console.shows(&format!("{LIST}?partner={PARTNER}")).await;
    assert_eq!(browser.texts("tbody tr").await.len(), 50);
    let newest = browser.text("td[data-label=Click]").await;
    assert_eq!(newest, "click-60");
    browser.follows("[rel=next]").await;
    assert_eq!(browser.texts("tbody tr").await.len(), 10);
    assert!(!browser.shows("[rel=next]").await, "the log ends");
    browser.follows("[rel=first]").await;
    assert_eq!(browser.text("td[data-label=Click]").await, "click-60");

    browser.is_content_in_all_clothes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_is_searched_and_walked_by_keyboard() {
    let console = Console::open().await;
    for number in 1..=4 {
        let sent = registration(&format!("click-{number}"));
        console.gate.send(&sent).await.recorded("accepted");
    }
    let browser = console.shows(LIST).await;
    for key in ["j", "j", "j", "k"] {
        browser.presses(key).await;
    }
    let row = "return document.activeElement.closest('tr').querySelector('.clip').textContent";
    assert_eq!(browser.runs(row).await, "click-3");

    // To the search field, through what is found, into its story.
    browser.presses("/").await;
    assert!(browser.has_focus("#q").await);
    browser.presses("click-2").await;
    browser.follows_by(ENTER).await;
    assert_eq!(browser.texts("td[data-label=Click]").await, ["click-2"]);
    browser.presses("j").await;
    browser.follows_by(ENTER).await;
    assert!(browser.heading().await.starts_with("Delivery "));
    assert!(browser.text("main").await.contains("click-2"));
}

#[tokio::test(flavor = "multi_thread")]
async fn mistakes_stand_beside_the_search() {
    let console = Console::open().await;
    let wrong = format!("{LIST}?from=yesterday&colour=red&verdict=");
    let browser = console.shows(&wrong).await;
    let mistakes = browser.text("#mistakes").await;
    assert!(
        mistakes.contains("from") && mistakes.contains("colour"),
        "{mistakes}"
    );
    assert_eq!(browser.value("#from").await, "yesterday");
    browser.complains_only_of(400).await;
    browser.is_content_in_all_clothes().await;
}
