//! The click log: the visitors of the story, and many more who came and did nothing.

use std::fmt::Write as _;

use super::chance::Chance;
use super::partners::CAST;
use super::story::{Logged, SPAN, Story};

/// Clicks in the log for each delivery that is kept.
const CLICKS_EACH: usize = 2;
const CAMPAIGNS: u64 = 60;
const CREATIVES: u64 = 20;
const SEED: u64 = 7_001;

/// How many clicks, and the log.
pub(super) fn log(story: &Story) -> (usize, String) {
    let mut chance = Chance::new(SEED);
    let mut csv = "clickid,partner,clicked_at,cost,currency,geo,sub_id_1,sub_id_2\n".to_owned();
    let mut count = 0;
    for visitor in &story.visitors {
        let partner = match visitor.log {
            Logged::Not => continue,
            Logged::Foreign => (visitor.partner + 1) % CAST.len(),
            Logged::AsItWas => visitor.partner,
        };
        line(
            &mut csv,
            &mut chance,
            &visitor.clickid,
            CAST[partner].id,
            visitor.clicked_at,
        );
        count += 1;
    }
    while count < story.sent.len() * CLICKS_EACH {
        let clickid = format!("{:016x}", chance.next());
        let partner = chance.one_of(&CAST.each_ref()).id;
        let at = story.now.0 - chance.seconds(SPAN);
        line(&mut csv, &mut chance, &clickid, partner, at);
        count += 1;
    }
    (count, csv)
}

fn line(csv: &mut String, chance: &mut Chance, clickid: &str, partner: &str, at: i64) {
    let geo = chance.one_of(&["DE", "FR", "ES", "IT", "PL", "BR", "IN", "US"]);
    let (cents, campaign, creative) = (
        chance.below(400),
        chance.below(CAMPAIGNS),
        chance.below(CREATIVES),
    );
    // A string takes whatever is written to it.
    let _ = writeln!(
        csv,
        "{clickid},{partner},{at},{}.{:02},USD,{geo},campaign-{campaign},ad-{creative}",
        cents / 100,
        cents % 100
    );
}
