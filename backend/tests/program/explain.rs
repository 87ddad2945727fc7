//! `postern explain`, of what a real backend has booked.

use serde_json::Value;

use crate::backend::Backend;
use crate::desk::{ACME, Desk, TERMS};

#[test]
fn each_cent_of_what_was_posted_is_explained() {
    let desk = Desk::empty();
    desk.write("partners.toml", format!("{ACME}{TERMS}"));
    desk.write("clicks.csv", "clickid,partner\nabc,acme\n");
    desk.done(&["partners", "apply"]);
    desk.done(&["clicks", "import", "clicks.csv"]);
    let mut backend = Backend::start(&desk);
    let edge = backend.edge(&desk);
    let deposit = "clickid=abc&event=ftd&amount=50.00&currency=USD&timestamp=1717000000";
    let opened = edge.get("acme", &format!("{deposit}&status=approved"));
    let id = opened["id"].as_str().expect("an id");
    let page = desk.done(&["explain", id]);
    for words in [
        "in the click log: to acme",
        "opened as ftd approved 50.00 USD, by a GET from 192.0.2.7, form params, key k1",
        "CPA 100.00 USD per ftd; RevShare 25 % of ftd and redeposit less cashout",
        "RevShare 25 % of 50.00 USD",
        "sum 112.50 USD: due 0.00 USD, held 112.50 USD",
    ] {
        assert!(page.contains(words), "{words:?} is not in:\n{page}");
    }
    let rejected = edge.get("acme", &format!("{deposit}&status=rejected"));
    assert_eq!(rejected["result"], "updated");
    let update = rejected["id"].as_str().expect("an id");
    let said: Value =
        serde_json::from_str(&desk.done(&["explain", update, "--json"])).expect("JSON");
    assert_eq!(said["delivery"]["id"], update);
    assert_eq!(said["conversion"]["id"], id);
    assert_eq!(said["money"]["lines"].as_array().map(Vec::len), Some(4));
    assert_eq!(said["money"]["sums"][0]["earned"]["amount"], "0.00");
}

#[test]
fn an_id_that_names_nothing_is_told_of() {
    let desk = Desk::with_acme();
    let said = desk.run(&["explain", "00000000-0000-0000-0000-000000000007"]);
    assert_eq!(said.code, Some(1));
    assert!(
        said.err.contains("no delivery and no conversion 00000000"),
        "{}",
        said.err
    );
}

#[test]
fn what_is_no_id_is_a_wrong_command_line() {
    let said = Desk::with_acme().run(&["explain", "abc"]);
    assert_eq!(said.code, Some(2));
    assert!(said.err.contains("abc"), "{}", said.err);
}
