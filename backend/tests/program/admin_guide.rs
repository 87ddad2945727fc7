//! `docs/admin-api.md`: each of its examples works as it stands there.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::Command;

use crate::backend::Backend;
use crate::desk::Desk;

const GUIDE: &str = include_str!("../../../docs/admin-api.md");

/// The shell examples, in their order.
fn examples() -> Vec<&'static str> {
    let blocks = GUIDE.split("```sh\n").skip(1);
    blocks
        .filter_map(|block| block.split("```").next())
        .collect()
}

/// Posts a lead of a click nobody knows, as the edge would pass it on, and gives its id.
fn posts(address: &str, proof: &str, clickid: &str) -> String {
    let mut connection = TcpStream::connect(address).expect("it listens");
    let request = format!(
        "GET /v1/event?clickid={clickid}&event=lead&status=approved HTTP/1.1\r\nHost: localhost\r\n\
         X-Postern-Proof: token={proof};partner=acme;key=k1;form=params;address=127.0.0.1\r\n\
         Connection: close\r\n\r\n"
    );
    connection.write_all(request.as_bytes()).expect("sent");
    let mut answer = String::new();
    connection.read_to_string(&mut answer).expect("answered");
    let body = answer.split("\r\n\r\n").nth(1).expect("a body");
    let body: serde_json::Value = serde_json::from_str(body).expect(body);
    assert_eq!(body["result"], "flagged", "{answer}");
    body["id"].as_str().expect("an id").to_owned()
}

#[test]
fn every_example_of_the_guide_works() {
    let desk = Desk::with_acme();
    desk.done(&["partners", "apply"]);
    let token = desk.done(&["admin", "token", "ada"]);
    let proof = desk.read("proof.tokens");
    let mut backend = Backend::start(&desk);
    let admin = backend.said("the admin API is open")["listen"].clone();
    let serving = backend.said("serving")["listen"].clone();
    let gate = serving.as_str().expect("an address");
    let proof = proof.lines().next().expect("a token").trim();
    posts(gate, proof, "abc123def456");
    let delivery = posts(gate, proof, "nobody-knows");

    let examples = examples();
    assert!(examples.len() >= 5, "the guide has examples");
    for example in examples {
        let output = Command::new("bash")
            .args(["-euo", "pipefail", "-c", example])
            .env(
                "ADMIN",
                format!("http://{}", admin.as_str().expect("an address")),
            )
            .env("TOKEN", token.trim())
            .env("DELIVERY", &delivery)
            .env("CONVERSION", &delivery)
            .output()
            .expect("bash runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{example}\n{said}");
    }
}

#[test]
fn every_problem_is_in_the_guide() {
    let kinds = include_str!("../../src/admin/kind.rs");
    let names = kinds
        .split("=> \"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next());
    let slugs: Vec<&str> = names.filter(|name| !name.contains(' ')).collect();
    assert!(slugs.contains(&"already-decided"), "{slugs:?}");
    for slug in slugs {
        assert!(
            GUIDE.contains(&format!("`{slug}`")),
            "{slug} is not explained"
        );
    }
}
