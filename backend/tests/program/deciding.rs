//! `postern review`, of flags that a real backend has raised.

use serde_json::Value;

use crate::backend::{Backend, Edge};
use crate::desk::{ACME, Desk, TERMS};

const CLICKS: &str = "\
clickid,partner,clicked_at,cost,currency,geo,sub_id_1
abc,rival,2024-05-29T16:00:00Z,0.30,USD,DE,blog
";

/// A partner that is paid, and the click of another one.
fn open() -> (Desk, Backend, Edge) {
    let desk = Desk::empty();
    desk.write("partners.toml", format!("{ACME}{TERMS}"));
    desk.write("clicks.csv", CLICKS);
    desk.done(&["partners", "apply"]);
    desk.done(&["clicks", "import", "clicks.csv"]);
    let mut backend = Backend::start(&desk);
    let edge = backend.edge(&desk);
    (desk, backend, edge)
}

/// Reports a first deposit and gives the flag that it raised.
fn deposit(edge: &Edge, amount: &str, transaction: &str, reason: &str) -> String {
    let answer = edge.get(
        "acme",
        &format!(
            "clickid=abc&event=ftd&amount={amount}&currency=USD&timestamp=1717000000\
             &status=approved&transaction_id={transaction}&note=a%1B%5B2J"
        ),
    );
    assert_eq!(answer["result"], "flagged", "{answer}");
    assert_eq!(answer["flags"][0], reason, "{answer}");
    format!("{}/{reason}", answer["id"].as_str().expect("an id"))
}

fn assert_has(page: &str, all: &[&str]) {
    for words in all {
        assert!(page.contains(words), "{words:?} is not in:\n{page}");
    }
}

#[test]
fn all_that_a_decision_needs_is_shown() {
    let (desk, _backend, edge) = open();
    let foreign = deposit(&edge, "50.00", "A-1", "foreign_click");
    let double = deposit(&edge, "80.00", "B-2", "double_ftd");
    let page = desk.done(&["review", "show", &foreign]);
    assert_has(
        &page,
        &[
            "in the click log: at 2024-05-29T16:00:00Z, to rival, cost 0.30 USD, in DE, sub_id_1 blog",
            "GET from 192.0.2.7, form params, key k1",
            "  amount = 50.00\n",
            "  transaction_id = A-1\n",
            "  note = a\u{fffd}[2J\n",
            "flagged foreign_click, waits for a decision",
            "the partner's payout: booked 100.00 USD (CPA 100.00 USD per ftd)",
            "the partner's payout: booked 12.50 USD (RevShare 25 % of 50.00 USD)",
            // What a rejection would take along must not come as a surprise.
            &format!(
                "the flag {double} is closed with it, and the second deposit it reports is never \
                 booked"
            ),
        ],
    );
    assert!(!page.contains("raw GET"), "{page}");
    assert!(!page.contains('\u{1b}'), "{page}");
    let page = desk.done(&["review", "show", &double, "--raw"]);
    assert_has(
        &page,
        &[
            "reported    ftd approved 80.00 USD, transaction B-2",
            "  amount = 80.00\n",
            "raw GET ?clickid=abc&event=ftd&amount=80.00",
            "a redeposit of 80.00 USD is booked",
        ],
    );
}

#[test]
fn what_waits_is_listed_by_age_and_by_amount() {
    let (desk, _backend, edge) = open();
    let foreign = deposit(&edge, "50.00", "A-1", "foreign_click");
    let double = deposit(&edge, "80.00", "B-2", "double_ftd");
    let listed = desk.done(&["review", "list", "--json", "--partner", "acme"]);
    let listed: Value = serde_json::from_str(&listed).expect("JSON");
    let flags = listed["flags"].as_array().expect("a list");
    let flags: Vec<_> = flags.iter().map(|it| it["flag"].as_str()).collect();
    assert_eq!(flags, [Some(&*foreign), Some(&*double)]);
    assert_eq!(listed["flags"][1]["amount_minor"], 8_000);
    let large = ["review", "list", "--min", "60", "--currency", "USD"];
    let large = desk.done(&large);
    assert!(
        large.contains("double_ftd") && !large.contains("foreign_click"),
        "{large}"
    );
}

