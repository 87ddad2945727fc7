//! The sweep: heals what an import left behind when it was broken off between a chunk and its
//! healing, or while nobody knew the partner's agreement.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::clock::Clock;
use crate::server::Admission;
use crate::store::Store;

/// How often the sweep looks, the first time at once. An import heals by itself what it brings.
pub const SWEEP_PERIOD: Duration = Duration::from_secs(600);

/// Sweeps once a period until it is dropped. A store that is away is swept the next time.
pub async fn sweep(
    store: Store,
    admission: watch::Receiver<Arc<Admission>>,
    clock: Clock,
    period: Duration,
) {
    let mut period = tokio::time::interval(period);
    loop {
        period.tick().await;
        let admission = admission.borrow().clone();
        let now = clock.unix_seconds();
        match store.heal_all(&admission.agreements, now).await {
            Ok(0) => {}
            Ok(healed) => tracing::info!(healed, "healed flags whose clicks have arrived"),
            Err(error) => tracing::error!(%error, "flags whose clicks have arrived not healed yet"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::place::{Kind, on_every_store};
    use crate::testing::{START, admission, click, delivery};

    /// As often as there is time for.
    const PERIOD: Duration = Duration::from_millis(1);

    on_every_store! {
        what_cannot_be_healed_now_is_healed_by_a_later_sweep,
    }

    /// A clock that counts how often it was looked at: once in each sweep.
    fn counting_clock() -> (Clock, watch::Receiver<u32>) {
        let (count, looks) = watch::channel(0);
        let clock = Clock::new(move || {
            count.send_modify(|it| *it += 1);
            Duration::from_secs(START.0.cast_unsigned() + 60)
        });
        (clock, looks)
    }

    /// Waits until a sweep that begins from now on has ended: when the one behind it begins.
    async fn a_whole_sweep(looks: &mut watch::Receiver<u32>) {
        let before = *looks.borrow();
        let later = looks.wait_for(|count| *count >= before + 2).await;
        later.expect("the sweep goes on");
    }

    async fn open_flags(store: &Store) -> usize {
        let flags = store.flags("late").await.unwrap();
        flags.iter().filter(|it| it.is_open).count()
    }

    async fn what_cannot_be_healed_now_is_healed_by_a_later_sweep(kind: Kind) {
        let (place, store) = kind.store().await;
        let lead = delivery(0, "lead approved clickid=late");
        store.book(&[lead]).await.unwrap();
        store.import_clicks(&[click("late", None)]).await.unwrap();
        let (admit, admitted) = watch::channel(Arc::new(admission(&[])));
        let (clock, mut looks) = counting_clock();

        place.run("ALTER TABLE flags RENAME TO gone").await;
        let sweeping = tokio::spawn(sweep(store.clone(), admitted, clock, PERIOD));
        a_whole_sweep(&mut looks).await;

        // The store is there again, but nobody knows the partner's agreement.
        place.run("ALTER TABLE gone RENAME TO flags").await;
        a_whole_sweep(&mut looks).await;
        assert_eq!(open_flags(&store).await, 1);

        admit.send_replace(Arc::new(admission(&["acme"])));
        a_whole_sweep(&mut looks).await;
        assert_eq!(open_flags(&store).await, 0);
        let decisions = store.decisions("late").await.unwrap();
        assert_eq!(decisions[0].decided_at.0, START.0 + 60);
        sweeping.abort();
    }
}
