//! Brings the story into a store by the product's own verbs: clicks by its import, deliveries by `Store::book`, tests by
//! `Store::rehearse`, answers to flags by `Store::review`. So all that stands there is what the product writes.

use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};

use axum::body::Bytes;
use postern::agreement::Agreements;
use postern::delivery::{Arrival, Delivery};
use postern::ledger::{Answer, Decision};
use postern::partners::applied;
use postern::store::{Store, WaitingFilter, WaitingOrder};
use postern_protocol::answer::Verdict;
use postern_protocol::id::{KeyId, PartnerId};
use postern_protocol::proof::Proof;
use postern_protocol::request::{Encoding, Method};
use postern_protocol::sign::Form;
use postern_protocol::time::UnixSeconds;
use serde::Serialize;
use uuid::{NoContext, Timestamp, Uuid};

use super::clicks;
use super::partners::{self, CAST};
use super::story::{DAY, Sent, Story};
use crate::backend::cluster::Cluster;
use crate::backend::engine::Engine;
use crate::{product_files, progress, sql};

/// Deliveries booked at once.
const BATCH: usize = 256;
/// Flags that people have answered, of those that were raised.
const ANSWERED_PERCENT: usize = 15;
/// The people who did.
const PEOPLE: [&str; 3] = ["ada", "ben", "cleo"];
/// The database on the bench's PostgreSQL.
const DATABASE: &str = "bench_pages";
const CLICKS_FILE: &str = "clicks.csv";

/// What a store holds.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Held {
    pub(crate) deliveries: usize,
    /// By verdict, in the order of [`Verdict::ALL`]; tests among them.
    pub(crate) verdicts: Vec<(&'static str, usize)>,
    pub(crate) tests: usize,
    pub(crate) clicks: usize,
    pub(crate) flags_raised: usize,
    pub(crate) flags_answered: usize,
}

/// Where an installation of the bench lies.
pub(super) struct Place<'a> {
    pub(super) folder: PathBuf,
    pub(super) url: String,
    cluster: Option<&'a Cluster>,
    /// An Envoy that takes connections and never answers: no page may wait for it.
    _silent_envoy: TcpListener,
}

impl<'a> Place<'a> {
    /// An empty store with partners applied; on SQLite unless there is a `cluster`.
    pub(super) fn make(folder: &Path, cluster: Option<&'a Cluster>) -> Result<Self, String> {
        product_files::apply(folder, &partners::file())?;
        let words = |error: std::io::Error| format!("{}: {error}", folder.display());
        std::fs::write(folder.join("rates.toml"), partners::RATES).map_err(words)?;
        let silent_envoy = TcpListener::bind(("127.0.0.1", 0)).map_err(words)?;
        let envoy = silent_envoy.local_addr().map_err(words)?;
        let settings = std::fs::File::options()
            .append(true)
            .open(folder.join("postern.toml"));
        let console = format!("\n[console]\nenvoy = [\"http://{envoy}\"]\n");
        settings
            .and_then(|mut file| file.write_all(console.as_bytes()))
            .map_err(words)?;
        if let Some(cluster) = cluster {
            cluster.create(DATABASE, None)?;
        }
        let file = || format!("sqlite://{}", folder.join("postern.db").display());
        Ok(Self {
            folder: folder.to_owned(),
            url: cluster.map_or_else(file, |it| it.url(DATABASE)),
            cluster,
            _silent_envoy: silent_envoy,
        })
    }

    fn engine(&self) -> Engine {
        self.cluster.map_or(Engine::Sqlite, |_| Engine::Postgres)
    }

    /// Brings in all of the story.
    pub(super) fn fill(&self, story: &Story) -> Result<Held, String> {
        let name = self.engine().name();
        let (clicks, log) = clicks::log(story);
        progress(&format!("importing {clicks} clicks into {name}"));
        let words = |error: std::io::Error| format!("{CLICKS_FILE}: {error}");
        std::fs::write(self.folder.join(CLICKS_FILE), log).map_err(words)?;
        product_files::run_on(&self.folder, &self.url, &["clicks", "import", CLICKS_FILE])?;
        let agreements = applied::load(&self.folder.join("partners.applied.json"));
        let agreements = agreements
            .map_err(|error| error.to_string())?
            .ok_or("nothing is applied")?;
        progress(&format!(
            "booking {} deliveries on {name}",
            story.sent.len()
        ));
        let held = sql::wait(async {
            let store = Store::open(&self.url)
                .await
                .map_err(|error| error.to_string())?;
            let mut filling = Filling {
                store: &store,
                agreements: &agreements,
                held: Held::default(),
            };
            filling.book(story).await?;
            filling.answer(story.now).await?;
            let held = filling.held;
            store.close().await;
            Ok::<_, String>(held)
        })?;
        if let Some(cluster) = self.cluster {
            // As autovacuum leaves it.
            cluster.execute(DATABASE, "VACUUM (ANALYZE)")?;
        }
        Ok(Held { clicks, ..held })
    }
}

