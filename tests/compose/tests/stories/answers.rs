//! Every verdict and every refusal, each at least once, through the published port, each with
//! the headers that stand on all of them.

use std::collections::BTreeSet;
use std::net::IpAddr;

use postern_compose_tests::commands::succeeded;
use postern_compose_tests::project::Project;
use postern_protocol::answer::Refusal;
use postern_tests::answer::Answer;
use postern_tests::connection::Connection;
use postern_tests::event::Event;
use postern_tests::message::Message;
use postern_tests::partner::SECRET;
use postern_tests::postback::{forged, raw, registration, registration_of};
use postern_tests::signing::{signed_json, signed_parameters};
use postern_tests::tls::Identity;
use postern_tests::waiting::eventually;

const VERDICTS: [&str; 5] = ["accepted", "duplicate", "updated", "flagged", "quarantined"];
/// What Envoy refuses by itself.
const BY_ENVOY: [&str; 3] = ["bad_request", "request_timeout", "headers_too_large"];
/// A defect of ours. There is none to be had.
const A_DEFECT: &str = "internal";
/// More than Envoy takes.
const TOO_MANY_HEADERS: usize = 100;

#[tokio::test(flavor = "multi_thread")]
async fn every_verdict_and_refusal_comes_through_the_published_port() {
    let shown = Identity::new();
    let project = Project::up_with(&certified(&shown));
    imports_clicks(&project).await;
    let mut told = Told::new(&project);
    let stalled = told.stalls().await;
    for (message, status, word) in booked().into_iter().chain(refused()) {
        let answer = told.sends(&message).await;
        assert_eq!(
            (answer.status, code(&answer).as_str()),
            (status, word),
            "{answer:?}"
        );
    }
    told.certificates(&shown).await;
    told.limits().await;
    told.hears(stalled).await;
    told.misconfigured().await;
    told.absence().await;
    told.is_everything();
}

/// A line that adds a partner who must show this certificate, and may post from where the page's may.
fn certified(certificate: &Identity) -> String {
    let fingerprint = certificate.fingerprint();
    format!(
        "printf '\\n[[partner]]\\nid = \"certified\"\\n%s\\nrate_per_second = 100\\nburst = 100\\n\
         amount_unit = \"major\"\\nsecrets = [{{ id = \"k1\", secret = \"{SECRET}\" }}]\\n\
         client_certificates = [\"{fingerprint}\"]\\n' \"$(grep -m1 ^networks partners.toml)\" >>partners.toml"
    )
}

/// A request, the status it is answered with, and the verdict or the refusal's code.
type Story = (Message, u16, &'static str);

fn post(event: &Event) -> Message {
    Message::new("POST", "/v1/event")
        .header("content-type", "application/json")
        .source("partner_name")
        .body(signed_json(SECRET, event))
}

/// One delivery for each verdict; the sixth names a click that nobody knows.
fn booked() -> Vec<Story> {
    let pending = Event::ftd("click-2").text("status", "pending");
    let comma = Event::ftd("click-3").text("amount", "1.234,50");
    let get = signed_parameters(SECRET, &Event::ftd("click-4"));
    let get = Message::new("GET", format!("/v1/event?{get}")).source("partner_name");
    let jackpot = Event::ftd("click-5").text("event", "jackpot");
    vec![
        (post(&Event::ftd("click-1")), 200, "accepted"),
        (post(&Event::ftd("click-1")), 200, "duplicate"),
        (post(&pending), 200, "accepted"),
        (post(&Event::ftd("click-2")), 200, "updated"),
        (get, 200, "accepted"),
        (post(&Event::ftd("nobody-knows-me")), 200, "flagged"),
        (post(&comma), 200, "quarantined"),
        (post(&jackpot), 422, "invalid"),
    ]
}

/// One request for each refusal that needs no more than itself.
fn refused() -> Vec<Story> {
    let one = || registration("click-6");
    let to = |target: &str| one().target(target);
    let big = " ".repeat(70 * 1024);
    let text = one()
        .without("content-type")
        .header("content-type", "text/xml");
    let many = (0..TOO_MANY_HEADERS).fold(one(), |message, number| {
        message.header(&format!("x-h{number}"), "x")
    });
    let nameless = one().without("x-rs-source").source("a b");
    vec![
        (one().body("{"), 400, "unreadable"),
        (to("/v1/event?source=elsewhere"), 400, "source_conflict"),
        (nameless, 400, "source_malformed"),
        (to("/v1%2Fevent"), 400, "bad_request"),
        (forged("click-6"), 401, "unauthorized"),
        (registration_of("nobody", "click-6"), 403, "forbidden"),
        (to("/elsewhere"), 404, "not_found"),
        (one().method("PUT"), 405, "method_not_allowed"),
        (one().body(big), 413, "body_too_large"),
        (text, 415, "unsupported_media_type"),
        (many, 431, "headers_too_large"),
    ]
}

/// The verdict, or the refusal's code.
fn code(answer: &Answer) -> String {
    let json = answer.json();
    let code = json["result"].as_str().or(json["error"].as_str());
    code.unwrap_or_else(|| panic!("neither: {answer:?}"))
        .to_owned()
}

/// What was told so far.
struct Told<'p> {
    project: &'p Project,
    certificate: Vec<u8>,
    codes: BTreeSet<String>,
}

