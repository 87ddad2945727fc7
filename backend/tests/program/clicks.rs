//! `postern clicks import`.

use std::fs;

use crate::desk::Desk;

#[test]
fn the_same_file_again_changes_nothing() {
    let desk = Desk::empty();
    desk.write("clicks.csv", "clickid,geo\nabc,DE\ndef,\n");
    let import = ["clicks", "import", "clicks.csv"];
    assert_eq!(
        desk.done(&import),
        "imported       2\nalready known  0\nrefused        0\n"
    );
    assert_eq!(
        desk.done(&import),
        "imported       0\nalready known  2\nrefused        0\n"
    );
}

#[test]
fn good_lines_come_in_and_bad_ones_are_told_and_kept() {
    let desk = Desk::empty();
    let input = b"{\"clickid\":\"abc\"}\n{\"clickid\":\n{\"clickid\":\"def\"}\n";
    let said = desk.run_with_input(&["clicks", "import", "-", "--rejects", "bad"], input);
    assert_eq!(said.code, Some(1));
    assert!(said.out.contains("imported       2"), "{}", said.out);
    assert!(
        said.err.contains("line 2: is not a JSON object"),
        "{}",
        said.err
    );
    assert_eq!(desk.read("bad"), "{\"clickid\":\n");
}

#[test]
fn more_than_one_batch_comes_in_whole() {
    let desk = Desk::empty();
    let lines: Vec<String> = (0..2_500).map(|number| format!("click-{number}")).collect();
    desk.write(
        "clicks.csv",
        format!("clickid\n{}\nclick-7\n", lines.join("\n")),
    );
    let said = desk.done(&["clicks", "import", "clicks.csv"]);
    assert_eq!(
        said,
        "imported       2500\nalready known  1\nrefused        0\n"
    );
}

#[test]
fn only_the_first_refused_lines_are_printed() {
    let desk = Desk::empty();
    let said = desk.run_with_input(
        &["clicks", "import", "-", "--format", "csv"],
        format!("clickid,geo\n{}", "x,Y\n".repeat(50)).as_bytes(),
    );
    assert_eq!(said.err.matches("geo must be").count(), 20);
    assert!(said.err.contains("and 30 more"), "{}", said.err);
    assert!(said.out.contains("refused        50"), "{}", said.out);
}

#[test]
fn a_missing_file_and_a_missing_column_say_so() {
    let desk = Desk::empty();
    let said = desk.run(&["clicks", "import", "nowhere.csv"]);
    assert_eq!(said.code, Some(1));
    assert!(said.err.contains("cannot read nowhere.csv"), "{}", said.err);
    let said = desk.run_with_input(&["clicks", "import", "-"], b"id\nabc\n");
    assert_eq!(said.code, Some(1));
    assert!(said.err.contains("no column clickid"), "{}", said.err);
}

#[test]
fn rejects_never_overwrite_the_input() {
    let desk = Desk::empty();
    let lines = "clickid,geo\nabc,DE\n";
    desk.write("clicks.csv", lines);
    fs::hard_link(desk.path("clicks.csv"), desk.path("same.csv")).expect("linked");
    for rejects in ["clicks.csv", "./clicks.csv", "same.csv"] {
        let said = desk.run(&["clicks", "import", "clicks.csv", "--rejects", rejects]);
        assert_eq!(said.code, Some(1), "{}", said.out);
        assert!(
            said.err.contains("is the file that is imported"),
            "{}",
            said.err
        );
        assert_eq!(desk.read("clicks.csv"), lines);
    }
    let mut from_stdin = desk.command(&["clicks", "import", "-", "--rejects", "clicks.csv"]);
    let input = fs::File::open(desk.path("clicks.csv")).expect("it is there");
    let ended = from_stdin.stdin(input).output().expect("postern runs");
    assert!(!ended.status.success());
    assert_eq!(desk.read("clicks.csv"), lines);
}

#[test]
fn corrected_rejects_of_a_csv_can_be_imported() {
    let desk = Desk::empty();
    desk.write(
        "clicks.csv",
        "clickid;geo\nabc;Germany\ndef;FR\nghi;Spain\n",
    );
    let said = desk.run(&["clicks", "import", "clicks.csv", "--rejects", "bad.csv"]);
    assert_eq!(said.code, Some(1));
    assert_eq!(
        desk.read("bad.csv"),
        "clickid;geo\nabc;Germany\nghi;Spain\n"
    );
    let corrected = desk
        .read("bad.csv")
        .replace("Germany", "DE")
        .replace("Spain", "ES");
    desk.write("bad.csv", corrected);
    assert_eq!(
        desk.done(&["clicks", "import", "bad.csv"]),
        "imported       2\nalready known  0\nrefused        0\n"
    );
}
