//! Who posts, and how much of it.

use std::fmt::Write as _;

/// A partner of the bench.
pub(super) struct Cast {
    pub(super) id: &'static str,
    /// Of a hundred visitors, how many are its own.
    pub(super) weight: u64,
}

const fn cast(id: &'static str, weight: u64) -> Cast {
    Cast { id, weight }
}

/// Uneven, as partners are.
pub(super) const CAST: [Cast; 12] = [
    cast("acme", 28),
    cast("bonanza", 20),
    cast("cortado", 14),
    cast("delta-media", 10),
    cast("evergreen", 8),
    cast("fjord", 6),
    cast("gambit", 5),
    cast("harbor", 4),
    cast("ivory", 2),
    cast("juniper", 1),
    cast(QUIET, 1),
    cast(TRYOUT, 1),
];

/// The busiest.
pub(super) const BUSY: &str = CAST[0].id;
/// One with few deliveries.
pub(super) const SMALL: &str = "juniper";
/// Has posted nothing for many days.
pub(super) const QUIET: &str = "quietly";
/// Posted a little, and since then tests alone.
pub(super) const TRYOUT: &str = "tryout";

/// `partners.toml`.
pub(super) fn file() -> String {
    let mut text = String::new();
    for (place, cast) in CAST.iter().enumerate() {
        let id = cast.id;
        // A string takes whatever is written to it.
        let _ = write!(
            text,
            "[[partner]]\nid = \"{id}\"\nbrand = \"The brand of {id}\"\namount_unit = \"major\"\n\
             networks = [\"203.0.113.{place}/32\"]\nrate_per_second = 100\nburst = 200\n\
             secrets = [{{ id = \"2026-01\", secret = \"the-long-secret-of-{id}-{place}\" }}]\n{}\n",
            TERMS
        );
    }
    text
}

/// CPA and a share, with a cap and a country of its own.
const TERMS: &str = "[[partner.terms]]\nfrom = 2024-01-01\nhold_days = 14\nmin_deposit = [\"20.00 USD\"]\n\
    [partner.terms.cpa]\nftd = \"100.00 USD\"\ngeo.DE = { ftd = \"150.00 EUR\" }\n\
    [partner.terms.revshare]\npercent = \"25\"\ncarry_over = true\n";

/// `rates.toml`: enough for every report in euro.
pub(super) const RATES: &str = "[[rate]]\ndate = 2024-01-01\nfrom = \"USD\"\nto = \"EUR\"\nrate = \"0.92\"\n\
    [[rate]]\ndate = 2024-01-01\nfrom = \"GBP\"\nto = \"EUR\"\nrate = \"1.17\"\n";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weights_are_of_a_hundred() {
        assert_eq!(CAST.iter().map(|it| it.weight).sum::<u64>(), 100);
    }
}
