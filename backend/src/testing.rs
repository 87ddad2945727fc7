//! What tests tell their stories with: deliveries from a few words, read by the real parser, and a
//! folder for the file that keeps them.

use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use postern_protocol::id::{KeyId, PartnerId};
use postern_protocol::proof::{Proof, ProofToken, ProofTokens};
use postern_protocol::request::{Encoding, Method};
use postern_protocol::sign::Form;
use postern_protocol::time::UnixSeconds;
use sqlx::ConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use uuid::{NoContext, Timestamp, Uuid};

use crate::agreement::Agreement;
use crate::delivery::{Arrival, Delivery};
use crate::server::Admission;
use crate::store::Click;

/// When stories begin.
pub(crate) const START: UnixSeconds = UnixSeconds(1_717_000_000);

/// A click that every story's click log holds, without a partner.
pub(crate) const KNOWN_CLICK: &str = "known";

/// A folder of its own for each test's database.
pub(crate) struct Folder(tempfile::TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn url(&self) -> String {
        format!("sqlite://{}/postern.db", self.0.path().display())
    }

    /// Runs a statement on the file past the store.
    pub(crate) async fn run(&self, statement: &'static str) {
        let options = SqliteConnectOptions::from_str(&self.url()).unwrap();
        let mut connection = options.connect().await.unwrap();
        sqlx::query(statement)
            .execute(&mut connection)
            .await
            .unwrap();
    }
}

/// A delivery from `acme`, `seconds` after the start. The words are the event, its status, an
/// amount such as `50.00USD`, and any `field=value`; the click is [`KNOWN_CLICK`] unless told.
pub(crate) fn delivery(seconds: i64, words: &str) -> Delivery {
    delivery_of("acme", seconds, words)
}

/// The same from another partner.
pub(crate) fn delivery_of(partner: &str, seconds: i64, words: &str) -> Delivery {
    arrival_at(partner, seconds, words)
        .read(
            id_at(seconds),
            UnixSeconds(START.0 + seconds),
            Arc::new(Agreement::default()),
        )
        .expect("stories are readable")
}

/// Each moment has a request of its own; the same moment again is the edge's own retry.
fn arrival_at(partner: &str, seconds: i64, words: &str) -> Arrival {
    Arrival {
        request_id: format!("r-{seconds}"),
        ..arrival(partner, &query_of(words))
    }
}

/// A verified GET with this query.
pub(crate) fn arrival(partner: &str, query: &str) -> Arrival {
    Arrival {
        proof: Proof {
            partner: PartnerId::parse(partner).unwrap(),
            key: KeyId::parse("2026-01").unwrap(),
            form: Form::Params,
            address: "192.0.2.7".parse().unwrap(),
        },
        request_id: "r-1".to_owned(),
        method: Method::Get,
        encoding: Encoding::Query,
        content_type: None,
        sign_header: None,
        query: query.to_owned(),
        body: Bytes::new(),
    }
}

/// Words as a query: `ftd approved 50.00USD` → `event=ftd&status=approved&amount=50.00&currency=USD`.
pub(crate) fn query_of(words: &str) -> String {
    let mut fields = Vec::new();
    for (place, word) in words.split(' ').enumerate() {
        let amount_end = word.find(|c: char| c.is_ascii_uppercase()).unwrap_or(0);
        match place {
            _ if word.contains('=') => fields.push(word.to_owned()),
            0 => fields.push(format!("event={word}")),
            1 => fields.push(format!("status={word}")),
            _ => {
                let (amount, currency) = word.split_at(amount_end);
                fields.push(format!("amount={amount}"));
                fields.push(format!("currency={currency}"));
            }
        }
    }
    if !words.contains("clickid=") {
        fields.push(format!("clickid={KNOWN_CLICK}"));
    }
    fields.join("&")
}

pub(crate) fn click(clickid: &str, partner: Option<&str>) -> Click {
    Click {
        clickid: clickid.to_owned(),
        partner: partner.map(|id| PartnerId::parse(id).unwrap()),
        clicked_at: None,
        cost: None,
        geo: None,
        sub_id_1: None,
        sub_id_2: None,
    }
}

fn id_at(seconds: i64) -> Uuid {
    let since_epoch = Duration::from_secs(u64::try_from(START.0 + seconds).unwrap());
    Uuid::new_v7(Timestamp::from_unix(NoContext, since_epoch.as_secs(), 0))
}

/// What a server admits: these partners, and nobody's proof.
pub(crate) fn admission(partners: &[&str]) -> Admission {
    let token = ProofToken::parse("a-proof-token-of-more-than-32-characters").unwrap();
    let agreement = |id: &&str| (PartnerId::parse(id).unwrap(), Agreement::default());
    Admission {
        tokens: ProofTokens::new(vec![token]).unwrap(),
        agreements: partners.iter().map(agreement).collect(),
    }
}