#[test]
fn an_answer_is_shown_undone_and_given_anew() {
    let (desk, _backend, edge) = open();
    let foreign = deposit(&edge, "50.00", "A-1", "foreign_click");
    desk.done(&[
        "review", "approve", &foreign, "--name", "Ada", "--note", "seen",
    ]);
    let page = desk.done(&["review", "show", &foreign]);
    assert_has(
        &page,
        &[
            "approved",
            "by Ada",
            "undo\n  the answer is undone, the flag waits for a decision again",
            "the partner's payout: clawed_back -100.00 USD",
        ],
    );
    let silent = desk.run(&["review", "undo", &foreign, "--name", "Bob"]);
    assert_eq!(silent.code, Some(1));
    assert_has(&silent.err, &["say in the note why"]);
    let undo = [
        "review", "undo", &foreign, "--name", "Bob", "--note", "not ours",
    ];
    assert_has(&desk.done(&undo), &["clawed_back -12.50 USD"]);
    let again = desk.run(&undo);
    assert_eq!(again.code, Some(1));
    assert_has(
        &again.err,
        &["is undone already, by Bob at", "\"not ours\""],
    );
    is_told_and_answered_anew(&desk, &foreign);
}

fn is_told_and_answered_anew(desk: &Desk, foreign: &str) {
    let (id, _) = foreign.split_once('/').expect("a flag");
    assert_has(
        &desk.done(&["explain", id]),
        &[
            "flag foreign_click approved by Ada: seen",
            "the answer to flag foreign_click undone by Bob: not ours",
            "taken back: the answer to a flag was undone, and the flag waits again",
            "sum 0.00 USD",
        ],
    );
    desk.done(&["review", "reject", foreign, "--name", "Bob"]);
    let exported = desk.done(&["export", "decisions"]);
    assert_has(
        &exported,
        &[
            r#""outcome":"approved","decided_by":"Ada","note":"seen","number":0"#,
            r#""outcome":"undone","decided_by":"Bob","note":"not ours","number":1"#,
            r#""outcome":"rejected","decided_by":"Bob","note":"","number":2"#,
        ],
    );
}

#[test]
fn a_flag_is_decided_once_and_gone() {
    let (desk, _backend, edge) = open();
    let foreign = deposit(&edge, "50.00", "A-1", "foreign_click");
    let double = deposit(&edge, "80.00", "B-2", "double_ftd");
    let ada = ["--name", "Ada", "--note", "seen"];
    let approved = desk.done(&[&["review", "approve", &foreign, &double][..], &ada].concat());
    let second = double.replace("double_ftd", "foreign_click");
    assert_has(
        &approved,
        &[
            "the partner's payout: booked 100.00 USD",
            "a redeposit of 80.00 USD is booked",
            &format!("the flag {second} is raised"),
        ],
    );
    let again = desk.run(&["review", "reject", &foreign, "--name", "Bob"]);
    assert_eq!(again.code, Some(1));
    assert_has(&again.err, &["is approved already, by Ada at", "\"seen\""]);
    let rejected = desk.done(&["review", "reject", &second, "--name", "Bob"]);
    assert_has(
        &rejected,
        &["moves from approved 80.00 USD to rejected 80.00 USD"],
    );
    let left = desk.done(&["review", "list"]);
    assert_eq!(left, "no flag waits for a decision\n");
    // The redeposit is explained as itself, though its delivery was flagged on the first deposit.
    let (id, _) = second.split_once('/').expect("a flag");
    assert_has(
        &desk.done(&["explain", id]),
        &[
            "redeposit rejected 80.00 USD",
            "flag foreign_click rejected by Bob",
        ],
    );
}
