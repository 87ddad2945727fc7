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

/// Sweeps until it is dropped. A store that is away is swept the next time.
pub async fn sweep(store: Store, admission: watch::Receiver<Arc<Admission>>, clock: Clock) {
    let mut period = tokio::time::interval(SWEEP_PERIOD);
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
