//! A server on a port of its own, with a client that speaks as the edge does.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use postern_protocol::id::PartnerId;
use postern_protocol::proof::{self, PROOF_HEADER, ProofToken, ProofTokens};
use postern_protocol::sign::Form;
use reqwest::{Client, Method, RequestBuilder};
use serde_json::Value;
use sqlx::ConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use tokio::net::TcpListener;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;

use crate::agreement::Agreement;
use crate::clock::Clock;
use crate::server::{Admission, ServeError, ServeSettings, serve_draining_within};
use crate::store::Store;
use crate::testing::{Folder, START, click};
use crate::writer::WriterLimits;

pub(super) const TOKEN: &str = "a-proof-token-of-more-than-32-characters";
pub(super) const MAX_BODY_BYTES: u32 = 2_000;

/// Long enough to book what waits, short enough to wait for.
const DRAIN_LIMIT: Duration = Duration::from_millis(1_500);

/// The product page's sample, without its sign: the edge has looked at that.
pub(super) const PAGE_BODY: &str = r#"{"clickid":"abc123def456","event":"ftd","status":"approved","amount":"50.00","currency":"USD","geo":"DE","sub_id_1":"fb_de_001","sub_id_2":"pwa","payment_method":"card","timestamp":1717000000,"sign":"00"}"#;

/// What came back.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) retry_after: Option<String>,
    pub(super) allow: Option<String>,
    pub(super) body: Value,
}

impl Reply {
    pub(super) fn text(&self, field: &str) -> &str {
        self.body[field].as_str().unwrap_or_default()
    }
}

pub(super) struct Stand {
    pub(super) folder: Folder,
    pub(super) store: Store,
    pub(super) admission: watch::Sender<Arc<Admission>>,
    client: Client,
    pub(super) base: String,
    shutdown: Option<oneshot::Sender<()>>,
    serving: JoinHandle<Result<(), ServeError>>,
}

impl Stand {
    pub(super) async fn up() -> Self {
        let clock = Clock::new(|| Duration::from_secs(START.0.unsigned_abs()));
        Self::up_with(WriterLimits::default(), clock).await
    }

    pub(super) async fn up_with(limits: WriterLimits, clock: Clock) -> Self {
        let folder = Folder::new();
        let store = Store::open(&folder.url()).await.unwrap();
        store
            .import_clicks(&[click("abc123def456", None)])
            .await
            .unwrap();
        let (admission, watched) = watch::channel(Arc::new(admission(&[TOKEN], &["partner_name"])));
        let settings = ServeSettings {
            store: store.clone(),
            admission: watched,
            limits,
            max_body_bytes: MAX_BODY_BYTES,
            clock,
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let (shutdown, told) = oneshot::channel();
        let until = async move { told.await.unwrap_or_default() };
        let serving = tokio::spawn(serve_draining_within(
            DRAIN_LIMIT,
            settings,
            listener,
            until,
        ));
        let client = Client::new();
        Self {
            folder,
            store,
            admission,
            client,
            base,
            shutdown: Some(shutdown),
            serving,
        }
    }

    pub(super) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.base))
    }

    /// A POST of JSON that the edge let through.
    pub(super) async fn posts(&self, body: &str) -> Reply {
        reply(self.json(body)).await
    }

    /// The same, not sent yet.
    pub(super) fn json(&self, body: &str) -> RequestBuilder {
        self.request(Method::POST, "/v1/event")
            .header(PROOF_HEADER, proof(TOKEN, "partner_name"))
            .header("content-type", "application/json")
            .header("x-request-id", "r-1")
            .body(body.to_owned())
    }

    /// A GET that the edge let through.
    pub(super) async fn gets(&self, query: &str) -> Reply {
        let request = self.request(Method::GET, &format!("/v1/event?{query}"));
        reply(request.header(PROOF_HEADER, proof(TOKEN, "partner_name"))).await
    }

    pub(super) async fn metrics(&self) -> String {
        let response = self.request(Method::GET, "/metrics").send().await.unwrap();
        response.text().await.unwrap()
    }

    /// Waits until the metrics hold a line.
    pub(super) async fn metrics_hold(&self, line: &str) {
        let seen = async {
            while !self.metrics().await.contains(line) {
                tokio::task::yield_now().await;
            }
        };
        let limit = Duration::from_secs(10);
        tokio::time::timeout(limit, seen)
            .await
            .unwrap_or_else(|_| panic!("never seen: {line}"));
    }

    pub(super) async fn is_ready(&self) -> bool {
        let response = self.request(Method::GET, "/readyz").send().await.unwrap();
        response.status().is_success()
    }

    /// Another process's connection to the same file.
    pub(super) async fn other_connection(&self) -> SqliteConnection {
        let options = SqliteConnectOptions::from_str(&self.folder.url()).unwrap();
        options.connect().await.unwrap()
    }

    pub(super) fn tell_to_stop(&mut self) {
        self.shutdown.take().unwrap().send(()).unwrap();
    }

    pub(super) async fn has_stopped(&mut self) -> Result<(), ServeError> {
        (&mut self.serving).await.unwrap()
    }
}

pub(super) fn admission(tokens: &[&str], partners: &[&str]) -> Admission {
    let tokens = tokens.iter().map(|token| ProofToken::parse(token).unwrap());
    let agreements = partners
        .iter()
        .map(|id| (PartnerId::parse(id).unwrap(), Agreement::default()));
    Admission {
        tokens: ProofTokens::new(tokens.collect()).unwrap(),
        agreements: agreements.collect(),
    }
}

pub(super) fn proof(token: &str, partner: &str) -> String {
    let address = "192.0.2.7".parse().unwrap();
    let key = "2026-01".parse().unwrap();
    let partner = PartnerId::parse(partner).unwrap();
    proof::encode(
        &ProofToken::parse(token).unwrap(),
        &partner,
        &key,
        Form::Json,
        address,
    )
}

pub(super) async fn reply(request: RequestBuilder) -> Reply {
    let response = request.send().await.unwrap();
    let headers = response.headers().clone();
    let header = |name| {
        let value = headers.get(name)?;
        Some(value.to_str().unwrap().to_owned())
    };
    Reply {
        status: response.status().as_u16(),
        retry_after: header("retry-after"),
        allow: header("allow"),
        body: serde_json::from_slice(&response.bytes().await.unwrap()).unwrap_or_default(),
    }
}
