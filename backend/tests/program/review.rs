//! `postern review`.

use crate::desk::Desk;

const NOWHERE: &str = "00000000-0000-7000-8000-000000000000/unknown_click";

#[test]
fn an_empty_queue_says_so_to_people_and_programs() {
    let desk = Desk::empty();
    assert_eq!(
        desk.done(&["review", "list"]),
        "no flag waits for a decision\n"
    );
    let json = desk.done(&[
        "review",
        "list",
        "--json",
        "--by",
        "amount",
        "--older-than",
        "2d",
    ]);
    assert_eq!(json, "{\"flags\":[],\"next\":null}\n");
}

#[test]
fn each_flag_of_several_is_refused_by_itself() {
    let desk = Desk::empty();
    let other = NOWHERE.replace("unknown_click", "double_ftd");
    let said = desk.run(&["review", "approve", NOWHERE, &other, "--name", "Ada"]);
    assert_eq!(said.code, Some(1));
    for flag in [NOWHERE, &other] {
        assert!(
            said.err.contains(&format!("there is no flag {flag}")),
            "{}",
            said.err
        );
    }
    let said = desk.run(&["review", "show", NOWHERE]);
    assert_eq!(said.code, Some(1));
    assert!(said.err.contains("there is no flag"), "{}", said.err);
}

#[test]
fn who_decides_must_be_known() {
    let desk = Desk::empty();
    let mut command = desk.command(&["review", "reject", NOWHERE]);
    let said = command.env_remove("USER").output().expect("postern runs");
    assert_eq!(said.status.code(), Some(1));
    let err = String::from_utf8_lossy(&said.stderr);
    assert!(
        err.contains("name of who decides") && err.contains("--name"),
        "{err}"
    );
}

#[test]
fn what_is_no_flag_no_reason_and_no_amount_is_told() {
    let desk = Desk::empty();
    for (arguments, word) in [
        (vec!["review", "show", "abc"], "<delivery id>/<reason>"),
        (vec!["review", "list", "--reason", "odd"], "unknown_click"),
        (vec!["review", "list", "--older-than", "soon"], "7d, 12h"),
        (vec!["review", "list", "--min", "5"], "--currency"),
        (vec!["review", "list", "--after", "x"], "no cursor"),
    ] {
        let said = desk.run(&arguments);
        assert_eq!(said.code, Some(2), "{arguments:?}");
        assert!(said.err.contains(word), "{arguments:?}: {}", said.err);
    }
    let said = desk.run(&["review", "list", "--min", "1,5", "--currency", "USD"]);
    assert_eq!(said.code, Some(1));
    assert!(said.err.contains("--min must be"), "{}", said.err);
}
