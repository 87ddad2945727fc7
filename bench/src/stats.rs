//! Medians over rounds, and percentiles of latencies. A median, because one round that a neighbour disturbed must
//! not move the figure.

use std::time::Duration;

/// The middle value; the mean of the two middle ones for an even count. 0 for none.
pub(crate) fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match (values.len() % 2, values.as_slice()) {
        (_, []) => 0.0,
        (1, sorted) => sorted[middle],
        (_, sorted) => f64::midpoint(sorted[middle - 1], sorted[middle]),
    }
}

/// The value that `share` (0.0 to 1.0) of the sorted values do not pass. Zero for none.
pub(crate) fn percentile(sorted: &[Duration], share: f64) -> Duration {
    let last = sorted.len().saturating_sub(1);
    let index = (last as f64 * share).round() as usize;
    sorted.get(index).copied().unwrap_or_default()
}

/// Rounded for people and for `bench.json`: no digit that the next run would not repeat.
pub(crate) fn rounded(value: f64, digits: i32) -> f64 {
    let scale = 10f64.powi(digits);
    (value * scale).round() / scale
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_disturbed_round_does_not_move_the_median() {
        assert_eq!(
            median([44.0, 45.0, 990.0, 46.0, 43.0]).to_bits(),
            45f64.to_bits()
        );
    }

    #[test]
    fn an_even_count_has_its_middle_between_two() {
        assert_eq!(median([1.0, 4.0, 2.0, 3.0]).to_bits(), 2.5f64.to_bits());
    }

    #[test]
    fn nothing_has_no_median() {
        assert_eq!(median([]).to_bits(), 0f64.to_bits());
    }
}
