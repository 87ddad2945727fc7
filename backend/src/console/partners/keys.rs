//! A partner's keys, their spans as a picture: by name and time, never by secret.

use postern_protocol::id::TEST_KEY_PREFIX;
use postern_protocol::time::UnixSeconds;

use crate::agreement::DAY_SECONDS;
use crate::partners::at_edge::KeyAtEdge;
use crate::partners::{show_day, show_time, validity};
use crate::store::Trace;

/// How far the picture reaches before and after now.
const REACH_DAYS: i64 = 30;

/// The picture's width, in its own units.
pub(super) const WIDTH: i64 = 720;

/// The height of one key's row.
pub(super) const ROW: i64 = 34;

/// The height of what stands above the rows.
const HEAD: i64 = 26;

/// A key as a page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct KeyView {
    /// What names it.
    pub(super) id: String,
    /// Until when it counts, in words.
    pub(super) validity: String,
    /// `now`, `later` or `ended`.
    pub(super) standing: &'static str,
    /// How old it is, where the file says from when it counts.
    pub(super) age: Option<String>,
    /// When it last signed one of the deliveries that were looked at.
    pub(super) last_used: Option<String>,
    /// How many of them it signed.
    pub(super) signed: usize,
    /// How many those are.
    pub(super) looked_at: usize,
    /// Whether it signs tests alone.
    pub(super) is_test: bool,
    /// Its bar in the picture.
    pub(super) bar: Bar,
}

/// What keys have signed of late. Who has only a test secret sends tests alone, so they are looked at
/// for its keys, and live deliveries for the others.
#[derive(Debug, Clone, Copy)]
pub(super) struct Used<'t> {
    live: &'t [Trace],
    tests: &'t [Trace],
}

impl<'t> Used<'t> {
    /// Newest first, both.
    pub(super) const fn of(live: &'t [Trace], tests: &'t [Trace]) -> Self {
        Self { live, tests }
    }
}

/// A bar in the picture; what has no end reaches to the edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bar {
    /// Where it begins.
    pub(super) x: i64,
    /// How wide it is.
    pub(super) width: i64,
    /// Where its row is.
    pub(super) y: i64,
}

/// The picture of the spans in which keys count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Spans {
    /// The keys, as the file has them.
    pub(super) keys: Vec<KeyView>,
    /// Its height.
    pub(super) height: i64,
    /// Where now is.
    pub(super) now_x: i64,
    /// Its first and its last day.
    pub(super) from: String,
    /// The day at its right edge.
    pub(super) until: String,
}

impl Spans {
    /// The keys at the edge, with what the newest deliveries say of their use.
    pub(super) fn of(keys: &[KeyAtEdge], used: &Used<'_>, now: UnixSeconds) -> Self {
        let views = keys.iter().enumerate();
        let views = views.map(|(row, key)| view(key, row, used, now));
        let rows = i64::try_from(keys.len()).unwrap_or(0);
        let reach = REACH_DAYS * DAY_SECONDS;
        Self {
            keys: views.collect(),
            height: HEAD + rows * ROW,
            now_x: WIDTH / 2,
            from: show_day(UnixSeconds(now.0.saturating_sub(reach))),
            until: show_day(UnixSeconds(now.0.saturating_add(reach))),
        }
    }
}

fn view(key: &KeyAtEdge, row: usize, used: &Used<'_>, now: UnixSeconds) -> KeyView {
    let is_test = key.id.starts_with(TEST_KEY_PREFIX);
    let traces = if is_test { used.tests } else { used.live };
    let used = traces.iter().filter(|it| it.key_id == key.id);
    KeyView {
        id: key.id.clone(),
        validity: validity(key.not_before, key.not_after),
        standing: standing(key, now),
        age: key.not_before.and_then(|from| age(from, now)),
        last_used: used.clone().next().map(|it| show_time(it.received_at)),
        signed: used.count(),
        looked_at: traces.len(),
        is_test,
        bar: bar(key, row, now),
    }
}

/// Both ends of a span belong to it.
pub(super) fn standing(key: &KeyAtEdge, now: UnixSeconds) -> &'static str {
    if key.not_before.is_some_and(|from| now.0 < from.0) {
        "later"
    } else if key.not_after.is_some_and(|until| until.0 < now.0) {
        "ended"
    } else {
        "now"
    }
}

fn age(from: UnixSeconds, now: UnixSeconds) -> Option<String> {
    let seconds = now.0.checked_sub(from.0).filter(|it| *it >= 0)?;
    Some(match seconds / DAY_SECONDS {
        0 => "since today".to_owned(),
        1 => "1 day".to_owned(),
        days => format!("{days} days"),
    })
}

