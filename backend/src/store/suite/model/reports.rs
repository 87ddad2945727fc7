//! The product's reports as plain figures.

use postern_protocol::id::PartnerId;
use postern_protocol::time::UnixSeconds;

use super::plain::Figures;
use crate::report::Sums;
use crate::report::funnel::Funnel;
use crate::report::payouts::Payouts;
use crate::report::period::Period;
use crate::store::{FunnelQuery, PayoutQuery, Store, Stretch};
use crate::testing::START;

pub(super) async fn funnel(store: &Store, partner: &str) -> Figures {
    let asked = FunnelQuery {
        partner: Some(PartnerId::parse(partner).unwrap()),
        ..FunnelQuery::default()
    };
    let steps = Funnel::of(&asked, &store.funnel(&asked).await.unwrap()).total;
    let counts = [
        ("clicks", steps.clicks),
        ("registrations", steps.registrations),
        ("leads", steps.leads),
        ("ftds", steps.ftds),
        ("redeposits", steps.redeposits),
        ("cashouts", steps.cashouts),
        ("rejects", steps.rejects),
        ("pending", steps.pending),
        ("flagged", steps.flagged),
        ("taken back", steps.taken_back),
    ];
    let counts = counts
        .into_iter()
        .map(|(name, count)| (name.to_owned(), i128::from(count)));
    let sums = named(&steps.deposits, "deposits").chain(named(&steps.withdrawals, "withdrawals"));
    counts
        .chain(sums)
        .filter(|(_, figure)| *figure != 0)
        .collect()
}

/// What the partner is owed so many seconds after the start.
pub(super) async fn payouts(store: &Store, partner: &str, then: i64) -> Figures {
    let asked = PayoutQuery {
        period: Period::default(),
        partner: Some(PartnerId::parse(partner).unwrap()),
        by: Stretch::Whole,
        now: UnixSeconds(START.0 + then),
    };
    let total = Payouts::of(&asked, &store.payout_sums(&asked).await.unwrap(), None).total;
    let sums = named(&total.booked, "booked")
        .chain(named(&total.adjusted, "adjusted"))
        .chain(named(&total.clawed_back, "clawed_back"))
        .chain(named(&total.held, "held"))
        .chain(named(&total.due, "due"));
    sums.filter(|(_, figure)| *figure != 0).collect()
}

fn named<'a>(sums: &'a Sums, name: &'a str) -> impl Iterator<Item = (String, i128)> + 'a {
    sums.iter()
        .map(move |sum| (format!("{} {name}", sum.currency.code()), sum.minor))
}
