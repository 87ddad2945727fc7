//! The Wilson score interval of a rate.

use super::Z_95;
use crate::report::sheet::{Interval, Ratio};

/// The rate `part` of `whole` with its 95 % interval; `None` where the whole is nothing.
#[must_use]
pub fn wilson(part: u64, whole: u64) -> Option<Interval> {
    if whole == 0 {
        return None;
    }
    // Counts stay far below 2^53.
    let (n, rate) = (whole as f64, part as f64 / whole as f64);
    let z2 = Z_95 * Z_95;
    let centre = rate + z2 / (2.0 * n);
    let spread = Z_95 * (rate * (1.0 - rate) / n + z2 / (4.0 * n * n)).sqrt();
    let scale = 1.0 + z2 / n;
    Some(Interval {
        value: Ratio::of(part, whole),
        low: Ratio::new(((centre - spread) / scale).clamp(0.0, rate)),
        high: Ratio::new(((centre + spread) / scale).clamp(rate, 1.0)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ends(part: u64, whole: u64) -> (f64, f64) {
        let interval = wilson(part, whole).expect("there is a whole");
        let value = |ratio: Ratio| ratio.value().expect("a number");
        (value(interval.low), value(interval.high))
    }

    /// Computed apart from the code.
    #[test]
    fn known_cases_come_out_as_known() {
        assert_eq!(ends(0, 10), (0.0, 0.277_533));
        assert_eq!(ends(10, 10), (0.722_467, 1.0));
        assert_eq!(ends(5, 10), (0.236_593, 0.763_407));
        assert_eq!(ends(20, 1_000), (0.012_984, 0.030_690));
    }

    #[test]
    fn of_nothing_there_is_no_rate() {
        assert_eq!(wilson(0, 0), None);
    }
}
