//! The admin API is for whoever stands inside: nothing of it is reached through the gate.

use std::net::SocketAddr;

use postern_stand::Port;
use postern_tests::connection::Connection;
use postern_tests::gate::Gate;
use postern_tests::message::Message;
use postern_tests::postback::registration;
use postern_tests::waiting::eventually;

const PARTNERS: &str = "/admin/partners";

/// A GET with this token.
fn get(path: &str, token: &str) -> Message {
    Message::new("GET", path)
        .header("host", "localhost")
        .header("authorization", format!("Bearer {token}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_reached_on_its_own_listener_and_never_through_the_gate() {
    let port = Port::free().expect("a port");
    let admin = SocketAddr::from(([127, 0, 0, 1], port.number()));
    let gate = Gate::of(|stand| stand.backend_env("POSTERN_ADMIN_LISTEN", admin.to_string())).await;
    let token = gate.runs(&["admin", "token", "ada"]).trim().to_owned();
    let message = get(PARTNERS, &token);
    let answer = eventually("the admin API opens", async || {
        let mut connection = Connection::open_from(admin.ip(), admin).await.ok()?;
        let answer = connection.exchange(&message).await.ok()?;
        Some(answer).filter(|it| it.status == 200)
    })
    .await;
    assert_eq!(answer.json()["items"][0]["id"], "partner_name");

    for path in [
        PARTNERS,
        "/admin/openapi.json",
        "//admin/partners",
        "/v1/../admin/partners",
        "/v1/%2e%2e/admin/partners",
        "/v1/event/../../admin/partners",
    ] {
        let answer = gate.send(&get(path, &token)).await;
        assert!([400, 404].contains(&answer.status), "{path}: {answer:?}");
        assert_eq!(answer.json()["items"], serde_json::Value::Null, "{path}");
    }
    let answer = gate.send_to_backend(&message).await;
    assert_eq!(
        (answer.status, answer.text("error")),
        (404, "not_found".to_owned())
    );
    // The gate is open all the while.
    gate.send(&registration("click-1"))
        .await
        .recorded("accepted");
}
