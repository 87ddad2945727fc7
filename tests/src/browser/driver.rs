//! Chromium and its driver: started for one story, gone with it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder};
use http::Method;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;
use url::{ParseError, Url};

/// How long the browser may take to close.
const CLOSE_WITHIN: Duration = Duration::from_secs(10);

/// What the driver says once it listens.
const STARTED: &str = "was started successfully on port ";

/// A running driver with its browser.
pub(super) struct Driver {
    child: Child,
    port: u16,
    session: Option<String>,
    profile: TempDir,
    /// It would end if nobody held the other end.
    _output: BufReader<ChildStdout>,
}

impl Driver {
    /// Starts a driver on a port of its own choosing.
    pub(super) fn start() -> Self {
        let profile = tempfile::tempdir().expect("a folder");
        let child = Command::new("chromedriver")
            .args(["--port=0", "--log-level=SEVERE"])
            .env("TMPDIR", profile.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let mut child = child.unwrap_or_else(|error| {
            panic!("chromedriver does not start ({error}): tools/need chromedriver:chromium-driver")
        });
        let mut output = BufReader::new(child.stdout.take().expect("it is piped"));
        let port = port(&mut output);
        Self {
            child,
            port,
            session: None,
            profile,
            _output: output,
        }
    }

    /// Opens the browser.
    pub(super) async fn session(&mut self) -> Client {
        let profile = self.profile.path().join("profile");
        let options = json!({
            "args": [
                "--headless=new",
                // Chromium's sandbox does not run as root, and pages here are our own.
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--hide-scrollbars",
                "--force-prefers-reduced-motion",
                format!("--user-data-dir={}", profile.display()),
            ],
        });
        let capabilities = json!({
            "goog:chromeOptions": options,
            "goog:loggingPrefs": {"browser": "ALL"},
        });
        let Value::Object(capabilities) = capabilities else {
            unreachable!("it is written as one just above");
        };
        let address = format!("http://127.0.0.1:{}", self.port);
        let opened = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&address)
            .await;
        let client = opened.unwrap_or_else(|error| {
            panic!("Chromium does not start ({error}): tools/need chromium:chromium")
        });
        self.session = client.session_id().await.expect("an open session");
        client
    }

    /// Has the driver close the browser: killed alone, it would leave it behind.
    fn closes(&self, session: &str) -> std::io::Result<()> {
        let mut driver = TcpStream::connect(("127.0.0.1", self.port))?;
        driver.set_read_timeout(Some(CLOSE_WITHIN))?;
        let port = self.port;
        write!(
            driver,
            "DELETE /session/{session} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n"
        )?;
        let mut answer = [0; 1];
        driver.read_exact(&mut answer)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        if let Some(session) = &self.session {
            let _ = self.closes(session); // it may be closed already
        }
        let _ = self.child.kill(); // it may have ended by itself
        let _ = self.child.wait();
    }
}

fn port(output: &mut BufReader<ChildStdout>) -> u16 {
    let mut said = String::new();
    loop {
        let from = said.len();
        let read = output.read_line(&mut said).expect("it writes text");
        assert!(read > 0, "chromedriver ended: {said}");
        let rest = said[from..].split(STARTED).nth(1);
        if let Some(port) = rest.and_then(|rest| rest.trim_end().trim_end_matches('.').parse().ok())
        {
            return port;
        }
    }
}

/// What was written to the browser's console since it was last asked.
#[derive(Debug)]
pub(super) struct GetLog;

impl WebDriverCompatibleCommand for GetLog {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!("session/{}/se/log", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(json!({"type": "browser"}).to_string()))
    }
}

/// A command of Chromium's own protocol, with what it takes.
#[derive(Debug)]
pub(super) struct Chromium(pub(super) &'static str, pub(super) Value);

impl WebDriverCompatibleCommand for Chromium {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        let session = session.unwrap_or_default();
        base.join(&format!("session/{session}/goog/cdp/execute"))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        let body = json!({"cmd": self.0, "params": self.1});
        (Method::POST, Some(body.to_string()))
    }
}
