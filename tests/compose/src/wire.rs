//! What is reached over the network: Envoy, the admin APIs, the database.

use std::net::{IpAddr, SocketAddr};

use postern_stand::Port;
use postern_tests::answer::Answer;
use postern_tests::connection::Connection;
use postern_tests::message::Message;
use postern_tests::shared_ledger::SharedLedger;

use crate::project::Project;

impl Project {
    /// The ledger, read past the product.
    pub async fn ledger(&self) -> SharedLedger {
        let url = self.reads("backend-2", "/etc/postern/database/url");
        let host = format!("@{}/", self.address("postgres"));
        SharedLedger::open(&url.trim().replace("@postgres/", &host)).await
    }

    /// Envoy's HTTPS listener, as published.
    #[must_use]
    pub fn https_addr(&self) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], self.https.number()))
    }

    /// The backends' admin APIs, as published.
    #[must_use]
    pub fn admin_addrs(&self) -> [SocketAddr; 2] {
        let published = |port: &Port| SocketAddr::from(([127, 0, 0, 1], port.number()));
        self.admin.each_ref().map(published)
    }

    /// The certificate to trust, in PEM.
    #[must_use]
    pub fn certificate(&self) -> Vec<u8> {
        self.reads("envoy", "/etc/postern/tls/server.crt")
            .into_bytes()
    }

    /// Sends one request over HTTPS on a connection of its own.
    ///
    /// # Panics
    /// When it gets no answer.
    pub async fn sends(&self, certificate: &[u8], message: &Message) -> Answer {
        let here = IpAddr::from([127, 0, 0, 1]);
        let connection = Connection::open_tls_from(here, self.https_addr(), certificate).await;
        let answer = connection.expect("Envoy listens").exchange(message).await;
        answer.unwrap_or_else(|error| panic!("no answer: {error}"))
    }

    /// What a published port that speaks no TLS answers; nothing while nobody does.
    pub async fn asks(&self, at: SocketAddr, message: &Message) -> Option<Answer> {
        let here = IpAddr::from([127, 0, 0, 1]);
        let mut connection = Connection::open_from(here, at).await.ok()?;
        connection.exchange(message).await.ok()
    }
}
