//! The figures beside what comes in: rates, silence, open flags, refusals. Made at most every
//! [`FIGURES_PERIOD`], however many watch.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use postern_protocol::id::PartnerId;
use postern_protocol::time::UnixSeconds;
use tokio::sync::Mutex;

use super::gate::{Gates, Refusals};
use super::spark;
use crate::admin::Admin;
use crate::console::SilenceSettings;
use crate::console::words::age;
use crate::partners::show_time;
use crate::store::{Backlog, LastHeard, Minutes, StoreError};

/// How old figures may be.
pub(super) const FIGURES_PERIOD: Duration = Duration::from_secs(5);

/// Minutes that a line of rates shows.
const MINUTES: i64 = 15;

const MINUTE: i64 = 60;

/// The figures of a moment.
pub(in crate::console) struct Figures {
    pub(super) at: String,
    pub(super) minutes: i64,
    pub(super) rates: Vec<Rate>,
    /// The last whole minute, as `13:21`: the running one would show too little.
    pub(super) minute: String,
    /// Deliveries of all partners in it.
    pub(super) last_minute: u64,
    /// And in all minutes shown.
    pub(super) total: u64,
    /// What came before this was too much to be counted.
    pub(super) counted_since: Option<String>,
    pub(super) silent: Vec<Silent>,
    pub(super) silence: SilenceSettings,
    pub(super) flags: Vec<Waiting>,
    pub(super) flags_open: u64,
    pub(super) refusals: Refusals,
}

/// How fast a partner posts.
pub(super) struct Rate {
    pub(super) partner: String,
    pub(super) last_minute: u64,
    pub(super) total: u64,
    /// What a line through its minutes goes through.
    pub(super) points: String,
    /// When it was last heard of; empty where nothing of it is kept.
    pub(super) last_at: String,
    /// The same as people say it.
    pub(super) ago: String,
}

/// A partner that used to post and does not.
pub(super) struct Silent {
    pub(super) partner: String,
    pub(super) last_at: String,
}

/// The flags of a reason that wait.
pub(super) struct Waiting {
    pub(super) reason: &'static str,
    pub(super) count: u64,
    pub(super) oldest_at: String,
}

/// Makes figures, for all who watch.
#[derive(Default)]
pub(in crate::console) struct Watch {
    made: Mutex<Option<(Duration, Arc<Figures>)>>,
    gates: Gates,
}

impl Watch {
    /// The figures, at most [`FIGURES_PERIOD`] old.
    ///
    /// # Errors
    /// The store does not answer.
    pub(super) async fn figures(&self, admin: &Admin) -> Result<Arc<Figures>, StoreError> {
        // Before the lock: what stands outside must not hold up who only wants the figures of a moment ago.
        let refusals = self.gates.known(admin).await;
        let mut kept = self.made.lock().await;
        let now = admin.clock.now();
        if let Some((made, figures)) = &*kept
            && now.saturating_sub(*made) < FIGURES_PERIOD
        {
            return Ok(Arc::clone(figures));
        }
        let figures = Arc::new(Figures::of(admin, refusals).await?);
        *kept = Some((now, Arc::clone(&figures)));
        Ok(figures)
    }
}

impl Figures {
    async fn of(admin: &Admin, refusals: Refusals) -> Result<Self, StoreError> {
        let now = admin.clock.unix_seconds();
        let first = now.0.div_euclid(MINUTE) - MINUTES + 1;
        let silence = admin.console.silence;
        let partners: Vec<PartnerId> = {
            let admission = admin.admission.borrow();
            let ids = admission.agreements.iter().map(|(id, _)| id.clone());
            ids.collect()
        };
        let (minutes, heard, backlog) = tokio::join!(
            admin.store.minutes(UnixSeconds(first * MINUTE)),
            admin.store.last_heard(&partners, silence.used(now)),
            admin.store.backlog(),
        );
        let (minutes, heard, backlog) = (minutes?, heard?, backlog?);
        let rates = rates(&minutes, &heard, first, now);
        Ok(Self {
            at: show_time(now),
            minutes: MINUTES,
            minute: clock_of(last_whole(now)),
            last_minute: rates.iter().map(|it| it.last_minute).sum(),
            total: rates.iter().map(|it| it.total).sum(),
            rates,
            counted_since: minutes.counted_since.map(show_time),
            silent: silent(heard, now, silence),
            silence,
            flags: waiting(&backlog),
            flags_open: backlog.flags.iter().map(|it| it.count).sum(),
            refusals,
        })
    }

