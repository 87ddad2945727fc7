//! An HTTP/2 client whose frames a story decides: how the body is cut, and whether trailers end it.

use crate::answer::Answer;
use crate::connection::{ANSWER_WITHIN, dial};
use crate::message::Message;
use crate::tls;
use bytes::Bytes;
use h2::client::{SendRequest, handshake};
use h2::{RecvStream, SendStream};
use http::{HeaderMap, HeaderName, HeaderValue, Request};
use std::io;
use std::net::{IpAddr, SocketAddr};
use tokio::time::timeout;

/// How a request's stream ends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The last data frame (or the headers, when there is no body) carries the end.
    Plain,
    /// A trailers frame comes after the body.
    Trailers,
    /// An empty data frame carries the end.
    EmptyData,
}

/// One HTTP/2 connection.
pub struct Http2 {
    sender: SendRequest<Bytes>,
}

impl Http2 {
    /// Opens a TLS connection that agrees on `h2`.
    ///
    /// # Errors
    /// When nobody listens, the certificate is not good or HTTP/2 is not offered.
    pub async fn open_tls_from(from: IpAddr, to: SocketAddr, ca_pem: &[u8]) -> io::Result<Http2> {
        let stream = tls::handshake(dial(from, to).await?, ca_pem, b"h2", None).await?;
        let (sender, connection) = handshake(stream).await.map_err(io::Error::other)?;
        tokio::spawn(connection);
        Ok(Http2 { sender })
    }

    /// Sends one request, its body in data frames of at most `piece` bytes.
    ///
    /// # Errors
    /// When the stream is reset or no answer comes in time.
    pub async fn exchange(
        &self,
        message: &Message,
        piece: usize,
        ending: Ending,
    ) -> io::Result<Answer> {
        match timeout(
            ANSWER_WITHIN,
            self.exchange_unbounded(message, piece, ending),
        )
        .await
        {
            Ok(answer) => answer.map_err(io::Error::other),
            Err(_) => Err(io::Error::new(io::ErrorKind::TimedOut, "no answer in time")),
        }
    }

    async fn exchange_unbounded(
        &self,
        message: &Message,
        piece: usize,
        ending: Ending,
    ) -> Result<Answer, h2::Error> {
        let ends_at_headers = message.body.is_empty() && ending == Ending::Plain;
        let mut sender = self.sender.clone().ready().await?;
        let (answer, body) = sender.send_request(head_of(message), ends_at_headers)?;
        if !ends_at_headers {
            // A refusal may reset our half while the body is still going out. The answer tells.
            let _ = send_body(body, message, piece, ending);
        }
        let (head, body) = answer.await?.into_parts();
        let headers = head
            .headers
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec()));
        Ok(Answer {
            status: head.status.as_u16(),
            headers: headers.collect(),
            body: read_body(body).await?,
        })
    }
}

fn head_of(message: &Message) -> Request<()> {
    let mut head = Request::builder()
        .method(message.method.as_str())
        .uri(format!(
            "https://postbacks.test{}",
            String::from_utf8_lossy(&message.target)
        ));
    for (name, value) in &message.headers {
        head = head.header(name.as_str(), value.as_slice());
    }
    head.body(()).expect("a story's header names are valid")
}

fn send_body(
    mut stream: SendStream<Bytes>,
    message: &Message,
    piece: usize,
    ending: Ending,
) -> Result<(), h2::Error> {
    let mut pieces = message.body.chunks(piece).peekable();
    while let Some(piece) = pieces.next() {
        let ends = pieces.peek().is_none() && ending == Ending::Plain;
        stream.send_data(Bytes::copy_from_slice(piece), ends)?;
    }
    match ending {
        Ending::Plain => Ok(()),
        Ending::EmptyData => stream.send_data(Bytes::new(), true),
        Ending::Trailers => {
            let mut trailers = HeaderMap::new();
            trailers.insert("x-checked", HeaderValue::from_static("yes"));
            for (name, value) in &message.trailers {
                let value = HeaderValue::from_str(value).expect("a story's trailers are valid");
                trailers.insert(HeaderName::from_static(name), value);
            }
            stream.send_trailers(trailers)
        }
    }
}

async fn read_body(mut body: RecvStream) -> Result<Vec<u8>, h2::Error> {
    let mut whole = Vec::new();
    while let Some(piece) = body.data().await {
        let piece = piece?;
        body.flow_control().release_capacity(piece.len())?;
        whole.extend_from_slice(&piece);
    }
    Ok(whole)
}
