//! How long a decision takes inside the gate. Two readings of the clock and a metric are three host calls, more than most
//! checks cost; so only one callback in [`SAMPLE_EVERY`] is timed, which a histogram bears.

use crate::host::UnixNanos;

/// One callback in so many is timed. A prime: a request has one to three callbacks, and an even step would meet the same
/// one of them for ever when requests come one after the other.
pub const SAMPLE_EVERY: u32 = 61;

const NANOS_PER_MICROSECOND: u64 = 1_000;

/// Says which callbacks of one VM are timed.
#[derive(Debug, Default)]
pub struct Sampler {
    seen: u32,
}

impl Sampler {
    /// Whether the callback that begins now is timed.
    pub fn takes_next(&mut self) -> bool {
        self.seen = self.seen.wrapping_add(1);
        self.seen.is_multiple_of(SAMPLE_EVERY)
    }
}

/// What lies between two readings, in whole microseconds, rounded up: Envoy's histograms hold whole numbers, and no
/// decision takes nothing. `None` when the clock stepped back meanwhile.
#[must_use]
pub fn micros_between(from: UnixNanos, to: UnixNanos) -> Option<u64> {
    let nanos = to.0.checked_sub(from.0)?;
    Some(nanos.div_ceil(NANOS_PER_MICROSECOND))
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn each_callback_of_a_request_has_its_turn() {
        let mut sampler = Sampler::default();
        // Two callbacks a request, one request after the other.
        let timed: Vec<u32> = (0..4 * SAMPLE_EVERY)
            .filter(|_| sampler.takes_next())
            .map(|callback| callback % 2)
            .collect();
        assert_eq!(timed, [0, 1, 0, 1]);
    }

    #[test]
    fn a_clock_that_steps_back_tells_nothing() {
        assert_eq!(micros_between(UnixNanos(5_000), UnixNanos(7_001)), Some(3));
        assert_eq!(micros_between(UnixNanos(7_000), UnixNanos(7_000)), Some(0));
        assert_eq!(micros_between(UnixNanos(7_000), UnixNanos(6_999)), None);
    }
}