    /// A moment as the page shows it.
    pub(super) fn time(&self, at: &UnixSeconds) -> String {
        show_time(*at)
    }

    /// A number in the measure of the lines' picture.
    pub(super) fn width(&self) -> u32 {
        spark::WIDTH
    }

    pub(super) fn height(&self) -> u32 {
        spark::HEIGHT
    }
}

/// When the last whole minute began.
fn last_whole(now: UnixSeconds) -> UnixSeconds {
    UnixSeconds((now.0.div_euclid(MINUTE) - 1) * MINUTE)
}

/// Hour and minute of a time, in UTC.
fn clock_of(at: UnixSeconds) -> String {
    let (hours, minutes) = (
        at.0.rem_euclid(86_400) / 3_600,
        at.0.rem_euclid(3_600) / MINUTE,
    );
    format!("{hours:02}:{minutes:02}")
}

/// Every applied partner, and whoever else has posted.
fn rates(minutes: &Minutes, heard: &[LastHeard], first: i64, now: UnixSeconds) -> Vec<Rate> {
    let mut counts: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
    let none = || vec![0; usize::try_from(MINUTES).unwrap_or(0)];
    for partner in heard {
        counts.insert(&partner.partner, none());
    }
    for count in &minutes.counts {
        let line = counts.entry(&count.partner).or_insert_with(none);
        let place = usize::try_from(count.minute - first).ok();
        if let Some(place) = place.and_then(|place| line.get_mut(place)) {
            *place += count.deliveries;
        }
    }
    let rate = |(partner, line): (&str, Vec<u64>)| {
        let last = heard.iter().find(|it| it.partner == partner);
        let last_at = last.and_then(|it| it.last_at);
        Rate {
            partner: partner.to_owned(),
            // The last one is not over yet.
            last_minute: line.iter().rev().nth(1).copied().unwrap_or(0),
            total: line.iter().sum(),
            points: spark::points(&line),
            last_at: last_at.map(show_time).unwrap_or_default(),
            ago: last_at.map(|at| age(at, now)).unwrap_or_default(),
        }
    };
    counts.into_iter().map(rate).collect()
}

fn silent(heard: Vec<LastHeard>, now: UnixSeconds, silence: SilenceSettings) -> Vec<Silent> {
    heard
        .into_iter()
        .filter(|it| silence.is_broken_off(it, now))
        .filter_map(|it| Some((it.partner, it.last_at?)))
        .map(|(partner, last_at)| Silent {
            partner,
            last_at: show_time(last_at),
        })
        .collect()
}

fn waiting(backlog: &Backlog) -> Vec<Waiting> {
    let mut flags: Vec<Waiting> = backlog
        .flags
        .iter()
        .map(|it| Waiting {
            reason: it.reason.name(),
            count: it.count,
            oldest_at: show_time(it.oldest_at),
        })
        .collect();
    flags.sort_by_key(|it| std::cmp::Reverse(it.count));
    flags
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_whole_minute_is_the_one_before_the_running_one() {
        let day = 20_000 * 86_400;
        for (second, minute) in [
            (0, "23:59"),
            (59, "23:59"),
            (60, "00:00"),
            (49_321, "13:41"),
        ] {
            let now = UnixSeconds(day + second);
            assert_eq!(clock_of(last_whole(now)), minute, "{second}");
        }
    }
}
