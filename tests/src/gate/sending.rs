//! Sending to a gate: one request on a connection of its own, or a connection to hold.

use super::Gate;
use crate::answer::Answer;
use crate::connection::Connection;
use crate::frames::Frames;
use crate::http2::Http2;
use crate::message::Message;
use crate::tls::Identity;
use crate::waiting::eventually;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

impl Gate {
    /// Sends one request from 127.0.0.1 on a plain connection of its own.
    pub async fn send(&self, message: &Message) -> Answer {
        exchange(self.plain().await, message).await
    }

    /// Sends one request to the backend itself, past Envoy.
    ///
    /// # Panics
    /// When it does not listen.
    pub async fn send_to_backend(&self, message: &Message) -> Answer {
        let connection = Connection::open_from(HERE, self.backend).await;
        exchange(connection.expect("the backend listens"), message).await
    }

    /// Sends one request in TLS.
    pub async fn send_tls(&self, message: &Message) -> Answer {
        exchange(self.tls().await, message).await
    }

    /// Sends one request from that address of this machine.
    ///
    /// # Panics
    /// When the address is none, or cannot be used.
    pub async fn send_from(&self, address: &str, message: &Message) -> Answer {
        let from: IpAddr = address.parse().expect("a story's address");
        let to = match from {
            IpAddr::V4(_) => self.http,
            IpAddr::V6(_) => SocketAddr::new("::1".parse().expect("an address"), self.http.port()),
        };
        let connection = Connection::open_from(from, to).await;
        exchange(
            connection.unwrap_or_else(|error| panic!("no connection from {from} to {to}: {error}")),
            message,
        )
        .await
    }

    /// Sends the request again and again until its answer is as wanted.
    pub async fn send_until(
        &self,
        what: &str,
        message: &Message,
        wanted: impl Fn(&Answer) -> bool,
    ) -> Answer {
        eventually(what, async || {
            Some(self.send(message).await).filter(&wanted)
        })
        .await
    }

    /// A plain connection from 127.0.0.1.
    ///
    /// # Panics
    /// When nobody listens.
    pub async fn plain(&self) -> Connection {
        Connection::open_from(HERE, self.http)
            .await
            .expect("the plain listener listens")
    }

    /// A TLS connection from 127.0.0.1 that speaks HTTP/1.1.
    ///
    /// # Panics
    /// When nobody listens or the certificate is not the stand's.
    pub async fn tls(&self) -> Connection {
        Connection::open_tls_from(HERE, self.https, &self.certificate)
            .await
            .expect("the TLS listener listens")
    }

    /// A TLS connection from 127.0.0.1 to a gate that has this certificate, showing `identity` to it.
    ///
    /// # Errors
    /// When nobody listens, or either side does not take the other's certificate.
    pub async fn tls_as(
        &self,
        identity: Option<&Identity>,
        certificate_pem: &[u8],
    ) -> std::io::Result<Connection> {
        Connection::open_tls_as(identity, HERE, self.https, certificate_pem).await
    }

    /// Sends one request in TLS, showing this client certificate.
    ///
    /// # Panics
    /// When the handshake fails: what is wrong with a client certificate is the gate's to say.
    pub async fn send_as(&self, identity: &Identity, message: &Message) -> Answer {
        let connection = self.tls_as(Some(identity), &self.certificate).await;
        exchange(connection.expect("the handshake"), message).await
    }

    /// A TLS connection from 127.0.0.1 that speaks HTTP/2 frame by frame, begun with these settings.
    ///
    /// # Panics
    /// When nobody listens or HTTP/2 is not offered.
    pub async fn frames(&self, settings: &[(u16, u32)]) -> Frames {
        Frames::open_tls_from(HERE, self.https, &self.certificate, settings)
            .await
            .expect("the TLS listener offers HTTP/2")
    }

    /// A TLS connection from 127.0.0.1 that speaks HTTP/2.
    ///
    /// # Panics
    /// When nobody listens or HTTP/2 is not offered.
    pub async fn http2(&self) -> Http2 {
        Http2::open_tls_from(HERE, self.https, &self.certificate)
            .await
            .expect("the TLS listener offers HTTP/2")
    }
}

async fn exchange(mut connection: Connection, message: &Message) -> Answer {
    let answer = connection.exchange(message).await;
    answer.unwrap_or_else(|error| {
        panic!(
            "no answer ({error}) to:\n{}",
            String::from_utf8_lossy(&message.head())
        )
    })
}
