//! What `postern tracker` prints, used as it is: the relay signs what a tracker fills in, and the gate
//! takes it.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use postern_tests::connection::Connection;
use postern_tests::gate::Gate;
use postern_tests::message::Message;
use postern_tests::partner::{PARTNER, SECRET};

const KEY: &str = "a-long-random-word";

/// The relay as it was printed; it ends with this value.
struct Relay {
    process: Child,
    port: u16,
}

impl Drop for Relay {
    fn drop(&mut self) {
        // One that has ended already is as good.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Relay {
    fn start(gate: &Gate) -> Relay {
        let url = format!("https://{}/v1/event", gate.https_addr());
        let program = gate.runs(&["tracker", "relay", PARTNER, "--url", &url]);
        let path = gate.folder().join("relay.py");
        std::fs::write(&path, program).expect("the folder can be written");
        let mut process = Command::new("python3")
            .arg(path)
            .env("POSTERN_SECRET", SECRET)
            .env("RELAY_KEY", KEY)
            .env("RELAY_LISTEN", "127.0.0.1:0")
            .env("SSL_CERT_FILE", gate.folder().join("tls/server.crt"))
            .stdout(Stdio::piped())
            .spawn()
            .expect("python3 runs");
        let mut said = String::new();
        let out = process.stdout.take().expect("it is piped");
        BufReader::new(out)
            .read_line(&mut said)
            .expect("it says where");
        let port = said
            .split(':')
            .next_back()
            .and_then(|it| it.split('/').next());
        let port = port.and_then(|it| it.parse().ok());
        let port = port.unwrap_or_else(|| panic!("no port in {said:?}"));
        Relay { process, port }
    }

    async fn call(&self, path: &str) -> u16 {
        let to = ([127, 0, 0, 1], self.port).into();
        let connection = Connection::open_from([127, 0, 0, 1].into(), to).await;
        let mut connection = connection.expect("the relay listens");
        let message = Message::new("GET", path);
        connection
            .exchange(&message)
            .await
            .expect("an answer")
            .status
    }
}

/// What the tracker's URL for an event becomes once its macros are filled in.
fn filled(gate: &Gate, tracker: &str, event: &str, macros: &[(&str, &str)]) -> String {
    let url = format!("http://{}/v1/event", gate.http_addr());
    let relay = format!("http://relay.example/{KEY}/");
    let said = gate.runs(&[
        "tracker", tracker, PARTNER, "--url", &url, "--relay", &relay, "--event", event,
    ]);
    let line = said.lines().next().expect("the URL").to_owned();
    let filled = macros
        .iter()
        .fold(line, |url, (name, value)| url.replace(name, value));
    assert!(!filled.contains('{'), "a macro is left in {filled}");
    filled
        .strip_prefix("http://relay.example")
        .expect("the relay's")
        .to_owned()
}

/// How Keitaro maps its statuses to ours.
const KEITARO_STATUS: &str = "{status:lead=pending sale=approved rejected=rejected}";

#[tokio::test(flavor = "multi_thread")]
async fn a_keitaro_conversion_is_signed_by_the_relay_and_booked() {
    let gate = Gate::open().await;
    let relay = Relay::start(&gate);
    let path = filled(
        &gate,
        "keitaro",
        "ftd",
        &[
            ("{external_id}", "click-1"),
            (KEITARO_STATUS, "approved"),
            ("{revenue}", "50.00"),
            ("{tid}", "T%2D1%20%2B"),
        ],
    );
    assert_eq!(relay.call(&path).await, 200);
    let conversion = gate.ledger().await.conversion("click-1", "ftd").await;
    assert_eq!(
        (conversion.amount_minor, &*conversion.currency),
        (5_000, "USD")
    );
    // Without the relay's key nothing is signed.
    let stranger = path.replace(KEY, "another-word");
    assert_eq!(relay.call(&stranger).await, 404);
    assert_eq!(gate.ledger().await.deliveries().await, 1);
}

/// Each event, and the money in it, in cents of a dollar.
const EVENTS: [(&str, i64); 6] = [
    ("registration", 0),
    ("ftd", 5_000),
    ("redeposit", 5_000),
    ("lead", 0),
    ("cashout", 5_000),
    ("rejected", 0),
];

#[tokio::test(flavor = "multi_thread")]
async fn each_trackers_url_for_each_event_is_booked_once_filled_in() {
    let gate = Gate::open().await;
    let relay = Relay::start(&gate);
    let ledger = gate.ledger().await;
    let mut number = 0;
    for (tracker, id) in [
        ("keitaro", "{external_id}"),
        ("binom", "{externalid}"),
        ("voluum", "{externalid}"),
        ("bemob", "{externalId}"),
    ] {
        for (event, cents) in EVENTS {
            number += 1;
            let click = format!("click-{number}");
            let macros = [
                (id, &*click),
                (KEITARO_STATUS, "approved"),
                ("{revenue}", "50.00"),
                ("{payout}", "50.00"),
                ("{tid}", "T-1"),
            ];
            let path = filled(&gate, tracker, event, &macros);
            assert_eq!(relay.call(&path).await, 200, "{tracker}, {event}: {path}");
            let booked = ledger.conversion(&click, event).await;
            assert_eq!(booked.amount_minor, cents, "{tracker}, {event}");
        }
    }
    assert_eq!(ledger.conversions().await, number);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deposit_for_which_the_tracker_holds_no_payout_is_refused() {
    let gate = Gate::open().await;
    let relay = Relay::start(&gate);
    for payout in ["", "0"] {
        let macros = [("{externalid}", "click-1"), ("{payout}", payout)];
        let path = filled(&gate, "voluum", "ftd", &macros);
        assert_eq!(relay.call(&path).await, 422, "{path}");
    }
    assert_eq!(gate.ledger().await.conversions().await, 0);
}
