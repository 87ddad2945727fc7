//! One postback on the wire.

use std::net::IpAddr;
use std::time::Duration;

use postern_protocol::request::{Encoding, SIGN_HEADER, SOURCE_HEADER, TIME_HEADER};
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, RequestBuilder, Url};

use super::payload::Payload;

/// How the connection is made.
#[derive(Debug, Clone)]
pub struct Connection {
    /// The local address to post from; the system's choice when `None`.
    pub from: Option<IpAddr>,
    /// A PEM file's contents: certificates to trust besides the usual ones.
    pub trusted: Option<Vec<u8>>,
    /// Whether any certificate is taken.
    pub insecure: bool,
    /// How long an answer may take.
    pub timeout: Duration,
}

/// A postback ready to be posted.
#[derive(Debug, Clone)]
pub struct Parcel {
    /// Where to.
    pub url: Url,
    /// What.
    pub payload: Payload,
    /// Who, in the header.
    pub source: Option<String>,
    /// The signature, when it travels in the header.
    pub sign: Option<String>,
    /// The signed time.
    pub time: Option<String>,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body as text.
    pub body: String,
    /// The request's id in the gate's log, where the answer bears it.
    pub request_id: Option<String>,
    /// How long to wait, where the answer says so.
    pub retry_after: Option<Duration>,
}

/// Why nothing came back.
#[derive(Debug, thiserror::Error)]
pub enum NotPosted {
    /// The certificates given are no PEM.
    #[error("the certificates to trust cannot be read: {0}")]
    Certificate(reqwest::Error),
    /// The connection or the answer failed.
    #[error("no answer: {}", chain(.0))]
    Http(#[from] reqwest::Error),
}

impl Connection {
    /// Opens a client. It goes straight to the gate, by no proxy: the address it comes from is
    /// what the gate looks at. It follows no redirects: there are none.
    ///
    /// # Errors
    /// When the certificates are no PEM.
    pub fn client(&self) -> Result<Client, NotPosted> {
        let mut builder = Client::builder()
            .no_proxy()
            .redirect(Policy::none())
            .local_address(self.from)
            .danger_accept_invalid_certs(self.insecure)
            .timeout(self.timeout);
        if let Some(pem) = &self.trusted {
            for certificate in Certificate::from_pem_bundle(pem).map_err(NotPosted::Certificate)? {
                builder = builder.add_root_certificate(certificate);
            }
        }
        Ok(builder.build()?)
    }
}

impl Parcel {
    /// Posts it and waits for the answer.
    ///
    /// # Errors
    /// When there is none.
    pub async fn post(&self, client: &Client) -> Result<Answer, NotPosted> {
        let text = self.payload.text();
        let mut url = self.url.clone();
        let mut request = match self.payload.encoding() {
            Encoding::Query => {
                url.set_query(Some(text));
                client.get(url)
            }
            Encoding::Json => with_body(client.post(url), "application/json", text),
            Encoding::Form => {
                with_body(client.post(url), "application/x-www-form-urlencoded", text)
            }
        };
        let headers = [
            (SOURCE_HEADER, &self.source),
            (SIGN_HEADER, &self.sign),
            (TIME_HEADER, &self.time),
        ];
        for (name, value) in headers {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        let response = request.send().await?;
        let header = |name| response.headers().get(name)?.to_str().ok();
        let seconds = header("retry-after").and_then(|it| it.parse().ok());
        Ok(Answer {
            status: response.status().as_u16(),
            request_id: header("x-request-id").map(str::to_owned),
            retry_after: seconds.map(Duration::from_secs),
            body: response.text().await?,
        })
    }
}

impl Answer {
    /// Whether the postback was taken: a 2xx whose body says `"ok":true`.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        let body: Option<serde_json::Value> = serde_json::from_str(&self.body).ok();
        (200..300).contains(&self.status) && body.is_some_and(|body| body["ok"] == true)
    }
}

fn with_body(request: RequestBuilder, media_type: &str, text: &str) -> RequestBuilder {
    request
        .header("content-type", media_type)
        .body(text.to_owned())
}

/// The error with its causes: the outermost one alone says little.
fn chain(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
