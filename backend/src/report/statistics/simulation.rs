//! The intervals against a simulation: sources whose truth is known, drawn again and again.
//!
//! The draws come from a fixed seed, so that the test says the same each time.

use super::{Earnings, wilson};

/// Sources drawn for each case. With this many, a coverage of 95 % is seen as 95 % ± 1.
const DRAWS: u32 = 4_000;

/// What is asked of an interval that promises 95 %, less what so many draws may miss by chance.
const COVERAGE_MIN: f64 = 0.94;

/// A small generator (SplitMix64): nothing here needs to be secret, only the same each time.
struct Draws(u64);

impl Draws {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((bits ^ (bits >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// How many of `clicks` convert, drawn click by click.
    fn conversions(&mut self, clicks: u32, rate: f64) -> u32 {
        (0..clicks).map(|_| u32::from(self.next() < rate)).sum()
    }
}

#[test]
fn the_rate_lies_in_its_interval_as_often_as_promised() {
    for (clicks, rate) in [(50, 0.1), (200, 0.02), (400, 0.3)] {
        let mut draws = Draws(7);
        let hits = (0..DRAWS).filter(|_| {
            let seen = draws.conversions(clicks, rate);
            let interval = wilson(seen.into(), clicks.into()).expect("clicks");
            let (low, high) = (interval.low.value(), interval.high.value());
            low <= Some(rate) && Some(rate) <= high
        });
        let coverage = hits.count() as f64 / f64::from(DRAWS);
        assert!(coverage > 0.93, "{clicks} clicks at {rate}: {coverage}");
    }
}

/// What a paying click earns: a fixed amount, or one of several far apart.
type Payments = &'static [i64];

#[test]
fn the_earnings_lie_in_their_bounds_as_often_as_promised() {
    const FIXED: Payments = &[10_000];
    const SPREAD: Payments = &[500, 500, 500, 1_000, 2_000, 30_000];
    const WITH_LOSSES: Payments = &[4_000, 6_000, 8_000, -5_000];
    for (clicks, rate, payments) in [
        (300, 0.01, FIXED),
        (500, 0.05, FIXED),
        (400, 0.02, SPREAD),
        (1_000, 0.05, SPREAD),
        (600, 0.05, WITH_LOSSES),
    ] {
        let mean = payments.iter().sum::<i64>() as f64 / payments.len() as f64;
        let truth = f64::from(clicks) * rate * mean;
        let largest = *payments.iter().max().expect("some");
        let mut draws = Draws(11);
        let hits = (0..DRAWS).filter(|_| {
            let mut earned = Earnings::default();
            for _ in 0..draws.conversions(clicks, rate) {
                let place = (draws.next() * payments.len() as f64) as usize;
                earned.add(payments[place], 1);
            }
            let bounds = earned.bounds(largest).expect("bounded");
            bounds.low <= truth && truth <= bounds.high
        });
        let coverage = hits.count() as f64 / f64::from(DRAWS);
        assert!(
            coverage > COVERAGE_MIN,
            "{clicks} at {rate} of {payments:?}: {coverage}"
        );
    }
}

#[test]
fn more_clicks_make_it_narrower() {
    let width = |times: u32| {
        let mut earned = Earnings::default();
        earned.add(10_000, 5 * times);
        let bounds = earned.bounds(0).expect("paid");
        (bounds.high - bounds.low) / earned.sum() as f64
    };
    assert!(width(4) < width(1) * 0.6 && width(16) < width(4) * 0.6);
}
