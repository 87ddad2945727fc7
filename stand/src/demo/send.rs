//! Sends the demo's postbacks over HTTPS, each from the address it is meant to come from.

use std::net::IpAddr;

use postern_protocol::request::EVENT_PATH;
use postern_stand::StandError;
use reqwest::{Certificate, Client, Response};
use serde_json::Value;
use tokio::task::JoinSet;

use super::sample::Sample;

/// What came back.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// The body, which is JSON whoever answered.
    pub(crate) body: String,
}

impl Reply {
    /// What became of it: the verdict, or the refusal's code.
    pub(crate) fn outcome(&self) -> String {
        let body: Value = serde_json::from_str(&self.body).unwrap_or_default();
        let word = body["result"].as_str().or(body["error"].as_str());
        word.unwrap_or("not understood").to_owned()
    }
}

/// Where postbacks are sent, and whose certificate is trusted there.
pub(crate) struct Gate {
    url: String,
    certificate: Certificate,
}

impl Gate {
    /// A gate at `https://HOST:PORT` with this certificate, in PEM.
    pub(crate) fn new(url: String, certificate_pem: &[u8]) -> Result<Self, StandError> {
        let certificate = Certificate::from_pem(certificate_pem).map_err(|cause| failed(&cause))?;
        Ok(Self { url, certificate })
    }

    /// A client that sends from `from`.
    fn client(&self, from: IpAddr) -> Result<Client, StandError> {
        let client = Client::builder()
            .add_root_certificate(self.certificate.clone())
            .local_address(from)
            .no_proxy();
        client.build().map_err(|cause| failed(&cause))
    }
}

/// Sends one and reads the answer.
pub(crate) async fn one(gate: &Gate, sample: &Sample) -> Result<Reply, StandError> {
    send(gate.client(sample.from)?, &gate.url, sample.clone()).await
}

/// Sends all at the same time.
pub(crate) async fn at_once(gate: &Gate, samples: &[Sample]) -> Result<Vec<Reply>, StandError> {
    let Some(first) = samples.first() else {
        return Ok(Vec::new());
    };
    let client = gate.client(first.from)?;
    let mut tasks = JoinSet::new();
    for sample in samples {
        let (client, url, sample) = (client.clone(), gate.url.clone(), sample.clone());
        tasks.spawn(async move { send(client, &url, sample).await });
    }
    tasks.join_all().await.into_iter().collect()
}

async fn send(client: Client, url: &str, sample: Sample) -> Result<Reply, StandError> {
    let url = format!("{url}{EVENT_PATH}{}", sample.query);
    let mut request = match sample.body {
        Some(body) => client
            .post(url)
            .header("content-type", "application/json")
            .body(body),
        None => client.get(url),
    };
    if let Some(source) = sample.source {
        request = request.header("x-rs-source", source);
    }
    let response: Response = request.send().await.map_err(|cause| failed(&cause))?;
    let status = response.status().as_u16();
    let body = response.text().await.map_err(|cause| failed(&cause))?;
    Ok(Reply { status, body })
}

fn failed(cause: &reqwest::Error) -> StandError {
    StandError::new(format!("a postback could not be sent: {cause:?}"))
}
