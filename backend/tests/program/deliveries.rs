//! `postern deliveries list`, of what a real backend has recorded.

use crate::backend::Backend;
use crate::desk::{ACME, Desk};

/// Another partner beside the first.
fn rival() -> String {
    let rival = ACME.replace("acme", "rival").replace("Acme", "Rival");
    let rival = rival.replace("127.0.0.1", "127.0.0.2");
    rival.replace("your_secret_key", "another_secret_key")
}

/// Registrations of both partners, one of them twice, and one in JSON that nobody can book.
fn desk() -> Desk {
    let desk = Desk::empty();
    desk.write("partners.toml", format!("{ACME}{}", rival()));
    desk.write("clicks.csv", "clickid\nabc\n");
    desk.done(&["partners", "apply"]);
    desk.done(&["clicks", "import", "clicks.csv"]);
    let mut backend = Backend::start(&desk);
    let edge = backend.edge(&desk);
    let said = [
        edge.get("acme", "clickid=abc&event=registration&status=approved"),
        edge.get("acme", "clickid=abc&event=registration&status=approved"),
        edge.get("rival", "clickid=nobody&event=lead&status=approved"),
        edge.post("rival", "{\"clickid\":\"abc\",\"event\":\"lead\u{85}\"}"),
    ];
    let became = said
        .each_ref()
        .map(|it| it["result"].as_str().or(it["error"].as_str()));
    let expected = ["accepted", "duplicate", "flagged", "invalid"];
    assert_eq!(became, expected.map(Some));
    desk
}

/// The verdict and the partner of each, in the list's order.
fn listed(desk: &Desk, filter: &[&str]) -> Vec<String> {
    let list = desk.done(&[&["deliveries", "list"][..], filter].concat());
    let heads = list.lines().filter(|it| !it.starts_with(' '));
    let words = |it: &str| it.split_once(' ').map(|(_, words)| words.to_owned());
    heads.filter_map(words).collect()
}

#[test]
fn what_came_is_listed_newest_first_by_verdict_and_partner() {
    let desk = desk();
    assert_eq!(
        listed(&desk, &[]),
        [
            "invalid rival",
            "flagged rival",
            "duplicate acme",
            "accepted acme"
        ]
    );
    assert_eq!(listed(&desk, &["--limit", "1"]), ["invalid rival"]);
    assert_eq!(listed(&desk, &["--verdict", "flagged"]), ["flagged rival"]);
    assert_eq!(
        listed(&desk, &["--partner", "acme"]),
        ["duplicate acme", "accepted acme"]
    );
    let none = [
        "deliveries",
        "list",
        "--partner",
        "acme",
        "--verdict",
        "invalid",
    ];
    assert_eq!(desk.done(&none), "no delivery matches\n");
    let long_ago = ["deliveries", "list", "--to", "2020-01-01"];
    assert_eq!(desk.done(&long_ago), "no delivery matches\n");
}

#[test]
fn the_raw_request_is_shown_where_it_is_asked_for_and_moves_no_cursor() {
    let desk = desk();
    let list = desk.done(&["deliveries", "list"]);
    assert!(!list.contains("raw "), "{list}");
    assert!(list.contains("flags [\"unknown_click\"]"), "{list}");
    assert!(list.contains("repeats "), "{list}");
    let list = desk.done(&["deliveries", "list", "--raw"]);
    for words in [
        "raw GET ?clickid=nobody&event=lead&status=approved",
        "raw content-type application/json",
        "raw body {\"clickid\":\"abc\",\"event\":\"lead\u{fffd}\"}",
    ] {
        assert!(list.contains(words), "{words:?} is not in:\n{list}");
    }
}
