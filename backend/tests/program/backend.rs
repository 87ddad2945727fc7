//! A backend that runs: the real `postern serve`.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, ChildStderr, Command, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use postern_protocol::proof::PROOF_HEADER;
use serde_json::Value;

use crate::desk::Desk;

/// A backend that runs until it is told to stop, or the test ends.
pub(crate) struct Backend {
    child: Child,
    log: BufReader<ChildStderr>,
}

impl Backend {
    pub(crate) fn start(desk: &Desk) -> Self {
        Self::of(desk.command(&["serve"]))
    }

    /// One that is started in its own way.
    pub(crate) fn of(mut command: Command) -> Self {
        command
            .env("POSTERN_LISTEN", "127.0.0.1:0")
            .env("POSTERN_ADMIN_LISTEN", "127.0.0.1:0")
            .env("POSTERN_LOG_FORMAT", "json");
        let mut child = command
            .stderr(Stdio::piped())
            .spawn()
            .expect("postern runs");
        let log = BufReader::new(child.stderr.take().expect("it is piped"));
        Self { child, log }
    }

    /// Reads the log up to the line with this message and gives its fields.
    pub(crate) fn said(&mut self, message: &str) -> serde_json::Value {
        loop {
            let mut line = String::new();
            let length = self.log.read_line(&mut line).expect("the log is text");
            assert_ne!(length, 0, "the log ended before {message:?}");
            let line: serde_json::Value = serde_json::from_str(&line).expect("a JSON line");
            if line["fields"]["message"] == message {
                return line["fields"].clone();
            }
        }
    }

    /// Waits until it serves and stands at its edge, with the proof token of this desk.
    pub(crate) fn edge(&mut self, desk: &Desk) -> Edge {
        let serving = self.said("serving");
        Edge {
            address: serving["listen"].as_str().expect("an address").to_owned(),
            token: desk.read("proof.tokens").trim().to_owned(),
        }
    }

    /// Waits until it has ended, and says whether it did so well.
    pub(crate) fn ends_well(&mut self) -> bool {
        self.child.wait().expect("it ends").success()
    }

    /// A file's text about its process, from /proc.
    pub(crate) fn proc(&self, name: &str) -> String {
        let path = format!("/proc/{}/{name}", self.child.id());
        std::fs::read_to_string(path).expect("it runs")
    }

    pub(crate) fn signal(&self, signal: Signal) {
        let id = Pid::from_raw(self.child.id().cast_signed());
        kill(id, signal).expect("it runs");
    }
}

/// The edge's place: sends the backend what a partner has signed, with the edge's proof.
pub(crate) struct Edge {
    address: String,
    token: String,
}

impl Edge {
    /// A postback by GET; gives the answer.
    pub(crate) fn get(&self, partner: &str, query: &str) -> Value {
        self.send(partner, &format!("GET /v1/event?{query}"), "", "")
    }

    /// The same with the status it was answered with.
    pub(crate) fn status(&self, partner: &str, query: &str) -> (u16, Value) {
        self.exchange(partner, &format!("GET /v1/event?{query}"), "", "")
    }

    /// A postback as JSON; gives the answer.
    pub(crate) fn post(&self, partner: &str, json: &str) -> Value {
        let headers = format!(
            "content-type: application/json\r\ncontent-length: {}\r\n",
            json.len()
        );
        self.send(partner, "POST /v1/event", &headers, json)
    }

    fn send(&self, partner: &str, what: &str, headers: &str, body: &str) -> Value {
        self.exchange(partner, what, headers, body).1
    }

    fn exchange(&self, partner: &str, what: &str, headers: &str, body: &str) -> (u16, Value) {
        let proof = format!(
            "token={};partner={partner};key=k1;form=params;address=192.0.2.7",
            self.token
        );
        let mut stream = TcpStream::connect(&self.address).expect("it listens");
        let request = format!(
            "{what} HTTP/1.1\r\nhost: backend\r\n{PROOF_HEADER}: {proof}\r\n{headers}\
             connection: close\r\n\r\n{body}"
        );
        stream.write_all(request.as_bytes()).expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a body");
        let status = head.split(' ').nth(1).and_then(|it| it.parse().ok());
        let body = serde_json::from_str(body).expect("JSON");
        (status.expect("a status"), body)
    }
}

impl Drop for Backend {
    fn drop(&mut self) {
        // It has ended already where the test waited for it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
