//! `postern report`, `postern export` and `postern deliveries`.

use std::io::Read as _;
use std::process::Stdio;

use crate::desk::Desk;

const CLICKS: &str = "\
clickid,partner,clicked_at,cost,currency,geo,sub_id_1,sub_id_2
a,acme,2026-01-05T10:00:00Z,0.50,USD,DE,blog,top
b,acme,2026-01-06T10:00:00Z,0.25,USD,DE,blog,top
c,rival,2026-02-01T00:00:00Z,,,,=cmd|calc,
";

fn desk() -> Desk {
    let desk = Desk::empty();
    desk.write("clicks.csv", CLICKS);
    desk.done(&["clicks", "import", "clicks.csv"]);
    desk
}

#[test]
fn a_funnel_is_a_table_csv_or_json() {
    let desk = desk();
    let table = desk.done(&["report", "funnel", "--to", "2026-01-31"]);
    assert!(table.contains("Funnel, until 2026-01-31"), "{table}");
    assert!(table.contains("acme"), "{table}");
    assert!(!table.contains("rival"), "{table}");
    let csv = desk.done(&["report", "funnel", "--by", "source,geo", "--format", "csv"]);
    let lines: Vec<&str> = csv.lines().collect();
    assert!(lines[0].starts_with("sub_id_1,sub_id_2,geo,clicks,registrations,"));
    assert!(lines[1].starts_with("'=cmd|calc,,,1,0,"), "{csv}");
    assert!(lines[2].starts_with("blog,top,DE,2,0,"), "{csv}");
    let json = desk.done(&["report", "funnel", "--by", "none", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(
        (&json["report"], &json["version"]),
        (&"funnel".into(), &1.into())
    );
    assert_eq!(json["rows"][0]["clicks"], 3);
}

#[test]
fn the_same_data_gives_the_same_bytes() {
    let desk = desk();
    for report in [
        ["report", "funnel", "--format", "json"],
        ["report", "sources", "--format", "csv"],
        ["report", "payouts", "--due", "2026-02-01"],
    ] {
        assert_eq!(desk.done(&report), desk.done(&report));
    }
}

#[test]
fn sources_say_what_is_missing() {
    let desk = desk();
    let json = desk.done(&["report", "sources", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let blog = &json["rows"][1];
    assert_eq!(blog["group"]["sub_id_1"], "blog");
    assert_eq!(blog["cost"][0]["amount"], "0.75");
    assert_eq!(blog["recommendation"], "too_early");
    assert_eq!(json["thresholds"]["min_clicks"], 200);
    desk.write("postern.toml", "[sources]\nmin_clicks = 1\n");
    let csv = desk.done(&["report", "sources", "--format", "csv"]);
    assert!(
        csv.contains("hold,no click has earned anything yet"),
        "{csv}"
    );
}

#[test]
fn a_period_that_makes_no_sense_says_what_to_do() {
    let desk = desk();
    for (arguments, told) in [
        (
            vec![
                "report",
                "funnel",
                "--from",
                "2026-02-01",
                "--to",
                "2026-01-01",
            ],
            "swap the two",
        ),
        (
            vec!["report", "funnel", "--from", "yesterday"],
            "write it as 2026-01-31",
        ),
        (
            vec!["report", "payouts", "--from", "2026-01-02"],
            "whole months",
        ),
        (vec!["report", "payouts", "--in", "DOLLARS"], "ISO 4217"),
        (
            vec!["deliveries", "list", "--verdict", "fine"],
            "one of accepted, duplicate",
        ),
        (vec!["export", "everything"], "deliveries, conversions"),
    ] {
        let said = desk.run(&arguments);
        assert_ne!(said.code, Some(0), "{arguments:?}");
        assert!(said.err.contains(told), "{arguments:?}: {}", said.err);
    }
}

#[test]
fn exported_clicks_can_be_imported_again() {
    let desk = desk();
    let exported = desk.done(&["export", "clicks"]);
    assert_eq!(exported.lines().count(), 3);
    let other = Desk::empty();
    other.write("clicks.ndjson", &exported);
    other.done(&["clicks", "import", "clicks.ndjson"]);
    assert_eq!(other.done(&["export", "clicks"]), exported);
}

#[test]
fn an_export_as_csv_runs_no_formula() {
    let desk = desk();
    let csv = desk.done(&["export", "clicks", "--format", "csv", "--partner", "rival"]);
    assert_eq!(
        csv,
        "clickid,partner,clicked_at,cost,currency,geo,sub_id_1,sub_id_2\n\
         c,rival,2026-02-01T00:00:00Z,,,,'=cmd|calc,\n"
    );
}

#[test]
fn a_reader_who_goes_early_is_no_error() {
    let desk = Desk::empty();
    let lines: Vec<String> = (0..20_000)
        .map(|number| format!("click-{number}"))
        .collect();
    desk.write("clicks.csv", format!("clickid\n{}\n", lines.join("\n")));
    desk.done(&["clicks", "import", "clicks.csv"]);
    for format in ["ndjson", "csv"] {
        let mut command = desk.command(&["export", "clicks", "--format", format]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("postern runs");
        let mut first = [0; 64];
        let mut out = child.stdout.take().expect("it is piped");
        out.read_exact(&mut first).expect("some rows");
        drop(out);
        let ended = child.wait_with_output().expect("it ends");
        assert_eq!(String::from_utf8_lossy(&ended.stderr), "", "{format}");
    }
}

#[test]
fn an_empty_log_says_so() {
    let desk = Desk::empty();
    assert_eq!(desk.done(&["deliveries", "list"]), "no delivery matches\n");
    assert_eq!(desk.done(&["export", "deliveries"]), "");
    let table = desk.done(&["report", "payouts"]);
    assert!(table.contains("nothing to show"), "{table}");
}
