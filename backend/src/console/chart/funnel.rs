//! The funnel as a picture: a bar for each step, as long as the step is large, with the rate from the
//! step before; what leaves the funnel stands below, apart.

use askama::Template;
use askama::filters::Safe;

use super::scale::{Scale, rounded};
use crate::report::funnel::Steps;
use crate::report::sheet::Ratio;

/// How wide the picture is drawn, in its own units: a phone's width, so that its text is read there.
const WIDTH: f64 = 340.0;
/// From one bar's label to the next one's.
const ROW: f64 = 46.0;
/// A bar's height.
const BAR: f64 = 16.0;
/// Where a label stands above its bar.
const BASELINE: f64 = 14.0;
/// The room that a rate takes between two steps.
const RATE: f64 = 18.0;
/// Between the steps and what stands beside them.
const GAP: f64 = 20.0;
/// Something is seen of a step that somebody took.
const LEAST: f64 = 2.0;

/// The funnel as a picture.
#[derive(Template)]
#[template(path = "chart/funnel.html")]
pub(in crate::console) struct FunnelPicture {
    /// What is in it, for who cannot see it.
    described: String,
    width: f64,
    height: f64,
    bars: Vec<Bar>,
    /// Where the line lies that what is beside the funnel stands below.
    divided_at: f64,
}

/// A step.
struct Bar {
    label: &'static str,
    count: u64,
    /// How many of the step before reach it, in words.
    rate: Option<String>,
    /// The colour's class.
    class: &'static str,
    label_at: f64,
    bar_at: f64,
    rate_at: f64,
    length: f64,
}

/// What a bar is of.
struct Part {
    label: &'static str,
    count: u64,
    rate: Option<(Ratio, &'static str)>,
    class: &'static str,
}

const fn part(label: &'static str, count: u64, class: &'static str) -> Part {
    Part {
        label,
        count,
        rate: None,
        class,
    }
}

impl FunnelPicture {
    /// The picture of these steps.
    pub(in crate::console) fn of(steps: &Steps) -> Self {
        let (through, beside) = (through(steps), beside(steps));
        let all = through.iter().chain(&beside);
        let most = all.clone().map(|part| part.count).max().unwrap_or(0);
        // Counts stay far below 2^53.
        let scale = Scale::new(0.0, most as f64, WIDTH);
        let mut at = 0.0;
        let mut bars: Vec<Bar> = through.iter().map(|it| bar(it, &mut at, scale)).collect();
        let divided_at = rounded(at + GAP / 2.0);
        at += GAP;
        bars.extend(beside.iter().map(|it| bar(it, &mut at, scale)));
        Self {
            described: all.map(in_words).collect::<Vec<_>>().join("; "),
            width: WIDTH,
            height: rounded(at),
            bars,
            divided_at,
        }
    }

    /// The picture as a page holds it.
    pub(in crate::console) fn svg(&self) -> Safe<String> {
        super::drawn(self)
    }

    const fn bar_height(&self) -> f64 {
        BAR
    }
}

/// The way through.
fn through(steps: &Steps) -> [Part; 5] {
    let rates = &steps.rates;
    let rated = |part: Part, rate, of| Part {
        rate: Some((rate, of)),
        ..part
    };
    [
        part("Clicks", steps.clicks, "c1"),
        rated(
            part("Registrations", steps.registrations, "c1"),
            rates.registrations_per_click,
            "of clicks",
        ),
        part("Leads", steps.leads, "c4"),
        rated(
            part("First deposits", steps.ftds, "c3"),
            rates.ftds_per_registration,
            "of registrations",
        ),
        rated(
            part("Redeposits", steps.redeposits, "c3"),
            rates.redeposits_per_ftd,
            "of first deposits",
        ),
    ]
}

/// What is no step towards more, and what does not count yet or no more.
fn beside(steps: &Steps) -> [Part; 5] {
    [
        part("Cashouts", steps.cashouts, "c2"),
        part("Refused deposits", steps.rejects, "c6"),
        part("Pending", steps.pending, "c5"),
        part("Flagged", steps.flagged, "c5"),
        part("Taken back", steps.taken_back, "c6"),
    ]
}

/// A part's bar, below what is drawn already.
fn bar(part: &Part, at: &mut f64, scale: Scale) -> Bar {
    let rate = part.rate.filter(|(rate, _)| rate.value().is_some());
    let top = *at + if rate.is_some() { RATE } else { 0.0 };
    *at = top + ROW;
    let length = scale.place(part.count as f64);
    Bar {
        label: part.label,
        count: part.count,
        rate: rate.map(|(rate, of)| format!("{} {of}", rate.percent())),
        class: part.class,
        rate_at: rounded(top - 4.0),
        label_at: rounded(top + BASELINE),
        bar_at: rounded(top + BASELINE + 6.0),
        length: if part.count > 0 {
            length.max(LEAST)
        } else {
            0.0
        },
    }
}

fn in_words(part: &Part) -> String {
    let count = format!("{} {}", part.count, part.label.to_lowercase());
    match part.rate {
        Some((rate, of)) if rate.value().is_some() => {
            format!("{count}, {} {of}", rate.percent())
        }
        _ => count,
    }
}

#[cfg(test)]
mod tests {
    use askama::Template as _;

    use super::*;
    use crate::report::funnel::Rates;

    fn steps() -> Steps {
        Steps {
            clicks: 1_000,
            registrations: 250,
            ftds: 40,
            redeposits: 1,
            rates: Rates {
                registrations_per_click: Ratio::of(250, 1_000),
                ftds_per_registration: Ratio::of(40, 250),
                ftds_per_click: Ratio::of(40, 1_000),
                redeposits_per_ftd: Ratio::of(1, 40),
            },
            ..Steps::default()
        }
    }

    #[test]
    fn bars_are_as_long_as_their_steps_are_large() {
        let picture = FunnelPicture::of(&steps());
        let lengths: Vec<f64> = picture.bars.iter().map(|bar| bar.length).collect();
        assert_eq!(lengths[..5], [340.0, 85.0, 0.0, 13.6, LEAST]);
        assert!(
            picture
                .bars
                .is_sorted_by(|one, next| one.bar_at < next.bar_at)
        );
        let last = picture.bars.last().map_or(0.0, |bar| bar.bar_at + BAR);
        assert!(last <= picture.height, "{last} of {}", picture.height);
    }

    #[test]
    fn it_says_in_words_what_it_shows() {
        let picture = FunnelPicture::of(&steps());
        assert!(picture.described.starts_with(
            "1000 clicks; 250 registrations, 25.0 % of clicks; 0 leads; 40 first deposits, 16.0 % of registrations"
        ), "{}", picture.described);
        let svg = picture.render().expect("it renders");
        assert!(svg.contains("<title") && svg.contains("<desc"), "{svg}");
        assert!(
            svg.contains("role=\"img\"") && !svg.contains("style="),
            "{svg}"
        );
    }

    #[test]
    fn a_funnel_of_nothing_is_a_picture_too() {
        let picture = FunnelPicture::of(&Steps::default());
        assert!(picture.bars.iter().all(|bar| bar.length == 0.0));
        assert!(picture.bars.iter().all(|bar| bar.rate.is_none()));
    }
}
