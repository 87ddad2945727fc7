//! The real `postern`, and a person's browser before it.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use reqwest::header::{COOKIE, ORIGIN, SET_COOKIE};
use reqwest::{Client, Response, StatusCode, redirect};

use super::cases::{Case, Ends};
use super::fill::Place;
use crate::cores::{BOTH_CORES, command_on};
use crate::process::{Server, free_address};
use crate::product_files;

/// How long an answer may take before the run is broken off.
const ANSWER_WITHIN: Duration = Duration::from_secs(60);

/// A backend with somebody logged in.
pub(super) struct Console {
    client: Client,
    base: String,
    token: String,
    cookie: String,
    _server: Server,
}

/// What was answered.
pub(super) struct Answer {
    pub(super) took: Duration,
    pub(super) bytes: usize,
    pub(super) text: String,
}

impl Console {
    /// Starts the backend and logs in.
    pub(super) async fn open(place: &Place<'_>) -> Result<Self, String> {
        let token = product_files::said(&place.folder, &["admin", "token", "ada", "--replace"])?;
        Self::start(place, token.trim().to_owned()).await
    }

    /// The same in a backend that was just started.
    pub(super) async fn again(self, place: &Place<'_>) -> Result<Self, String> {
        let token = self.token.clone();
        drop(self);
        Self::start(place, token).await
    }

    async fn start(place: &Place<'_>, token: String) -> Result<Self, String> {
        let admin = free_address()?;
        let server = serve(place, admin)?;
        let client = Client::builder()
            .no_proxy()
            .redirect(redirect::Policy::none())
            .timeout(ANSWER_WITHIN)
            .build()
            .map_err(|error| error.to_string())?;
        let mut console = Self {
            client,
            base: format!("http://{admin}"),
            token,
            cookie: String::new(),
            _server: server,
        };
        console.cookie = console.log_in().await?;
        Ok(console)
    }

    async fn log_in(&self) -> Result<String, String> {
        let request = self.client.post(format!("{}/console/login", self.base));
        let request = request
            .header(ORIGIN, &self.base)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(format!("token={}", self.token));
        let response = request.send().await.map_err(|error| error.to_string())?;
        let cookie = response
            .headers()
            .get(SET_COOKIE)
            .and_then(|it| it.to_str().ok());
        let session = cookie.and_then(|it| it.split(';').next());
        let status = response.status();
        session
            .map(str::to_owned)
            .ok_or_else(|| format!("the login was answered {status}"))
    }

    /// Asks one page, as often as it is asked anew by whoever waits for it: to the last byte, or to the first event of a
    /// feed, which has no end.
    pub(super) async fn ask(&self, case: &Case) -> Result<Answer, String> {
        self.get(&case.path, case.ends).await
    }

    /// A page's text.
    pub(super) async fn page(&self, path: &str) -> Result<String, String> {
        Ok(self.get(path, Ends::Itself).await?.text)
    }

    async fn get(&self, path: &str, ends: Ends) -> Result<Answer, String> {
        let words = |error: reqwest::Error| format!("{path}: {error}");
        let request = self.client.get(format!("{}{path}", self.base));
        let began = Instant::now();
        let mut response = request
            .header(COOKIE, &self.cookie)
            .send()
            .await
            .map_err(words)?;
        let body = match ends {
            Ends::Itself => whole(&mut response).await,
            Ends::AtFirstEvent => first_event(&mut response).await,
        };
        let body = body.map_err(words)?;
        let took = began.elapsed();
        if response.status() != StatusCode::OK {
            return Err(format!("{path} was answered {}", response.status()));
        }
        Ok(Answer {
            took,
            bytes: body.len(),
            text: String::from_utf8_lossy(&body).into_owned(),
        })
    }
}

async fn whole(response: &mut Response) -> reqwest::Result<Vec<u8>> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

async fn first_event(response: &mut Response) -> reqwest::Result<Vec<u8>> {
    let mut body = Vec::new();
    while !body.windows(2).any(|two| two == b"\n\n") {
        let Some(chunk) = response.chunk().await? else {
            break;
        };
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn serve(place: &Place<'_>, admin: SocketAddr) -> Result<Server, String> {
    let mut command = command_on(BOTH_CORES, &product_files::postern()?);
    command.arg("serve").current_dir(&place.folder);
    product_files::forget_settings(&mut command);
    command.env("POSTERN_LISTEN", free_address()?.to_string());
    command.env("POSTERN_ADMIN_LISTEN", admin.to_string());
    command.env("POSTERN_DATABASE", &place.url);
    Server::start("postern", command, &place.folder, admin)
}
