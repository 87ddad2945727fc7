//! `postern admin`, and the admin API of a running backend.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use nix::sys::signal::Signal;

use crate::backend::Backend;
use crate::desk::{Desk, mode};

#[test]
fn a_token_is_printed_once_and_only_its_digest_is_kept() {
    let desk = Desk::empty();
    let token = desk.done(&["admin", "token", "ada"]);
    let token = token.trim();
    assert!(token.starts_with("postern_admin_"), "{token}");
    let kept = desk.read("admin.tokens");
    assert!(!kept.contains(&token["postern_admin_".len()..]), "{kept}");
    assert_eq!(mode(&desk.path("admin.tokens")), 0o600);
    assert_eq!(desk.done(&["admin", "list"]), "ada admin\n");
}

#[test]
fn a_token_has_a_role() {
    let desk = Desk::empty();
    desk.done(&["admin", "token", "eve", "--role", "viewer"]);
    desk.done(&["admin", "token", "rita", "--role", "reviewer"]);
    assert_eq!(desk.done(&["admin", "list"]), "eve viewer\nrita reviewer\n");
    desk.done(&["admin", "token", "eve", "--role", "admin", "--replace"]);
    assert_eq!(desk.done(&["admin", "list"]), "rita reviewer\neve admin\n");
    let said = desk.run(&["admin", "token", "bob", "--role", "root"]);
    assert_eq!(said.code, Some(2));
    assert!(
        said.err.contains("viewer, reviewer or admin"),
        "{}",
        said.err
    );
}

#[test]
fn a_name_keeps_its_token_until_it_is_replaced_or_revoked() {
    let desk = Desk::empty();
    desk.done(&["admin", "token", "ada"]);
    let kept = desk.read("admin.tokens");
    let said = desk.run(&["admin", "token", "ada"]);
    assert_eq!(said.code, Some(1));
    assert!(said.err.contains("--replace"), "{}", said.err);
    assert_eq!(desk.read("admin.tokens"), kept);
    desk.done(&["admin", "token", "ada", "--replace"]);
    assert_ne!(desk.read("admin.tokens"), kept);
    desk.done(&["admin", "revoke", "ada"]);
    assert_eq!(desk.read("admin.tokens"), "");
    let said = desk.run(&["admin", "revoke", "ada"]);
    assert_eq!(said.code, Some(1));
    assert!(said.err.contains("`postern admin list`"), "{}", said.err);
    let said = desk.run(&["admin", "list"]);
    assert!(
        said.err.contains("postern admin token NAME"),
        "{}",
        said.err
    );
}

#[test]
fn a_damaged_file_and_a_bad_name_are_refused_and_nothing_is_lost() {
    let desk = Desk::empty();
    desk.write("admin.tokens", "postern_admin_oops\n");
    let said = desk.run(&["admin", "token", "ada"]);
    assert_eq!(said.code, Some(1));
    assert!(said.err.contains("admin.tokens: line 1"), "{}", said.err);
    assert!(!said.err.contains("oops"), "{}", said.err);
    assert_eq!(desk.read("admin.tokens"), "postern_admin_oops\n");
    let said = desk.run(&["admin", "token", "two words"]);
    assert_eq!(said.code, Some(2));
    assert!(said.err.contains("letters, digits"), "{}", said.err);
}

/// The status of a GET with this token.
fn status(address: &str, token: &str) -> u16 {
    let mut connection = TcpStream::connect(address).expect("it listens");
    let request = format!(
        "GET /admin/partners HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n"
    );
    connection.write_all(request.as_bytes()).expect("sent");
    let mut answer = String::new();
    connection.read_to_string(&mut answer).expect("answered");
    let status = answer.split(' ').nth(1).expect("a status line");
    status.parse().expect("a status")
}

#[test]
fn it_opens_with_the_first_token_and_follows_the_file() {
    let desk = Desk::with_acme();
    desk.done(&["partners", "apply"]);
    let mut backend = Backend::start(&desk);
    backend.said("the admin API is closed: there is no token; `postern admin token NAME` makes one and opens it");
    let ada = desk.done(&["admin", "token", "ada"]);
    let open = backend.said("the admin API is open");
    let address = open["listen"].as_str().expect("an address").to_owned();
    assert_eq!(status(&address, ada.trim()), 200);
    assert_eq!(status(&address, "postern_admin_wrong"), 401);

    let eve = desk.done(&["admin", "token", "eve"]);
    assert_eq!(backend.said("admin tokens reloaded")["tokens"], 2);
    assert_eq!(status(&address, eve.trim()), 200);
    desk.done(&["admin", "revoke", "eve"]);
    assert_eq!(backend.said("admin tokens reloaded")["tokens"], 1);
    assert_eq!(status(&address, eve.trim()), 401);

    backend.signal(Signal::SIGTERM);
    backend.said("stopped");
    assert!(backend.ends_well());
}

#[test]
fn a_taken_address_is_said_plainly() {
    let desk = Desk::with_acme();
    desk.done(&["partners", "apply"]);
    desk.done(&["admin", "token", "ada"]);
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let mut command = desk.command(&["serve"]);
    command.env("POSTERN_LISTEN", "127.0.0.1:0");
    command.env("POSTERN_ADMIN_LISTEN", &address);
    let output = command.output().expect("postern runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success());
    assert!(
        said.contains(&format!("cannot listen on {address}")),
        "{said}"
    );
    assert!(said.contains("[admin]"), "{said}");
}