fn bar(key: &KeyAtEdge, row: usize, now: UnixSeconds) -> Bar {
    let from = key.not_before.map_or(0, |at| place(at, now));
    let until = key.not_after.map_or(WIDTH, |at| place(at, now));
    let row = i64::try_from(row).unwrap_or(0);
    Bar {
        x: from,
        // A key that has ended or not begun is still seen at the edge.
        width: (until - from).max(2),
        y: HEAD + row * ROW,
    }
}

/// Where a moment stands in the picture; what lies outside stands at its edge.
fn place(at: UnixSeconds, now: UnixSeconds) -> i64 {
    let reach = REACH_DAYS * DAY_SECONDS;
    let since = at.0.saturating_sub(now.0.saturating_sub(reach));
    let x = since.clamp(0, 2 * reach) * WIDTH / (2 * reach);
    x.min(WIDTH - 2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::Verdict;
    use crate::testing::START;

    const NOTHING: Used<'_> = Used::of(&[], &[]);

    fn key(id: &str, from: Option<i64>, until: Option<i64>) -> KeyAtEdge {
        let day = |days: i64| UnixSeconds(START.0 + days * DAY_SECONDS);
        KeyAtEdge {
            id: id.to_owned(),
            not_before: from.map(day),
            not_after: until.map(day),
        }
    }

    #[test]
    fn an_overlap_is_seen_as_two_bars_side_by_side() {
        let keys = [key("old", None, Some(7)), key("new", Some(-1), None)];
        let spans = Spans::of(&keys, &NOTHING, START);
        let bars: Vec<Bar> = spans.keys.iter().map(|it| it.bar).collect();
        let expected = [(0, 444, HEAD), (348, 372, HEAD + ROW)];
        assert_eq!(bars, expected.map(|(x, width, y)| Bar { x, width, y }));
        assert_eq!((spans.now_x, spans.height), (360, HEAD + 2 * ROW));
    }

    #[test]
    fn what_lies_outside_stands_at_the_edge() {
        for (from, until) in [(Some(-90), Some(-60)), (Some(60), Some(90))] {
            let Bar { x, width, .. } =
                Spans::of(&[key("k", from, until)], &NOTHING, START).keys[0].bar;
            assert!(x >= 0 && width >= 2 && x + width <= WIDTH, "{x} {width}");
        }
    }

    #[test]
    fn both_ends_of_a_span_count() {
        let word = |from, until| standing(&key("k", from, until), START);
        assert_eq!(word(None, None), "now");
        assert_eq!(word(Some(0), Some(0)), "now");
        assert_eq!(word(Some(1), None), "later");
        assert_eq!(word(None, Some(-1)), "ended");
    }

    #[test]
    fn a_key_knows_its_age_and_when_it_was_used() {
        let trace = |key: &str, ago| Trace {
            received_at: UnixSeconds(START.0 - ago),
            verdict: Verdict::Accepted,
            form: "raw".to_owned(),
            key_id: key.to_owned(),
        };
        let traces = [trace("a", 5), trace("b", 6), trace("a", 7)];
        let keys = [
            key("a", Some(-3), None),
            key("b", None, None),
            key("c", Some(2), None),
        ];
        let views = Spans::of(&keys, &Used::of(&traces, &[]), START).keys;
        assert_eq!(views[0].age.as_deref(), Some("3 days"));
        assert_eq!(views[0].signed, 2);
        let last = show_time(UnixSeconds(START.0 - 5));
        assert_eq!(views[0].last_used.as_deref(), Some(last.as_str()));
        assert_eq!((&views[1].age, &views[2].age), (&None, &None));
        assert_eq!((&views[2].last_used, views[2].signed), (&None, 0));
    }

    #[test]
    fn a_test_key_is_used_by_tests() {
        let trace = |key: &str, ago| Trace {
            received_at: UnixSeconds(START.0 - ago),
            verdict: Verdict::Accepted,
            form: "raw".to_owned(),
            key_id: key.to_owned(),
        };
        let (live, tests) = ([trace("a", 1)], [trace("test.sandbox", 2), trace("a", 3)]);
        let keys = [key("a", None, None), key("test.sandbox", None, None)];
        let views = Spans::of(&keys, &Used::of(&live, &tests), START).keys;
        let last = |ago| Some(show_time(UnixSeconds(START.0 - ago)));
        assert_eq!((views[0].last_used.clone(), views[0].signed), (last(1), 1));
        assert_eq!((views[1].last_used.clone(), views[1].signed), (last(2), 1));
        assert_eq!((views[1].is_test, views[1].looked_at), (true, 2));
    }
}
