//! A row of counts as a small line.

use std::fmt::Write as _;

/// The picture's own measure.
pub(super) const WIDTH: u32 = 120;
pub(super) const HEIGHT: u32 = 24;

/// Room above and below, so that the line is never cut.
const MARGIN: u64 = 2;

/// The points of a line through these counts, the highest at the top. No counts, no line.
pub(super) fn points(counts: &[u64]) -> String {
    let most = counts.iter().copied().max().unwrap_or(0).max(1);
    let steps = u64::try_from(counts.len().saturating_sub(1))
        .unwrap_or(1)
        .max(1);
    let room = u64::from(HEIGHT) - 2 * MARGIN;
    let mut points = String::new();
    for (place, count) in (0_u64..).zip(counts) {
        let across = u64::from(WIDTH) * place / steps;
        let down = MARGIN + room - room * count / most;
        // Writing into a String cannot fail.
        let _ = write!(points, "{across},{down} ");
    }
    points.truncate(points.trim_end().len());
    points
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_count_is_at_the_top_and_none_at_the_bottom() {
        assert_eq!(points(&[0, 5, 10]), "0,22 60,12 120,2");
        assert_eq!(points(&[0, 0]), "0,22 120,22");
        assert_eq!(points(&[7]), "0,2");
        assert_eq!(points(&[]), "");
    }
}
