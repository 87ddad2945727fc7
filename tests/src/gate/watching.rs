//! What an operator would look at: access log, counters, the edge's file.

use super::Gate;
use crate::waiting::{TRUE_WITHIN, eventually};
use serde_json::Value;
use tokio::task::block_in_place;

/// Envoy's count of certificates and keys that do not belong together.
const REFUSED_CERTIFICATES: &str = "sds.postern.key_rotation_failed";

impl Gate {
    /// Waits for the newest access log entry that fits.
    pub async fn log_entry(&self, fits: impl Fn(&Value) -> bool) -> Value {
        eventually("an entry in the access log", async || {
            let entries = block_in_place(|| self.stand().access_log());
            entries.into_iter().rev().find(&fits)
        })
        .await
    }

    /// All that was logged so far: the name of each log and its text.
    ///
    /// # Panics
    /// When one cannot be read.
    #[must_use]
    pub fn logs(&self) -> [(&'static str, String); 3] {
        let layout = &self.layout;
        let logs = [
            ("the access log", layout.access_log()),
            ("Envoy's log", layout.envoy_log()),
            ("the backend's log", layout.backend_log()),
        ];
        logs.map(|(name, path)| {
            (
                name,
                std::fs::read_to_string(path).expect("a log can be read"),
            )
        })
    }

    /// Waits until the gate has counted exactly `count` decisions for a partner, whatever their reasons, in the form in
    /// which Prometheus reads them.
    pub async fn counts(&self, partner: &str, decision: &str, count: u64) {
        let name = "postern_gate_requests_total{";
        let labels = [
            format!("partner=\"{partner}\""),
            format!("decision=\"{decision}\""),
        ];
        let admin = block_in_place(|| self.stand().admin_addr());
        eventually(&format!("{count} of {partner} {decision}"), async || {
            let (_, text) = block_in_place(|| postern_stand::get(admin, "/stats/prometheus"))?;
            let lines = text.lines().filter(|line| line.starts_with(name));
            let lines = lines.filter(|line| labels.iter().all(|label| line.contains(label)));
            let counted = lines.filter_map(|line| line.rsplit_once(' ')?.1.parse::<u64>().ok());
            (counted.sum::<u64>() == count).then_some(())
        })
        .await;
    }

    /// Waits until a request is open: its headers are read, its answer is not out.
    pub async fn holds_a_request(&self) {
        self.stat("http.postern.downstream_rq_active", |value| value > 0)
            .await;
    }

    /// Waits until no request is open.
    pub async fn holds_no_request(&self) {
        self.stat("http.postern.downstream_rq_active", |value| value == 0)
            .await;
    }

    /// Waits until each worker has at least one connection, so that all of them take part.
    pub async fn every_worker_has_a_connection(&self, workers: u32) {
        for worker in 0..workers {
            let listener = self.http.to_string().replace(':', "_");
            let name = format!("listener.{listener}.worker_{worker}.downstream_cx_active");
            self.stat(&name, |value| value > 0).await;
        }
    }

    /// One of Envoy's counters by its full name; 0 while it has none.
    ///
    /// # Panics
    /// When Envoy does not tell: that is another thing than none.
    #[must_use]
    pub fn envoy_counts(&self, name: &str) -> u64 {
        let admin = self.stand().admin_addr();
        let page = || postern_stand::get(admin, "/stats").filter(|(status, _)| *status == 200);
        let told = block_in_place(|| postern_stand::until(TRUE_WITHIN, page));
        let (_, page) = told.expect("Envoy tells its counters");
        let mut lines = page.lines();
        let value = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        value.map_or(0, |value| value.parse().expect("a counter is a number"))
    }

    /// Waits until Envoy holds no connection of a caller.
    pub async fn holds_no_connection(&self) {
        self.stat("http.postern.downstream_cx_active", |value| value == 0)
            .await;
    }

    /// Claims that the backend was asked exactly as often as it has recorded a delivery, and
    /// turned nobody away: nothing reached it that no partner signed.
    ///
    /// # Panics
    /// When it was asked for something else.
    pub async fn backend_saw_only(&self, signed: u64) {
        let asked = self.envoy_counts("cluster.backend.upstream_rq_total");
        assert_eq!(asked, signed, "requests that went on to the backend");
        assert_eq!(
            self.ledger().await.deliveries().await,
            signed,
            "deliveries in the store"
        );
    }

    /// What the gate's filter was given: the file Envoy watches.
    ///
    /// # Panics
    /// When it cannot be read.
    #[must_use]
    pub fn edge_file(&self) -> String {
        std::fs::read_to_string(self.layout.edge()).expect("the edge's file can be read")
    }

    /// How many configurations Envoy has refused so far.
    #[must_use]
    pub fn refused_configurations(&self) -> u64 {
        block_in_place(|| self.stand().edge_updates()).1
    }

    /// Waits until Envoy has refused one more than `before`.
    pub async fn refuses_a_configuration(&self, before: u64) {
        eventually("Envoy refuses the configuration", async || {
            (self.refused_configurations() > before).then_some(())
        })
        .await;
    }

    /// How many configurations Envoy has taken so far.
    #[must_use]
    pub fn taken_configurations(&self) -> u64 {
        block_in_place(|| self.stand().edge_updates()).0
    }

    /// Waits until Envoy has taken one more than `before`.
    pub async fn takes_a_configuration(&self, before: u64) {
        eventually("Envoy takes the configuration", async || {
            (self.taken_configurations() > before).then_some(())
        })
        .await;
    }

    /// How many pairs of certificate and key Envoy could not use so far.
    #[must_use]
    pub fn refused_certificates(&self) -> u64 {
        block_in_place(|| self.stand().envoy_stat(REFUSED_CERTIFICATES)).unwrap_or(0)
    }

    /// Waits until Envoy could not use one more than `before`.
    pub async fn refuses_a_certificate(&self, before: u64) {
        self.stat(REFUSED_CERTIFICATES, |value| value > before)
            .await;
    }

    async fn stat(&self, name: &str, wanted: impl Fn(u64) -> bool) {
        let mut last = None;
        eventually(&format!("Envoy's {name}"), async || {
            last = block_in_place(|| self.stand().envoy_stat(name));
            last.filter(|value| wanted(*value)).map(|_| ())
        })
        .await;
    }
}
