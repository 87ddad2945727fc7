//! Intervals as bars over one scale, with the thresholds that they are judged by as lines.
//!
//! Each row of a table has a picture of its own, so a long name breaks no picture, and the scale
//! stands once, above the column.

use askama::Template;
use askama::filters::Safe;

use super::scale::Scale;
use crate::report::sheet::Interval;
use crate::report::sources::Thresholds;

/// How wide each picture is drawn, in its own units.
const WIDTH: f64 = 220.0;
/// The least of the scale's stretch: nobody loses more than the cost.
const LOWEST: f64 = -1.0;
/// Where nothing is known the scale reaches as far as this.
const HIGHEST_AT_LEAST: f64 = 0.5;
/// A few intervals that are wide, for want of clicks, must not flatten all others: the scale ends at so
/// many times the largest value that was seen.
const TIMES_THE_LARGEST: f64 = 2.0;
/// Numbers below the scale.
const TICKS: u32 = 4;

/// The scale that all intervals of a report are drawn on.
#[derive(Template)]
#[template(path = "chart/scale.html")]
pub(in crate::console) struct IntervalScale {
    width: f64,
    ticks: Vec<Tick>,
    cut_at: f64,
    scale_at: f64,
    even_at: f64,
    scale: Scale,
    thresholds: Thresholds,
}

struct Tick {
    at: f64,
    percent: String,
    /// How the text stands at its place: the first begins there and the last ends there.
    anchor: &'static str,
}

/// An interval on the scale.
#[derive(Template)]
#[template(path = "chart/interval.html")]
pub(in crate::console) struct Bounds {
    width: f64,
    even_at: f64,
    cut_at: f64,
    scale_at: f64,
    low_at: f64,
    length: f64,
    /// Where what was seen is; `None` beyond the scale's end.
    value_at: Option<f64>,
    /// Whether it goes on beyond the scale's end.
    goes_on: bool,
    /// The colour's class.
    class: &'static str,
    described: String,
}

impl IntervalScale {
    /// A scale on which these intervals and the thresholds are seen.
    pub(in crate::console) fn of<'i>(
        intervals: impl Iterator<Item = &'i Interval> + Clone,
        thresholds: Thresholds,
    ) -> Self {
        let ends = |it: &Interval| [it.low, it.high].map(|end| end.value().unwrap_or_default());
        let values = intervals.clone().filter_map(|it| it.value.value());
        let largest = values.fold(HIGHEST_AT_LEAST, f64::max) * TIMES_THE_LARGEST;
        let highest = intervals.flat_map(ends).fold(HIGHEST_AT_LEAST, f64::max);
        let (cut, more) = (
            part(thresholds.cut_roi_percent),
            part(thresholds.scale_roi_percent),
        );
        let to = highest.min(largest).max(more * TIMES_THE_LARGEST);
        let scale = Scale::new(LOWEST.min(cut), to, WIDTH);
        Self {
            width: WIDTH,
            ticks: ticks(scale),
            cut_at: scale.place(cut),
            scale_at: scale.place(more),
            even_at: scale.place(0.0),
            scale,
            thresholds,
        }
    }

    /// The picture as a page holds it.
    pub(in crate::console) fn svg(&self) -> Safe<String> {
        super::drawn(self)
    }

    /// An interval on it; `class` is the colour of what is advised.
    pub(in crate::console) fn bounds(&self, interval: &Interval, class: &'static str) -> Bounds {
        let number = |ratio: crate::report::sheet::Ratio| ratio.value().unwrap_or_default();
        let (low, high) = (number(interval.low), number(interval.high));
        let value = number(interval.value);
        let low_at = self.scale.place(low);
        Bounds {
            width: WIDTH,
            even_at: self.even_at,
            cut_at: self.cut_at,
            scale_at: self.scale_at,
            low_at,
            length: super::scale::rounded((self.scale.place(high) - low_at).max(1.0)),
            value_at: self.scale.holds(value).then(|| self.scale.place(value)),
            goes_on: !self.scale.holds(high),
            class,
            described: format!(
                "ROI {}, hardly below {} and hardly above {}",
                interval.value.percent(),
                interval.low.percent(),
                interval.high.percent()
            ),
        }
    }
}

impl Bounds {
    /// The picture as a page holds it.
    pub(in crate::console) fn svg(&self) -> Safe<String> {
        super::drawn(self)
    }
}

/// A percentage as a part of one.
fn part(percent: i32) -> f64 {
    f64::from(percent) / 100.0
}

fn ticks(scale: Scale) -> Vec<Tick> {
    let ticks = scale.ticks(TICKS);
    let tick = |number: f64| {
        let at = scale.place(number);
        Tick {
            at,
            percent: format!("{:.0}", number * 100.0),
            anchor: match at {
                at if at < 12.0 => "start",
                at if at > WIDTH - 12.0 => "end",
                _ => "middle",
            },
        }
    };
    ticks.into_iter().map(tick).collect()
}

#[cfg(test)]
mod tests {
    use askama::Template as _;

    use super::*;
    use crate::report::sheet::Ratio;

    fn interval(low: f64, value: f64, high: f64) -> Interval {
        Interval {
            value: Ratio::new(value),
            low: Ratio::new(low),
            high: Ratio::new(high),
        }
    }

    #[test]
    fn thresholds_and_intervals_lie_on_one_scale() {
        let known = [interval(-0.5, 0.2, 1.0), interval(0.1, 0.5, 0.8)];
        let scale = IntervalScale::of(known.iter(), Thresholds::default());
        // From -100 % to 100 %, even in the middle, a fifth beyond it to scale.
        assert_eq!(
            (scale.even_at, scale.cut_at, scale.scale_at),
            (110.0, 110.0, 132.0)
        );
        let bounds = scale.bounds(&known[0], "c1");
        assert_eq!((bounds.low_at, bounds.length), (55.0, 165.0));
        assert_eq!(bounds.value_at, Some(132.0));
        assert!(!bounds.goes_on);
    }

    #[test]
    fn a_wide_interval_does_not_flatten_the_others_and_is_seen_to_go_on() {
        let known = [interval(-0.5, 0.2, 1.0), interval(-1.0, 0.3, 80.0)];
        let scale = IntervalScale::of(known.iter(), Thresholds::default());
        let wide = scale.bounds(&known[1], "c5");
        assert!(wide.goes_on);
        assert!(wide.render().expect("it renders").contains("goes-on"));
        assert!(scale.bounds(&known[0], "c1").length > 50.0);
    }

    #[test]
    fn a_value_beyond_the_scale_is_no_dot_at_its_end() {
        let judged = [interval(-0.5, 0.2, 1.0)];
        let scale = IntervalScale::of(judged.iter(), Thresholds::default());
        let beyond = scale.bounds(&interval(2.0, 40.0, 900.0), "c6");
        assert!(beyond.goes_on && beyond.value_at.is_none());
        let svg = beyond.render().expect("it renders");
        assert!(svg.contains("goes-on") && !svg.contains("<circle"), "{svg}");
    }

    #[test]
    fn a_scale_of_nothing_holds_the_thresholds() {
        let scale = IntervalScale::of([].iter(), Thresholds::default());
        assert!(scale.scale_at > scale.even_at && scale.scale_at < WIDTH);
        let svg = scale.render().expect("it renders");
        assert!(svg.contains("-100") && !svg.contains("style="), "{svg}");
    }
}
