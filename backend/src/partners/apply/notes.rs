//! What a person should know before applying, though it stops nothing.

use postern_protocol::time::UnixSeconds;

use crate::agreement::{Agreement, Agreements, Terms};
use crate::partners::file::PartnersFile;
use crate::partners::keys::PartnerKey;
use crate::partners::when;

/// Partners that can sign nothing at present: all their secrets have run out or are yet to come.
pub(super) fn without_a_live_secret(file: &PartnersFile, now: UnixSeconds) -> Vec<String> {
    let live = |key: &PartnerKey| {
        !key.id.is_test()
            && key.not_before.is_none_or(|from| from <= now)
            && key.not_after.is_none_or(|until| now <= until)
    };
    let dead = file
        .partners
        .iter()
        .filter(|partner| !partner.keys.iter().any(live));
    dead.map(|partner| {
        let id = &partner.id;
        format!(
            "no secret of partner {id} counts now but for tests, all else it sends is refused; \
             `postern partners rotate {id}` makes a new one"
        )
    })
    .collect()
}

/// Partners that are known and whose terms change for days that have begun: money may have been
/// booked for them.
pub(super) fn begun_terms_that_change(
    old: &Agreements,
    new: &Agreements,
    now: UnixSeconds,
) -> Vec<String> {
    let both = new
        .iter()
        .filter_map(|(id, new)| Some((id, old.get(id)?, new)));
    both.flat_map(|(id, old, new)| {
        let days = changed_days(old, new, now);
        days.into_iter().map(move |day| {
            format!(
                "the terms of partner {id} from {day} change, and that day has begun: what is \
                 booked for the first time from now on follows the new ones, what was booked \
                 keeps the terms it was booked by"
            )
        })
    })
    .collect()
}

/// The first days of terms that stand in only one of the two and have begun.
fn changed_days(old: &Agreement, new: &Agreement, now: UnixSeconds) -> Vec<String> {
    let missing_in = |other: &Agreement, terms: &&Terms| other.terms_of(terms.version()).is_none();
    let gone = old.terms.iter().filter(|terms| missing_in(new, terms));
    let come = new.terms.iter().filter(|terms| missing_in(old, terms));
    let mut days: Vec<UnixSeconds> = gone.chain(come).map(|terms| terms.from).collect();
    days.retain(|from| *from <= now);
    days.sort();
    days.dedup();
    days.into_iter().map(when::show_day).collect()
}

#[cfg(test)]
mod tests {
    use postern_protocol::id::PartnerId;
    use postern_protocol::time::UnixSeconds;

    use super::begun_terms_that_change;
    use crate::agreement::{Agreement, Agreements, Rules, Terms};

    const DAY: i64 = 86_400;
    const NOW: UnixSeconds = UnixSeconds(2 * DAY);

    /// Terms that begin on these days and hold so many days.
    fn agreed(terms: &[(i64, u32)]) -> Agreements {
        let terms = terms.iter().map(|(day, hold_days)| {
            Terms::new(Rules {
                hold_days: *hold_days,
                ..Rules::paying_nothing(UnixSeconds(day * DAY))
            })
        });
        let agreement = Agreement {
            terms: terms.collect(),
            ..Agreement::default()
        };
        let acme = PartnerId::parse("acme").expect("an id");
        [(acme, agreement)].into_iter().collect()
    }

    fn notes(old: &[(i64, u32)], new: &[(i64, u32)]) -> Vec<String> {
        begun_terms_that_change(&agreed(old), &agreed(new), NOW)
    }

    #[test]
    fn a_change_of_what_has_begun_is_told_once_a_day() {
        let told = notes(&[(0, 1), (1, 1)], &[(0, 2), (1, 1), (2, 1)]);
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(
            told[0].contains("acme from 1970-01-01 change"),
            "{}",
            told[0]
        );
        assert!(told[1].contains("from 1970-01-03"), "{}", told[1]);
        assert!(told[0].contains("keeps the terms it was booked by"));
        assert_eq!(
            notes(&[(0, 1)], &[]).len(),
            1,
            "taken away is a change as well"
        );
    }

    #[test]
    fn what_is_to_come_or_stays_or_is_new_is_not_worth_a_word() {
        assert!(notes(&[(0, 1), (3, 1)], &[(0, 1), (3, 2), (4, 1)]).is_empty());
        let new = agreed(&[(0, 1)]);
        assert!(begun_terms_that_change(&Agreements::default(), &new, NOW).is_empty());
    }
}
