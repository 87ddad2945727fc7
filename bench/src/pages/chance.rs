//! Chance that is the same in each run: SplitMix64.

pub(super) struct Chance(u64);

impl Chance {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to below `end`.
    pub(super) const fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// Seconds from 0 to below `end`.
    pub(super) const fn seconds(&mut self, end: i64) -> i64 {
        self.below(end.unsigned_abs()).cast_signed()
    }

    /// So many times in a hundred.
    pub(super) const fn is(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    pub(super) fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        let place = usize::try_from(self.below(all.len() as u64)).unwrap_or(0);
        all[place]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_same_again_and_spread() {
        let (mut one, mut again) = (Chance::new(7), Chance::new(7));
        let mut hits = 0;
        for _ in 0..10_000 {
            let number = one.below(100);
            assert_eq!(number, again.below(100));
            hits += u32::from(number < 30);
        }
        assert!((2_800..3_200).contains(&hits), "{hits}");
    }
}
