//! An operator's own partners, certificate and database in place of the volumes.

use postern_compose_tests::commands::{run, succeeded};
use postern_compose_tests::elsewhere::Elsewhere;
use postern_compose_tests::own::OwnFolder;
use postern_compose_tests::project::Project;
use postern_tests::answer::Answer;
use postern_tests::event::Event;
use postern_tests::message::Message;
use postern_tests::postback::registration;
use postern_tests::shared_ledger::SharedLedger;
use postern_tests::signing::hmac_hex;
use postern_tests::tls::Identity;
use postern_tests::waiting::eventually;

const OWN_SECRET: &str = "a-secret-of-the-operators-own";

/// The partner `acme`, who posts from this address.
fn own_partners(host: &str) -> String {
    format!(
        "[[partner]]\nid = \"acme\"\nnetworks = [\"{host}\"]\nrate_per_second = 100\nburst = 200\n\
         amount_unit = \"major\"\nsecrets = [{{ id = \"k1\", secret = \"{OWN_SECRET}\" }}]\n"
    )
}

fn own_postback(clickid: &str) -> Message {
    let body = Event::registration(clickid).json();
    Message::new("POST", "/v1/event")
        .header("content-type", "application/json")
        .source("acme")
        .sign(&hmac_hex(OWN_SECRET, &body))
        .body(body)
}

/// Sends until it is answered so: Envoy takes new partners within a moment.
async fn comes(project: &Project, status: u16, message: &Message) -> Answer {
    let certificate = project.certificate();
    eventually(&format!("the answer {status}"), async || {
        let answer = project.sends(&certificate, message).await;
        (answer.status == status).then_some(answer)
    })
    .await
}

/// Brings all of it up as it now is, and waits for Envoy.
fn comes_up(project: &Project) {
    project.runs(&["up", "-d", "--no-build"]);
    project.becomes_healthy("envoy");
}

/// What the demo says, which must be content.
fn demo(project: &Project) -> String {
    let demo = ["run", "--rm", "-T", "--no-deps", "demo"];
    succeeded(
        "demo",
        &tokio::task::block_in_place(|| run(&mut project.compose(&demo))),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn own_partners_and_an_own_certificate_take_the_place_of_the_demos_and_leave_it_again() {
    let mut project = Project::new();
    comes_up(&project);
    let (code, shown) = project.ended("demo");
    assert_eq!(code, "0", "{shown}");
    let host = project.host_as_envoy_sees_it();
    let partners = OwnFolder::with(&[("partners.toml", &own_partners(&host))]);
    let identity = Identity::new();
    let tls = OwnFolder::with(&[
        ("server.crt", &identity.certificate_pem()),
        ("server.key", &identity.key_pem()),
    ]);
    project.takes("POSTERN_PARTNERS_DIR", partners.path());
    project.takes("POSTERN_TLS_DIR", tls.path());
    comes_up(&project);
    assert_eq!(
        project.certificate(),
        identity.certificate_pem().into_bytes()
    );
    let answer = comes(&project, 200, &own_postback("own-1")).await;
    answer.recorded("flagged"); // nobody has imported its click
    let strangers = comes(&project, 403, &registration("own-2")).await;
    strangers.refused(403, "forbidden");
    let (sound, said) = project.doctor();
    assert!(sound, "{said}");
    let silent = demo(&project);
    assert!(silent.contains("your own"), "{silent}");

    // The volume's partners were applied once, where Envoy has the others by now.
    project.takes_its_volumes();
    comes_up(&project);
    let strangers = comes(&project, 403, &own_postback("own-3")).await;
    strangers.refused(403, "forbidden");
    let shown = demo(&project);
    assert!(
        shown.contains("accepted") && !shown.contains('✗'),
        "{shown}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_elsewhere_is_used_from_the_first_start_on_and_reached_by_every_command() {
    let mut project = Project::new();
    let elsewhere = Elsewhere::start(&project);
    let database = OwnFolder::with(&[("url", &elsewhere.url())]);
    project.takes("POSTERN_DATABASE_DIR", database.path());
    comes_up(&project);
    let answer = comes(&project, 200, &registration("own-1")).await;
    let id = answer.recorded("flagged").text("id");
    let ledger = SharedLedger::open(&elsewhere.url()).await;
    ledger.holds(&[("own-1".to_owned(), id.clone())]).await;
    let listed = succeeded("review list", &project.postern(&["review", "list"]));
    assert!(listed.contains("unknown_click"), "{listed}");
    let (sound, said) = project.doctor();
    assert!(
        sound && said.contains("it answers and is migrated"),
        "{said}"
    );
}
