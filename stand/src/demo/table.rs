//! The table people look at: what was sent, and what became of it.

use std::collections::BTreeMap;

use comfy_table::{Cell, Color, ContentArrangement, Table, presets::UTF8_FULL_CONDENSED};

use super::sample::Sample;
use super::send::Reply;

/// Columns of a terminal nobody told us the width of.
const WIDTH_CHARS: u16 = 140;
/// A signature's hex digits.
const SIGN_CHARS: usize = 64;

/// An empty table with its headings.
pub(crate) fn table() -> Table {
    let mut table = Table::new();
    table
        .load_style(UTF8_FULL_CONDENSED)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(["", "Postback", "From", "Status", "Result", "Reply"]);
    if !table.is_tty() {
        table.set_width(WIDTH_CHARS);
    }
    table
}

/// A row for one postback. Gives whether it was answered as it should be.
pub(crate) fn add(table: &mut Table, sample: &Sample, reply: &Reply) -> bool {
    let outcome = reply.outcome();
    let right = sample.expected.contains(&(reply.status, outcome.as_str()));
    let body = sample.body.as_deref().unwrap_or("");
    let sent = format!(
        "{}\n{}\n{}",
        sample.title,
        short(&sample.target()),
        short(body)
    );
    table.add_row([
        mark(right),
        Cell::new(sent.trim_end()),
        Cell::new(sample.from),
        Cell::new(reply.status),
        Cell::new(outcome),
        Cell::new(&reply.body),
    ]);
    right
}

/// One row for many at once: how many got what, and as an example what one got who was kept out.
/// Gives whether each answer that may come came, and no other.
pub(crate) fn add_burst(table: &mut Table, samples: &[Sample], replies: &[Reply]) -> bool {
    let worst = replies.iter().max_by_key(|reply| reply.status);
    let (Some(sample), Some(worst)) = (samples.first(), worst) else {
        return false;
    };
    let mut counts: BTreeMap<(u16, String), usize> = BTreeMap::new();
    for reply in replies {
        *counts.entry((reply.status, reply.outcome())).or_default() += 1;
    }
    let right = counts
        .keys()
        .map(|(status, outcome)| (*status, outcome.as_str()))
        .eq(sample.expected.iter().copied());
    let column = |line: fn((&(u16, String), &usize)) -> String| {
        counts.iter().map(line).collect::<Vec<_>>().join("\n")
    };
    table.add_row([
        mark(right),
        Cell::new(format!(
            "{}: {} at once\n{}",
            sample.title,
            samples.len(),
            sample.target()
        )),
        Cell::new(sample.from),
        Cell::new(column(|((status, _), count)| format!("{count} × {status}"))),
        Cell::new(column(|((_, outcome), _)| outcome.clone())),
        Cell::new(&worst.body),
    ]);
    right
}

/// With only the beginning of a signature: nobody reads the rest.
fn short(text: &str) -> String {
    let mut words = Vec::new();
    for word in text.split_inclusive(|letter: char| !letter.is_ascii_hexdigit()) {
        let digits = word.trim_end_matches(|letter: char| !letter.is_ascii_hexdigit());
        match digits.len() {
            SIGN_CHARS => words.push(format!("{}…{}", &digits[..8], &word[SIGN_CHARS..])),
            _ => words.push(word.to_owned()),
        }
    }
    words.concat()
}

fn mark(right: bool) -> Cell {
    if right {
        Cell::new("✓").fg(Color::Green)
    } else {
        Cell::new("✗").fg(Color::Red)
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;

    fn reply(status: u16, body: &str) -> Reply {
        Reply {
            status,
            body: body.to_owned(),
        }
    }

    #[test]
    fn a_wrong_status_is_marked() {
        let mut table = table();
        let sample = &samples::singles("1")[0];
        assert!(add(
            &mut table,
            sample,
            &reply(200, r#"{"result":"accepted"}"#)
        ));
        assert!(!add(&mut table, sample, &reply(503, "")));
        let text = table.to_string();
        assert!(
            text.contains("accepted") && text.contains("not understood") && text.contains('✗'),
            "{text}"
        );
    }

    #[test]
    fn a_wrong_verdict_is_marked() {
        let sample = &samples::singles("1")[5];
        assert_eq!(sample.expected, [(200, "flagged")]);
        assert!(!add(
            &mut table(),
            sample,
            &reply(200, r#"{"result":"accepted"}"#)
        ));
    }

    #[test]
    fn only_a_signature_is_shortened() {
        let sign = "0123456789abcdef".repeat(4);
        assert_eq!(
            short(&format!(r#"{{"a":"feed","sign":"{sign}"}}"#)),
            r#"{"a":"feed","sign":"01234567…"}"#
        );
        assert_eq!(short(&format!("?a=1&sign={sign}")), "?a=1&sign=01234567…");
        assert_eq!(short("¤cy=EUR"), "¤cy=EUR");
    }

    #[test]
    fn a_burst_is_counted_by_status() {
        let mut table = table();
        let samples = samples::burst("1");
        let (let_in, kept_out) = (
            reply(200, r#"{"result":"accepted"}"#),
            reply(429, r#"{"error":"rate_limited"}"#),
        );
        let replies = [let_in.clone(), kept_out.clone(), kept_out];
        assert!(add_burst(&mut table, &samples, &replies));
        assert!(table.to_string().contains("2 × 429"));
        assert!(
            !add_burst(&mut table, &samples, &[let_in]),
            "nobody was kept out"
        );
    }
}
