//! Good and bad lines of click logs in both formats.

use std::path::Path;

use super::{Clicks, Format, MAX_LINE_BYTES, Refused, guess};
use crate::store::Click;

fn read(text: impl AsRef<[u8]>, format: Format) -> (Vec<Click>, Vec<String>) {
    let clicks = Clicks::new(text.as_ref(), format).expect("a header");
    let lines: Vec<Result<Click, Refused>> = clicks.map(|line| line.expect("readable")).collect();
    let refused = lines.iter().filter_map(|line| line.as_ref().err());
    let refused = refused
        .map(|refused| format!("{}: {}", refused.line, refused.reason))
        .collect();
    (lines.into_iter().filter_map(Result::ok).collect(), refused)
}

fn ids(clicks: &[Click]) -> Vec<&str> {
    clicks.iter().map(|click| click.clickid.as_str()).collect()
}

#[test]
fn every_column_is_read_from_csv() {
    let text = "\u{feff}ClickId;partner;clicked_at;cost;currency;geo;sub_id_1;sub_id_2;device\r\n\
                abc;acme;2026-01-31T00:00:00Z;0.15;usd;de;\"one; two\";;phone\r\n";
    let (clicks, refused) = read(text, Format::Csv);
    assert!(refused.is_empty(), "{refused:?}");
    let click = &clicks[0];
    assert_eq!(click.clickid, "abc");
    assert_eq!(click.partner.as_ref().map(AsRef::as_ref), Some("acme"));
    assert_eq!(click.clicked_at.map(|time| time.0), Some(1_769_817_600));
    assert_eq!(
        click
            .cost
            .map(|cost| (cost.minor(), cost.currency().code())),
        Some((15, "USD"))
    );
    assert_eq!(click.geo.as_deref(), Some("DE"));
    assert_eq!(click.sub_id_1.as_deref(), Some("one; two"));
    assert_eq!(click.sub_id_2, None);
}

#[test]
fn columns_nobody_knows_are_named() {
    let clicks = Clicks::new(&b"clickid,device,os\n"[..], Format::Csv).expect("a header");
    assert_eq!(clicks.ignored_columns(), ["device", "os"]);
}

#[test]
fn every_field_is_read_from_ndjson() {
    let text = r#"{"clickid":"abc","clicked_at":1769817600,"cost":"0.15","currency":"USD","x":[1]}

                  {"clickid":123,"geo":null}"#;
    let (clicks, refused) = read(text, Format::Ndjson);
    assert!(refused.is_empty(), "{refused:?}");
    assert_eq!(ids(&clicks), ["abc", "123"]);
    assert_eq!(clicks[0].clicked_at.map(|time| time.0), Some(1_769_817_600));
}

#[test]
fn a_bad_line_costs_no_good_one() {
    let long = "x".repeat(MAX_LINE_BYTES);
    let text = format!(
        "clickid,geo,clicked_at\na,DE,1\nb\"b,DE,1\nc,Germany,soon\nd,DE\n,DE,1\n{long},DE,1\n\
         e,,1769817600000\nf,FR,\n"
    );
    let (clicks, refused) = read(text, Format::Csv);
    assert_eq!(ids(&clicks), ["a", "f"]);
    insta::assert_snapshot!(refused.join("\n"));
}

#[test]
fn bad_json_lines_say_why() {
    let text = b"{\"clickid\":\"a\"}\n{\"clickid\":\n[]\n{\"geo\":\"DE\"}\n{\"clickid\":true}\n\
                 {\"clickid\":\"\xff\"}\n{\"clickid\":\"b\",\"cost\":\"1\"}\n{\"clickid\":\"c\"}";
    let (clicks, refused) = read(text, Format::Ndjson);
    assert_eq!(ids(&clicks), ["a", "c"]);
    insta::assert_snapshot!(refused.join("\n"));
}

#[test]
fn a_number_stays_as_it_was_written() {
    let text =
        br#"{"clickid":12345678901234567890123,"cost":1.50,"currency":"USD","sub_id_1":1.50}"#;
    let (clicks, refused) = read(text, Format::Ndjson);
    assert!(refused.is_empty(), "{refused:?}");
    assert_eq!(ids(&clicks), ["12345678901234567890123"]);
    assert_eq!(clicks[0].cost.map(|cost| cost.minor()), Some(150));
    assert_eq!(clicks[0].sub_id_1.as_deref(), Some("1.50"));
}

#[test]
fn a_name_twice_in_a_line_is_refused() {
    let text = "{\"clickid\":\"a\",\"clickid\":\"b\"}\n{\"clickid\":\"c\",\"ClickID\":\"d\"}\n\
                {\"clickid\":\"e\",\"x\":1,\"\\u0078\":2}\n{\"clickid\":\"f\"}";
    let (clicks, refused) = read(text, Format::Ndjson);
    assert_eq!(ids(&clicks), ["f"]);
    assert_eq!(
        refused,
        [
            "1: names clickid twice",
            "2: names ClickID twice",
            "3: names x twice"
        ]
    );
}

#[test]
fn a_carriage_return_inside_a_line_hides_nothing() {
    let (clicks, refused) = read(
        "clickid,partner\r\nA,acme\rB,acme\r\nC,acme\r\n",
        Format::Csv,
    );
    assert_eq!(ids(&clicks), ["C"]);
    assert_eq!(refused.len(), 1);
    assert!(refused[0].contains("carriage return"), "{refused:?}");
    let old_mac = Clicks::new(&b"clickid,partner\rA,acme\rB,acme\r"[..], Format::Csv);
    let refused = old_mac.err().expect("no line ends").to_string();
    assert!(
        refused.contains("the header holds a carriage return"),
        "{refused}"
    );
}

#[test]
fn a_header_without_clickid_is_refused() {
    let refusal = |text: &str| {
        Clicks::new(text.as_bytes(), Format::Csv)
            .err()
            .expect("no header")
            .to_string()
    };
    assert!(refusal("").contains("empty"));
    assert_eq!(
        refusal("id,geo\n"),
        "the header has no column clickid; it has id, geo"
    );
    assert_eq!(refusal("clickid,geo,GEO\n"), "the header names geo twice");
}

#[test]
fn the_format_is_guessed_by_name_then_by_first_byte() {
    let named = |name: &str| guess(Some(Path::new(name)), b"?");
    assert_eq!(named("clicks.CSV"), Format::Csv);
    assert_eq!(named("clicks.jsonl"), Format::Ndjson);
    assert_eq!(
        guess(Some(Path::new("-")), b" {\"clickid\":1}"),
        Format::Ndjson
    );
    assert_eq!(guess(None, b"clickid"), Format::Csv);
}
