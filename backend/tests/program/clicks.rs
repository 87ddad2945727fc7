//! `postern clicks import`.

use std::fs;
use std::io::Write as _;
use std::process::Stdio;

use postern::store::Store;

use crate::desk::Desk;

/// Waits until an import that runs has kept how far it came.
fn wait_for_a_mark(desk: &Desk, name: &str) {
    let url = format!("sqlite://{}", desk.path("postern.db").display());
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let store = Store::open(&url).await.expect("it opens");
        while store
            .import_record(name)
            .await
            .expect("it answers")
            .is_none()
        {
            tokio::task::yield_now().await;
        }
    });
}

fn report(new: u32, filled_in: u32, known: u32, before: u32, refused: u32) -> String {
    format!(
        "imported         {new}\nfilled in        {filled_in}\nalready known    {known}\n\
         imported before  {before}\nflags healed     0\n\
         refused          {refused}\n"
    )
}

#[test]
fn the_same_file_again_changes_nothing() {
    let desk = Desk::empty();
    desk.write("clicks.csv", "clickid,geo\nabc,DE\ndef,\n");
    let import = ["clicks", "import", "clicks.csv"];
    assert_eq!(desk.done(&import), report(2, 0, 0, 0, 0));
    let again = desk.run(&import);
    assert_eq!(again.out, report(0, 0, 0, 2, 0));
    assert!(
        again.err.contains("3 lines were imported on 20"),
        "{}",
        again.err
    );
    let from_the_start = ["clicks", "import", "clicks.csv", "--again"];
    assert_eq!(desk.done(&from_the_start), report(0, 0, 2, 0, 0));
}

#[test]
fn good_lines_come_in_and_bad_ones_are_told_and_kept() {
    let desk = Desk::empty();
    let input = b"{\"clickid\":\"abc\"}\n{\"clickid\":\n{\"clickid\":\"def\"}\n";
    let said = desk.run_with_input(&["clicks", "import", "-", "--rejects", "bad"], input);
    assert_eq!(said.code, Some(1));
    assert!(said.out.contains("imported         2"), "{}", said.out);
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
    assert_eq!(said, report(2_500, 0, 1, 0, 0));
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
    assert!(said.out.contains("refused          50"), "{}", said.out);
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
    let said = desk.done(&["clicks", "import", "bad.csv"]);
    assert_eq!(said, report(2, 0, 0, 0, 0));
}

#[test]
fn a_file_that_has_grown_goes_on_and_one_that_has_changed_begins_anew() {
    let desk = Desk::empty();
    let import = ["clicks", "import", "clicks.csv"];
    desk.write("clicks.csv", "clickid,geo\nabc,\ndef,FR\n");
    assert_eq!(desk.done(&import), report(2, 0, 0, 0, 0));
    desk.write("clicks.csv", "clickid,geo\nabc,\ndef,FR\nghi,ES\n");
    assert_eq!(desk.done(&import), report(1, 0, 0, 2, 0));
    desk.write("clicks.csv", "clickid,geo\nabc,DE\ndef,FR\nghi,ES\n");
    let said = desk.run(&import);
    assert_eq!(said.out, report(0, 1, 2, 0, 0));
    assert!(
        said.err.contains("the file has changed since"),
        "{}",
        said.err
    );
    assert_eq!(desk.done(&import), report(0, 0, 0, 3, 0));
}

#[test]
fn stdin_goes_on_under_a_name_and_is_told_when_it_is_another_log() {
    let desk = Desk::empty();
    let import = ["clicks", "import", "-", "--name", "feed"];
    let said = desk.run_with_input(&import, b"clickid\nabc\n");
    assert_eq!(said.out, report(1, 0, 0, 0, 0));
    let said = desk.run_with_input(&import, b"clickid\nabc\ndef\n");
    assert_eq!(said.out, report(1, 0, 0, 1, 0));
    let said = desk.run_with_input(&import, b"clickid\nxyz\nuvw\n");
    assert_eq!(said.code, Some(1));
    assert!(said.err.contains("give another --name"), "{}", said.err);
    let without_a_name = desk.run_with_input(&["clicks", "import", "-"], b"clickid\nabc\n");
    assert_eq!(without_a_name.out, report(0, 0, 1, 0, 0));
}

#[test]
fn refused_lines_are_told_again_and_all_kept_when_an_import_goes_on() {
    let desk = Desk::empty();
    let import = ["clicks", "import", "clicks.csv", "--rejects", "bad.csv"];
    desk.write("clicks.csv", "clickid,geo\nabc,Germany\ndef,FR\n");
    assert_eq!(desk.run(&import).out, report(1, 0, 0, 0, 1));
    desk.write(
        "clicks.csv",
        "clickid,geo\nabc,Germany\ndef,FR\nghi,Spain\n",
    );
    let said = desk.run(&import);
    assert_eq!((said.code, said.out), (Some(1), report(0, 0, 0, 1, 2)));
    assert_eq!(
        desk.read("bad.csv"),
        "clickid,geo\nabc,Germany\nghi,Spain\n"
    );
}

#[test]
fn an_import_that_was_killed_goes_on_where_it_stopped() {
    const CLICKS: u32 = 16_000;
    let desk = Desk::empty();
    let mut text = "clickid,sub_id_1\n".to_owned();
    for number in 0..CLICKS {
        text.push_str(&format!("click-{number},{:0400}\n", 7));
    }
    desk.write("clicks.csv", &text);
    let half = text.len() / 2;
    // The pipe stays open, so the first run can only wait for more when it is killed.
    let first = ["clicks", "import", "-", "--format", "csv", "--name", "feed"];
    let mut running = desk
        .command(&first)
        .stdin(Stdio::piped())
        .spawn()
        .expect("postern runs");
    let mut stdin = running.stdin.take().expect("it is piped");
    stdin.write_all(&text.as_bytes()[..half]).expect("it reads");
    wait_for_a_mark(&desk, "feed");
    running.kill().expect("it runs");
    running.wait().expect("it ends");

    let said = desk.run_with_input(&first, text.as_bytes());
    assert_eq!(said.code, Some(0), "{}", said.err);
    let number = |name: &str| -> u32 {
        let line = said.out.lines().find_map(|line| line.strip_prefix(name));
        line.expect(name).trim().parse().expect("a number")
    };
    let (before, new) = (number("imported before"), number("imported "));
    assert!(before > 0 && before < CLICKS, "{}", said.out);
    // Turns of a chunk whose end was not reached come again and are known.
    assert_eq!(before + new + number("already known"), CLICKS);
    let again = desk.run(&["clicks", "import", "clicks.csv"]);
    assert_eq!(again.out, report(0, 0, CLICKS, 0, 0));
}
