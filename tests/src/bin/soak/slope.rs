//! Whether memory stays flat. The slope is Theil and Sen's: the median over all pairs of samples, so
//! that neither a step nor a spike makes one.

use crate::sample::Sample;
use std::time::Duration;

/// Of the run, before memory is judged: caches fill and allocators settle.
pub(crate) const WARM_UP: f64 = 0.4;
/// What a part may grow in an hour. Envoy stops taking requests at 2 GiB: at this rate that is more
/// than four days off, and a leak of 20 bytes a request would be seen in this traffic.
pub(crate) const MOST_GROWTH_PER_HOUR: f64 = 16.0 * 1024.0 * 1024.0;

const HOUR: f64 = 3600.0;

/// What became of one part.
pub(crate) struct Verdict {
    pub(crate) median_bytes: f64,
    pub(crate) most_bytes: f64,
    pub(crate) growth_per_hour: f64,
}

impl Verdict {
    /// Judges the samples of one part after the warm-up.
    pub(crate) fn on(samples: &[Sample], part: usize, length: Duration) -> Verdict {
        let judged: Vec<(f64, f64)> = samples
            .iter()
            .filter(|sample| sample.at >= length.mul_f64(WARM_UP))
            .map(|sample| (sample.at.as_secs_f64(), sample.bytes[part]))
            .collect();
        let bytes: Vec<f64> = judged.iter().map(|(_, bytes)| *bytes).collect();
        Verdict {
            most_bytes: bytes.iter().copied().fold(0.0, f64::max),
            median_bytes: median(bytes),
            growth_per_hour: slope(&judged) * HOUR,
        }
    }

    pub(crate) fn holds(&self) -> bool {
        self.growth_per_hour <= MOST_GROWTH_PER_HOUR
    }
}

/// The median slope over all pairs, in units of y per unit of x.
fn slope(points: &[(f64, f64)]) -> f64 {
    let mut slopes = Vec::new();
    for (number, (x, y)) in points.iter().enumerate() {
        for (later_x, later_y) in &points[number + 1..] {
            slopes.push((later_y - y) / (later_x - x));
        }
    }
    median(slopes)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(bytes: impl Fn(f64) -> f64) -> Vec<Sample> {
        let one = |number: u64| {
            let at = Duration::from_secs(number);
            Sample {
                at,
                bytes: [bytes(at.as_secs_f64()), 0.0, 0.0],
            }
        };
        (0..600).map(one).collect()
    }

    fn judge(bytes: impl Fn(f64) -> f64) -> Verdict {
        Verdict::on(&samples(bytes), 0, Duration::from_secs(600))
    }

    #[test]
    fn a_leak_is_seen_through_noise_and_a_spike() {
        let leak = MOST_GROWTH_PER_HOUR * 1.2 / HOUR;
        let noisy = |second: f64| {
            let noise = if second % 2.0 > 0.5 { 300_000.0 } else { 0.0 };
            let spike = if second == 500.0 { -9e7 } else { 0.0 };
            1e8 + leak * second + noise + spike
        };
        assert!(!judge(noisy).holds());
    }

    #[test]
    fn a_step_at_the_beginning_and_noise_are_no_leak() {
        let settled = |second: f64| {
            if second < 200.0 {
                5e7
            } else {
                2e8 + second % 7.0 * 1e5
            }
        };
        let verdict = judge(settled);
        assert!(verdict.holds(), "{}", verdict.growth_per_hour);
        assert!(verdict.median_bytes > 1.9e8);
    }

    #[test]
    fn without_samples_nothing_holds() {
        assert!(!Verdict::on(&[], 0, Duration::from_secs(600)).holds());
    }
}
