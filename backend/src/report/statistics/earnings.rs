//! What clicks earned, and how sure the sum is.

use statrs::distribution::{ContinuousCDF as _, Gamma};

use super::TAIL;

/// What the paying clicks of one source earned, in one currency's smallest unit.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Earnings {
    /// Of clicks that earned something.
    pub gained: Weights,
    /// Of clicks that cost more than they earned, without their sign.
    pub lost: Weights,
}

/// A sum of amounts above zero, with what its interval needs.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Weights {
    /// What they add up to; exact.
    pub sum: i128,
    /// What their squares add up to: a float, as it only says how wide the interval is.
    pub squares: f64,
    /// The largest of them.
    pub largest: i64,
}

/// Between which values a sum lies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// It is hardly less.
    pub low: f64,
    /// It is hardly more.
    pub high: f64,
}

impl Earnings {
    /// Adds `clicks` clicks that earned `minor` each, as the stores do.
    #[cfg(test)]
    pub(crate) fn add(&mut self, minor: i64, clicks: u32) {
        if minor >= 0 {
            self.gained.add(minor, clicks);
        } else {
            self.lost.add(minor.saturating_neg(), clicks);
        }
    }

    /// What they earned together.
    #[must_use]
    pub const fn sum(&self) -> i128 {
        self.gained.sum - self.lost.sum
    }

    /// The same as floats, in a currency of which one smallest unit of this is `factor`.
    #[must_use]
    pub fn moments(&self, factor: f64) -> Moments {
        Moments {
            gained: self.gained.moment(factor),
            lost: self.lost.moment(factor),
        }
    }

    /// The 95 % bounds of the sum; see [`Moments::bounds`].
    #[must_use]
    pub fn bounds(&self, largest: i64) -> Option<Bounds> {
        self.moments(1.0).bounds(largest as f64)
    }
}

/// What an interval needs of earnings, all in one currency.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Moments {
    gained: Moment,
    lost: Moment,
}

#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Moment {
    sum: f64,
    squares: f64,
    largest: f64,
}

impl Moments {
    /// Adds earnings of other clicks.
    pub fn add(&mut self, other: &Self) {
        self.gained.add(&other.gained);
        self.lost.add(&other.lost);
    }

    /// What they earned together.
    #[must_use]
    pub fn sum(&self) -> f64 {
        self.gained.sum - self.lost.sum
    }

    /// The most that one click earned.
    #[must_use]
    pub const fn largest(&self) -> f64 {
        self.gained.largest
    }

    /// The 95 % bounds of the sum. `largest` is the most a click may earn where none of these says
    /// so: what a click of any source earned. `None` while nobody has earned anything.
    #[must_use]
    pub fn bounds(&self, largest: f64) -> Option<Bounds> {
        let gained = self.gained.bounds(largest.max(self.gained.largest))?;
        if self.lost.sum <= 0.0 {
            return Some(gained);
        }
        let lost = self.lost.bounds(self.lost.largest)?;
        let below = (self.gained.sum - gained.low).hypot(lost.high - self.lost.sum);
        let above = (gained.high - self.gained.sum).hypot(self.lost.sum - lost.low);
        Some(Bounds {
            low: self.sum() - below,
            high: self.sum() + above,
        })
    }
}

impl Moment {
    fn add(&mut self, other: &Self) {
        self.sum += other.sum;
        self.squares += other.squares;
        self.largest = self.largest.max(other.largest);
    }

    /// Fay and Feuer's interval: gamma distributions with the sum's mean and variance, above with
    /// one more payment of the largest size.
    fn bounds(&self, largest: f64) -> Option<Bounds> {
        if largest <= 0.0 {
            return None;
        }
        let low = if self.sum > 0.0 {
            quantile(TAIL, self.sum, self.squares)?
        } else {
            0.0
        };
        let high = quantile(
            1.0 - TAIL,
            self.sum + largest,
            self.squares + largest * largest,
        )?;
        Some(Bounds { low, high })
    }
}

impl Weights {
    #[cfg(test)]
    fn add(&mut self, minor: i64, clicks: u32) {
        self.sum += i128::from(minor) * i128::from(clicks);
        self.squares += (minor as f64).powi(2) * f64::from(clicks);
        self.largest = self.largest.max(minor);
    }

    fn moment(&self, factor: f64) -> Moment {
        Moment {
            sum: self.sum as f64 * factor,
            squares: self.squares * factor * factor,
            largest: self.largest as f64 * factor,
        }
    }
}

/// The quantile of the gamma distribution with this mean and variance.
fn quantile(probability: f64, mean: f64, variance: f64) -> Option<f64> {
    let gamma = Gamma::new(mean * mean / variance, 1.0).ok()?;
    let quantile = gamma.inverse_cdf(probability) * variance / mean;
    quantile.is_finite().then_some(quantile)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn earnings(clicks: &[(i64, u32)]) -> Earnings {
        let mut all = Earnings::default();
        for &(minor, count) in clicks {
            all.add(minor, count);
        }
        all
    }

    /// With equal amounts it is the exact interval of a Poisson count, as tables have it.
    #[test]
    fn equal_payments_give_the_poisson_table() {
        for (count, low, high) in [
            (1, 0.0253, 5.5716),
            (5, 1.6235, 11.6683),
            (20, 12.2165, 30.8884),
        ] {
            let bounds = earnings(&[(100, count)]).bounds(0).expect("paid");
            assert!((bounds.low / 100.0 - low).abs() < 1e-4, "{bounds:?}");
            assert!((bounds.high / 100.0 - high).abs() < 1e-4, "{bounds:?}");
        }
    }

    #[test]
    fn without_a_payment_the_largest_of_others_bounds_it() {
        let none = Earnings::default();
        assert_eq!(none.bounds(0), None);
        let bounds = none.bounds(10_000).expect("bounded");
        assert_eq!(bounds.low, 0.0);
        assert!((bounds.high - 36_888.79).abs() < 0.01, "{bounds:?}");
    }

    #[test]
    fn losses_are_taken_off_and_widen_it() {
        let gained = earnings(&[(10_000, 30)]);
        let both = earnings(&[(10_000, 30), (-5_000, 10)]);
        assert_eq!(both.sum(), 250_000);
        let (alone, bounds) = (
            gained.bounds(0).expect("paid"),
            both.bounds(0).expect("paid"),
        );
        assert!(bounds.low < alone.low - 50_000.0 && bounds.high > 250_000.0);
        assert!(bounds.high - bounds.low > alone.high - alone.low);
    }
}