struct Filling<'s> {
    store: &'s Store,
    agreements: &'s Agreements,
    held: Held,
}

impl Filling<'_> {
    async fn book(&mut self, story: &Story) -> Result<(), String> {
        let mut verdicts = vec![0; Verdict::ALL.len()];
        for (number, batch) in story.sent.chunks(BATCH).enumerate() {
            let numbered = (number * BATCH..).zip(batch);
            let read = numbered.map(|(number, sent)| self.delivery(number, sent));
            let read = read.collect::<Result<Vec<Delivery>, _>>()?;
            let (tests, live): (Vec<_>, Vec<_>) =
                read.into_iter().partition(|it| it.test.is_some());
            let booked = self
                .store
                .book(&live)
                .await
                .map_err(|error| error.to_string())?;
            let rehearsed = self
                .store
                .rehearse(&tests)
                .await
                .map_err(|error| error.to_string())?;
            self.held.tests += rehearsed.len();
            self.held.flags_raised += booked.iter().map(|it| it.flags.len()).sum::<usize>();
            for entry in &booked {
                let place = Verdict::ALL.iter().position(|it| *it == entry.verdict);
                verdicts[place.ok_or("a verdict nobody knows")?] += 1;
            }
        }
        self.held.deliveries = story.sent.len();
        self.held.verdicts = Verdict::ALL
            .iter()
            .map(|it| it.name())
            .zip(verdicts)
            .collect();
        Ok(())
    }

    /// The delivery as the server would hand it to the writer.
    fn delivery(&self, number: usize, sent: &Sent) -> Result<Delivery, String> {
        let words = |error: &dyn std::fmt::Display| error.to_string();
        let partner = PartnerId::parse(CAST[sent.partner].id).map_err(|error| words(&error))?;
        let agreement = self
            .agreements
            .get(&partner)
            .cloned()
            .ok_or("a partner nobody knows")?;
        let since = u64::try_from(sent.at).map_err(|error| words(&error))?;
        // Ids of a second rise with the numbers.
        let nanos = u32::try_from(number % 1_000).unwrap_or(0) * 1_000_000;
        let id = Uuid::new_v7(Timestamp::from_unix(NoContext, since, nanos));
        let last = u8::try_from(number % 250).unwrap_or(0);
        let arrival = Arrival {
            proof: Proof {
                partner,
                key: KeyId::parse("2026-01").map_err(|error| words(&error))?,
                form: Form::Raw,
                address: IpAddr::V4(Ipv4Addr::new(203, 0, 113, last)),
            },
            request_id: request_id(id),
            method: Method::Post,
            encoding: Encoding::Json,
            content_type: Some("application/json".to_owned()),
            sign_header: Some(Bytes::from_static(&[b'0'; 64])),
            query: String::new(),
            body: Bytes::from(sent.body.clone()),
        };
        let read = arrival.read(id, UnixSeconds(sent.at), agreement);
        read.map_err(|error| format!("{} cannot be read: {error:?}", sent.body))
    }

    /// People answer the oldest flags, within the last days.
    async fn answer(&mut self, now: UnixSeconds) -> Result<(), String> {
        let wanted = self.held.flags_raised * ANSWERED_PERCENT / 100;
        progress(&format!("answering {wanted} flags"));
        let since = now.0 - 5 * DAY;
        let mut after = None;
        let mut number = 0;
        while self.held.flags_answered < wanted {
            let (filter, order) = (WaitingFilter::default(), WaitingOrder::Age);
            let page = self.store.waiting(&filter, order, after, 1_000).await;
            let page = page.map_err(|error| error.to_string())?;
            let Some(last) = page.last() else { break };
            after = Some(last.cursor(order));
            for flag in page.iter().take(wanted - self.held.flags_answered) {
                number += 1;
                let answer = if number % 3 == 0 {
                    Answer::Reject
                } else {
                    Answer::Approve
                };
                let by = PEOPLE[number % PEOPLE.len()];
                let decision = Decision::new(flag.id, answer, by, "looked at beside the click");
                let decision = decision.map_err(|error| error.to_string())?;
                let at = since + 5 * DAY * number as i64 / (wanted as i64 * 2);
                let second = u64::try_from(at).map_err(|error| error.to_string())?;
                let id = Uuid::new_v7(Timestamp::from_unix(NoContext, second, 0));
                let done = self
                    .store
                    .review(&decision, self.agreements, id, UnixSeconds(at))
                    .await;
                // Some were closed with another one, or cannot be approved as they are.
                self.held.flags_answered += usize::from(done.is_ok());
            }
        }
        Ok(())
    }
}

/// As the gate gives one to each request: unlike the delivery's own id, and the same in each run.
fn request_id(id: Uuid) -> String {
    Uuid::from_u128(id.as_u128().reverse_bits()).to_string()
}
