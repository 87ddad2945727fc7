//! `postern edge check`: what the filter would say, before it is asked.

use crate::desk::Desk;

const EDGE: &str = "edge/postern-filter.json";

#[test]
fn what_apply_writes_is_taken_and_so_is_the_bare_configuration() {
    let desk = Desk::with_acme();
    desk.done(&["partners", "apply"]);
    let said = desk.done(&["edge", "check", EDGE]);
    assert!(said.contains("1 partners, replicas 1"), "{said}");
    let response: serde_json::Value = serde_json::from_str(&desk.read(EDGE)).expect("JSON");
    let bare = &response["resources"][0]["typed_config"]["config"]["configuration"]["value"];
    desk.write("bare.json", bare.as_str().expect("a text"));
    desk.done(&["edge", "check", "bare.json"]);
}

#[test]
fn each_mistake_is_told_and_no_secret() {
    let desk = Desk::with_acme();
    desk.done(&["partners", "apply"]);
    let broken = desk
        .read(EDGE)
        .replace("rate_per_second", "rate_per_minute");
    desk.write("broken.json", broken);
    let said = desk.run(&["edge", "check", "broken.json"]);
    assert_eq!(said.code, Some(1));
    for mistake in [
        "does not take",
        "partners[0].rate_per_minute",
        "partners[0].rate_per_second: is missing",
    ] {
        assert!(said.err.contains(mistake), "{}", said.err);
    }
    assert!(!said.err.contains("your_secret_key"), "{}", said.err);
    let said = desk.run(&["edge", "check", "missing.json"]);
    assert_eq!(said.code, Some(1));
    assert!(
        said.err.contains("cannot read missing.json"),
        "{}",
        said.err
    );
}
