//! An admin API on a port of its own, with a client that holds a token.

use std::sync::Arc;
use std::time::Duration;

use reqwest::{Client, Method, RequestBuilder};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::document::Document;
use crate::admin::{AdminSettings, Role, TokenName, Tokens, serve};
use crate::clock::Clock;
use crate::console::ConsoleSettings;
use crate::report::sources::Thresholds;
use crate::server::Admission;
use crate::store::Store;
use crate::store::place::{Kind, Place};
use crate::testing::{KNOWN_CLICK, START, admission, click};

/// What came back.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) text: String,
}

impl Reply {
    /// The body as JSON, null where it is none.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.map_or("", |value| value.to_str().unwrap())
    }

    /// Asserts that this is a problem of a kind, and gives its body.
    pub(crate) fn is_problem(&self, status: u16, kind: &str) -> Value {
        let body = self.json();
        assert_eq!(self.status, status, "{body}");
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!(body["type"], format!("/admin/problems/{kind}"));
        assert_eq!(body["status"], status);
        assert_ne!(body["detail"], "", "a problem says what to do");
        body
    }
}

pub(crate) struct Stand {
    place: Place,
    pub(crate) rates: tempfile::TempDir,
    pub(crate) store: Store,
    pub(crate) admission: watch::Sender<Arc<Admission>>,
    pub(crate) tokens: watch::Sender<Arc<Tokens>>,
    pub(crate) token: String,
    pub(crate) base: String,
    client: Client,
    serving: JoinHandle<()>,
}

impl Drop for Stand {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Stand {
    pub(crate) async fn up() -> Self {
        Self::up_on(Kind::Sqlite).await
    }

    pub(crate) async fn up_on(kind: Kind) -> Self {
        Self::up_on_with(kind, |_| {}).await
    }

    /// One that differs in what `change` does to its settings.
    pub(crate) async fn up_with(change: impl FnOnce(&mut AdminSettings)) -> Self {
        Self::up_on_with(Kind::Sqlite, change).await
    }

    async fn up_on_with(kind: Kind, change: impl FnOnce(&mut AdminSettings)) -> Self {
        let (place, store) = kind.store().await;
        let known = click(KNOWN_CLICK, None);
        store.import_clicks(&[known]).await.unwrap();
        let mut all = Tokens::default();
        let token = all
            .issue(TokenName::parse("ada").unwrap(), Role::Admin, [7; 32])
            .unwrap();
        let (tokens, followed) = watch::channel(Arc::new(all));
        let (admission, watched) = watch::channel(Arc::new(admission(&["acme", "east"])));
        let rates = tempfile::tempdir().unwrap();
        let mut settings = AdminSettings {
            store: store.clone(),
            admission: watched,
            edge: rates.path().join("edge.json"),
            rates: rates.path().join("rates.toml"),
            thresholds: Thresholds::default(),
            tokens: followed,
            hosts: vec!["admin.example.com".to_owned()],
            console: ConsoleSettings::default(),
            clock: Clock::new(|| Duration::from_secs(START.0.unsigned_abs())),
        };
        change(&mut settings);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let serving = tokio::spawn(serve(settings, listener, std::future::pending()));
        Self {
            place,
            rates,
            store,
            admission,
            tokens,
            token,
            base,
            client: Client::new(),
            serving,
        }
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> &str {
        self.base.trim_start_matches("http://")
    }

    /// Runs a statement past the store.
    pub(crate) async fn run(&self, statement: &'static str) {
        self.place.run(statement).await;
    }

    /// A request that carries nothing.
    pub(crate) fn bare(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.base))
    }

    /// A request with ada's token.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.bare(method, path).bearer_auth(&self.token)
    }

    /// What a GET with ada's token is answered. It must be what the document says.
    pub(crate) async fn gets(&self, path: &str) -> Reply {
        let reply = send(self.request(Method::GET, path)).await;
        Document::ours().allows("get", path, &reply);
        reply
    }

    /// What a POST of JSON with ada's token is answered. It must be what the document says.
    pub(crate) async fn posts(&self, path: &str, body: &Value) -> Reply {
        let reply = send(
            self.request(Method::POST, path)
                .header("content-type", "application/json")
                .body(body.to_string()),
        )
        .await;
        Document::ours().allows("post", path, &reply);
        reply
    }
}

pub(crate) async fn send(request: RequestBuilder) -> Reply {
    let response = request.send().await.unwrap();
    Reply {
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        text: response.text().await.unwrap(),
    }
}
