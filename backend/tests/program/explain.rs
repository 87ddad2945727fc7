//! `postern explain`, of what a real backend has booked.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use postern_protocol::proof::PROOF_HEADER;
use serde_json::Value;

use crate::backend::Backend;
use crate::desk::{ACME, Desk};

const TERMS: &str = r#"
[[partner.terms]]
from = 2020-01-01
hold_days = 14
cpa.ftd = "100.00 USD"
revshare = { percent = "25", carry_over = true }
"#;

/// Posts past the edge, with the proof that only the edge has, and gives the answer.
fn post(desk: &Desk, address: &str, query: &str) -> Value {
    let token = desk.read("proof.tokens");
    let proof = format!(
        "token={};partner=acme;key=k1;form=params;address=192.0.2.7",
        token.trim()
    );
    let mut stream = TcpStream::connect(address).expect("it listens");
    let request = format!(
        "GET /v1/event?{query} HTTP/1.1\r\nhost: backend\r\n{PROOF_HEADER}: {proof}\r\n\
         connection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    let (_, body) = answer.split_once("\r\n\r\n").expect("a body");
    serde_json::from_str(body).expect("JSON")
}

#[test]
fn each_cent_of_what_was_posted_is_explained() {
    let desk = Desk::empty();
    desk.write("partners.toml", format!("{ACME}{TERMS}"));
    desk.write("clicks.csv", "clickid,partner\nabc,acme\n");
    desk.done(&["partners", "apply"]);
    desk.done(&["clicks", "import", "clicks.csv"]);
    let mut backend = Backend::start(&desk);
    let serving = backend.said("serving");
    let address = serving["listen"].as_str().expect("an address");
    let deposit = "clickid=abc&event=ftd&amount=50.00&currency=USD&timestamp=1717000000";
    let opened = post(&desk, address, &format!("{deposit}&status=approved"));
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
    let rejected = post(&desk, address, &format!("{deposit}&status=rejected"));
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
