//! From a number to a place in a picture.

/// A stretch of numbers, and how wide it is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scale {
    from: f64,
    to: f64,
    width: f64,
}

impl Scale {
    /// A scale over a stretch; a stretch of nothing is drawn as one of length one.
    pub(super) fn new(from: f64, to: f64, width: f64) -> Self {
        let to = if to > from { to } else { from + 1.0 };
        Self { from, to, width }
    }

    /// Where a number lies; one beyond an end lies at that end.
    pub(super) fn place(self, number: f64) -> f64 {
        let part = (number - self.from) / (self.to - self.from);
        rounded(part.clamp(0.0, 1.0) * self.width)
    }

    /// Whether a number lies in the stretch.
    pub(super) fn holds(self, number: f64) -> bool {
        (self.from..=self.to).contains(&number)
    }

    /// Round numbers in the stretch, at most so many, evenly apart.
    pub(super) fn ticks(self, most: u32) -> Vec<f64> {
        let step = step(self.to - self.from, most);
        let first = (self.from / step).ceil();
        let numbers = (0..=most).map(|number| (first + f64::from(number)) * step + 0.0);
        numbers.take_while(|number| *number <= self.to).collect()
    }
}

/// The least of 1, 2, 5, 10, 20, … that steps over a stretch at most so many times.
fn step(stretch: f64, most: u32) -> f64 {
    let rough = stretch / f64::from(most.max(1));
    let power = 10_f64.powf(rough.log10().floor());
    let steps = [1.0, 2.0, 5.0, 10.0];
    let fits = steps.into_iter().find(|step| step * power >= rough);
    fits.unwrap_or(10.0) * power
}

/// A tenth of a pixel is as fine as anybody sees, and the same figures give the same bytes.
pub(super) fn rounded(pixels: f64) -> f64 {
    (pixels * 10.0).round() / 10.0 + 0.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_lies_between_the_ends() {
        let scale = Scale::new(-1.0, 1.0, 200.0);
        let places = [-1.0, 0.0, 0.5, 1.0, 7.0, -9.0].map(|it| scale.place(it));
        assert_eq!(places, [0.0, 100.0, 150.0, 200.0, 200.0, 0.0]);
        assert!(scale.holds(1.0) && !scale.holds(1.1));
    }

    #[test]
    fn a_stretch_of_nothing_is_drawn() {
        let scale = Scale::new(3.0, 3.0, 100.0);
        assert_eq!(scale.place(3.0), 0.0);
        assert_eq!(scale.ticks(4), [3.0, 3.5, 4.0]);
    }

    #[test]
    fn ticks_are_round_and_few() {
        assert_eq!(
            Scale::new(-1.0, 1.4, 100.0).ticks(5),
            [-1.0, -0.5, 0.0, 0.5, 1.0]
        );
        assert_eq!(Scale::new(0.0, 7.0, 100.0).ticks(4), [0.0, 2.0, 4.0, 6.0]);
        for most in 1..20 {
            let ticks = Scale::new(-1.0, 12.3, 100.0).ticks(most);
            assert!(ticks.len() <= most as usize + 1, "{ticks:?}");
        }
    }
}
