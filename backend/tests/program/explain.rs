//! `postern explain`.

use crate::desk::Desk;

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
