//! Sends the demo's postbacks over HTTPS, each from the address it is meant to come from.

use std::net::IpAddr;

use postern_protocol::request::EVENT_PATH;
use postern_stand::{Stand, StandError};
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

/// A client that trusts the stand's certificate and sends from `from`.
pub(crate) fn client(stand: &Stand, from: IpAddr) -> Result<Client, StandError> {
    let certificate =
        Certificate::from_pem(&stand.certificate_pem()?).map_err(|cause| failed(&cause))?;
    Client::builder()
        .add_root_certificate(certificate)
        .local_address(from)
        .no_proxy()
        .build()
        .map_err(|cause| failed(&cause))
}

/// Sends one and reads the answer.
pub(crate) async fn one(stand: &Stand, sample: &Sample) -> Result<Reply, StandError> {
    send(
        client(stand, sample.from)?,
        stand.https_url(),
        sample.clone(),
    )
    .await
}

/// Sends all at the same time.
pub(crate) async fn at_once(stand: &Stand, samples: &[Sample]) -> Result<Vec<Reply>, StandError> {
    let Some(first) = samples.first() else {
        return Ok(Vec::new());
    };
    let client = client(stand, first.from)?;
    let mut tasks = JoinSet::new();
    for sample in samples {
        tasks.spawn(send(client.clone(), stand.https_url(), sample.clone()));
    }
    tasks.join_all().await.into_iter().collect()
}

async fn send(client: Client, url: String, sample: Sample) -> Result<Reply, StandError> {
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