impl Told<'_> {
    fn new(project: &Project) -> Told<'_> {
        Told {
            project,
            certificate: project.certificate(),
            codes: BTreeSet::new(),
        }
    }

    async fn sends(&mut self, message: &Message) -> Answer {
        let answer = self.project.sends(&self.certificate, message).await;
        answer.hardened();
        self.codes.insert(code(&answer));
        answer
    }

    /// Sends until the answer is this one.
    async fn comes(&mut self, wanted: &str, message: impl Fn(usize) -> Message) -> Answer {
        let mut number = 0;
        eventually(wanted, async || {
            number += 1;
            let answer = self.sends(&message(number)).await;
            (code(&answer) == wanted).then_some(answer)
        })
        .await
    }

    /// A connection whose request's headers never end.
    async fn stalls(&self) -> Connection {
        let mut connection = self.connects(None).await;
        let head = registration("click-7").head();
        let half = connection.write(&head[..head.len() - 2]).await;
        half.expect("Envoy reads");
        connection
    }

    /// What such a one is told in the end.
    async fn hears(&mut self, mut stalled: Connection) {
        let answer = stalled.read_answer("POST").await.expect("an answer");
        answer.refused_unread(408, "request_timeout").hardened();
        self.codes.insert(code(&answer));
    }

    async fn connects(&self, identity: Option<&Identity>) -> Connection {
        let here = IpAddr::from([127, 0, 0, 1]);
        let to = self.project.https_addr();
        let opened = Connection::open_tls_as(identity, here, to, &self.certificate).await;
        opened.expect("Envoy listens")
    }

    /// Who must show a certificate is let in with it and not without.
    async fn certificates(&mut self, shown: &Identity) {
        let postback = registration_of("certified", "click-8");
        self.sends(&postback)
            .await
            .refused(403, "client_certificate");
        let mut connection = self.connects(Some(shown)).await;
        let answer = connection.exchange(&postback).await.expect("an answer");
        answer.recorded("accepted").hardened();
    }

    /// Too many at once, and too many failures.
    async fn limits(&mut self) {
        let fewer = "sed -i 's/^burst = 100000/burst = 1/; s/^rate_per_second = 100000/rate_per_second = 1/' partners.toml";
        self.project
            .in_config(&format!("{fewer} && postern partners apply"));
        let late = |number| format!("late-{number}");
        let limited = self
            .comes("rate_limited", |number| registration(&late(number)))
            .await;
        let failing = self
            .comes("too_many_failures", |number| forged(&late(number)))
            .await;
        for answer in [limited, failing] {
            assert_eq!(answer.status, 429, "{answer:?}");
            assert!(answer.header("retry-after").is_some(), "{answer:?}");
        }
    }

    /// An Envoy that starts on a file no filter takes; then the file is made anew.
    async fn misconfigured(&mut self) {
        let project = self.project;
        project.in_config("sed -i s/max_body_bytes/max_body_bites/ ../edge/postern-filter.json");
        project.runs(&["restart", "-t", "1", "envoy"]);
        project.becomes_healthy("envoy");
        let answer = self.sends(&registration("click-9")).await;
        answer.refused(503, "misconfigured");
        assert_eq!(answer.header("retry-after"), Some("5"), "{answer:?}");
        project.in_config("postern partners apply");
        let event = Event::registration("click-9");
        self.comes("accepted", |_| raw(&event)).await;
    }

    /// No backend.
    async fn absence(&mut self) {
        self.project
            .runs(&["stop", "-t", "1", "backend-1", "backend-2"]);
        let gone = |number| registration(&format!("gone-{number}"));
        let answer = self.comes("unavailable", gone).await;
        answer.refused(503, "unavailable");
        assert!(answer.header("retry-after").is_some(), "{answer:?}");
    }

    /// Claims that no verdict and no refusal is left that was not told.
    fn is_everything(&self) {
        let ours = Refusal::one_of_each();
        let refusals = ours
            .iter()
            .map(Refusal::code)
            .filter(|code| *code != A_DEFECT);
        let all = refusals.chain(BY_ENVOY).chain(VERDICTS);
        let all: BTreeSet<String> = all.map(str::to_owned).collect();
        assert_eq!(self.codes, all);
    }
}

/// By the admin API, as published.
async fn imports_clicks(project: &Project) {
    let token = succeeded(
        "admin token",
        &project.postern(&["admin", "token", "tester"]),
    );
    let mut csv = "clickid\n".to_owned();
    for number in 1..10 {
        csv += &format!("click-{number}\n");
    }
    let [admin, _] = project.admin_addrs();
    let message = Message::new("POST", "/admin/clicks")
        .header("content-type", "text/csv")
        .header("host", admin.to_string())
        .header("authorization", format!("Bearer {}", token.trim()))
        .body(csv);
    eventually("the backend takes the token", async || {
        let answer = project.asks(admin, &message).await?;
        (answer.status == 200).then_some(())
    })
    .await;
}
