//! Good and bad lines of click logs in both formats.

use std::path::Path;

use super::{Chunk, ClickLog, Format, LogError, MAX_LINE_BYTES, guess};
use crate::store::{Click, Mark};

/// Small ones, so that short logs have several.
const BLOCK_BYTES: usize = 100_000;

/// All chunks of a log that comes in pieces of `piece` bytes.
fn chunks(text: &[u8], format: Format, piece: usize) -> Result<Vec<Chunk>, LogError> {
    chunks_behind(text, format, piece, None)
}

fn chunks_behind(
    text: &[u8],
    format: Format,
    piece: usize,
    resumed: Option<&Mark>,
) -> Result<Vec<Chunk>, LogError> {
    let mut log = ClickLog::in_blocks_of(BLOCK_BYTES, format, resumed);
    let mut chunks = Vec::new();
    for piece in text.chunks(piece) {
        chunks.extend(log.push(piece)?);
    }
    chunks.extend(log.end()?);
    Ok(chunks)
}

fn read(text: impl AsRef<[u8]>, format: Format) -> (Vec<Click>, Vec<String>) {
    let mut clicks = Vec::new();
    let mut refused = Vec::new();
    for chunk in chunks(text.as_ref(), format, 7).expect("a header") {
        clicks.extend(chunk.clicks);
        let told = chunk.refused.iter();
        refused.extend(told.map(|refused| format!("{}: {}", refused.line, refused.reason)));
    }
    (clicks, refused)
}

fn refusal(text: &str) -> String {
    let refused = chunks(text.as_bytes(), Format::Csv, 7);
    refused.expect_err("no header").to_string()
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
    let chunks = chunks(b"clickid,device,os\n", Format::Csv, 100).expect("a header");
    let header = chunks[0].header.as_ref().expect("it is the first chunk");
    assert_eq!(header.ignored_columns, ["device", "os"]);
    assert_eq!(header.text, b"clickid,device,os");
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
    let refused = refusal("clickid,partner\rA,acme\rB,acme\r");
    assert!(
        refused.contains("the header holds a carriage return"),
        "{refused}"
    );
}

#[test]
fn a_header_without_clickid_is_refused() {
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

/// Several blocks of lines in some order, with all that is odd about lines.
fn long_log() -> Vec<u8> {
    let mut text = b"clickid,geo\r\n".to_vec();
    for number in 0..3_000 {
        let end = ["\n", "\r\n", "\n\n", "\n  \n"][number % 4];
        text.extend(format!("click-{number:080},DE{end}").as_bytes());
        if number % 900 == 899 {
            text.extend(vec![b'x'; 2 * MAX_LINE_BYTES]);
            text.push(b'\n');
        }
    }
    text
}

#[test]
fn a_log_reads_alike_in_whatever_pieces_it_comes() {
    let text = long_log();
    let told = |piece: usize| {
        let chunks = chunks(&text, Format::Csv, piece).expect("a header");
        let last = chunks.last().expect("some").mark.clone();
        let refused = chunks.iter().flat_map(|chunk| chunk.refused.clone());
        let refused: Vec<_> = refused.map(|it| (it.line, it.reason)).collect();
        let clicks = chunks.into_iter().flat_map(|chunk| chunk.clicks);
        (clicks.collect::<Vec<_>>(), refused, last)
    };
    let whole = told(text.len());
    assert_eq!(whole.0.len(), 3_000);
    assert_eq!(whole.1.len(), 3);
    assert_eq!(whole.2.bytes, text.len() as u64);
    for piece in [1_021, 65_536, 150_000] {
        assert_eq!(told(piece), whole);
    }
}

#[test]
fn a_line_without_an_end_does_not_grow_what_is_held() {
    let mut log = ClickLog::new(Format::Ndjson, None);
    for _ in 0..100 {
        assert!(log.push(&vec![b'x'; MAX_LINE_BYTES]).unwrap().is_none());
    }
    assert!(log.push(b"\n{\"clickid\":\"a\"}\n").unwrap().is_none());
    let chunk = log.end().unwrap().unwrap();
    assert_eq!(chunk.refused[0].text.len(), MAX_LINE_BYTES);
    assert_eq!(ids(&chunk.clicks), ["a"]);
}

#[test]
fn a_log_goes_on_behind_each_of_its_chunks() {
    let text = long_log();
    let whole = chunks(&text, Format::Csv, 5_000).unwrap();
    let all: usize = whole.iter().map(|chunk| chunk.clicks.len()).sum();
    assert!(whole.len() > 2, "it has several chunks");
    let mut done = 0;
    for broken_off_behind in &whole {
        done += broken_off_behind.clicks.len();
        let mark = Some(&broken_off_behind.mark);
        // Other pieces, so that chunks end elsewhere than before.
        let again = chunks_behind(&text, Format::Csv, 7_000, mark).unwrap();
        let before: u64 = again.iter().map(|chunk| chunk.before).sum();
        let clicks: usize = again.iter().map(|chunk| chunk.clicks.len()).sum();
        assert_eq!((before, clicks), (done as u64, all - done));
        let refused: usize = again.iter().map(|chunk| chunk.refused.len()).sum();
        assert_eq!(refused, 3, "all refused lines are told again");
    }
}

#[test]
fn a_log_that_is_another_one_is_found_out() {
    let text = b"clickid,geo\nabc,DE\ndef,FR\n";
    let mark = chunks(text, Format::Csv, 100).unwrap()[0].mark.clone();
    let changed = |text: &[u8], format| {
        let resumed = chunks_behind(text, format, 5, Some(&mark));
        matches!(resumed, Err(LogError::Changed))
    };
    assert!(!changed(text, Format::Csv));
    assert!(!changed(
        b"clickid,geo\nabc,DE\ndef,FR\nghi,ES\n",
        Format::Csv
    ));
    assert!(changed(
        b"clickid,geo\nabc,AT\ndef,FR\nghi,ES\n",
        Format::Csv
    ));
    assert!(changed(b"clickid,geo\nabc,DE\n", Format::Csv), "shorter");
    assert!(changed(text, Format::Ndjson), "read in another way");
}

#[test]
fn a_last_line_without_an_end_is_read_and_is_not_done_yet() {
    let part = chunks(
        b"{\"clickid\":\"a\"}\n{\"clickid\":\"b\"}",
        Format::Ndjson,
        5,
    )
    .unwrap();
    assert_eq!(ids(&part[0].clicks), ["a", "b"]);
    assert_eq!((part[0].mark.lines, part[0].mark.bytes), (1, 16));
    let grown = b"{\"clickid\":\"a\"}\n{\"clickid\":\"b\",\"geo\":\"DE\"}\n";
    let rest = chunks_behind(grown, Format::Ndjson, 5, Some(&part[0].mark)).unwrap();
    assert_eq!(ids(&rest[0].clicks), ["b"]);
    assert_eq!(rest[0].clicks[0].geo.as_deref(), Some("DE"));
}
