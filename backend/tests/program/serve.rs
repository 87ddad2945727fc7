//! `postern serve`.

use nix::sys::signal::Signal;

use crate::backend::Backend;
use crate::desk::Desk;

#[test]
fn it_serves_follows_what_is_applied_and_stops_cleanly() {
    let desk = Desk::with_acme();
    desk.done(&["partners", "apply"]);
    let mut backend = Backend::start(&desk);
    let serving = backend.said("serving");
    assert_eq!(serving["partners"], 1);
    let url = format!(
        "http://{}/v1/event",
        serving["listen"].as_str().expect("an address")
    );
    let said = desk.run(&["send", &url, "--secret", "your_secret_key", "clickid=abc"]);
    assert_eq!(
        said.code,
        Some(1),
        "without the proof nothing is taken: {}",
        said.out
    );
    desk.done(&[
        "partners",
        "add",
        "west",
        "--unit",
        "major",
        "--network",
        "::1",
    ]);
    desk.done(&["partners", "apply"]);
    assert_eq!(backend.said("partners reloaded")["partners"], 2);
    backend.signal(Signal::SIGTERM);
    backend.said("stopped");
    assert!(backend.ends_well());
}

#[test]
fn it_takes_all_open_files_it_is_granted() {
    let desk = Desk::with_acme();
    desk.done(&["partners", "apply"]);
    let fewer = r#"ulimit -Sn 256 && exec "$0" serve"#;
    let arguments = ["-c", fewer, env!("CARGO_BIN_EXE_postern")];
    let mut backend = Backend::of(desk.command_of("bash".as_ref(), &arguments));
    backend.said("serving");
    let limits = backend.proc("limits");
    let files = limits.lines().find(|it| it.starts_with("Max open files"));
    let files: Vec<&str> = files.expect("a limit").split_whitespace().collect();
    assert_eq!(
        files[3], files[4],
        "the soft limit is the hard one: {files:?}"
    );
}

#[test]
fn sighup_does_not_end_it() {
    let desk = Desk::with_acme();
    desk.done(&["partners", "apply"]);
    let mut backend = Backend::start(&desk);
    backend.said("serving");
    backend.signal(Signal::SIGHUP);
    backend.signal(Signal::SIGINT);
    backend.said("stopped");
    assert!(backend.ends_well());
}

#[test]
fn it_does_not_start_before_partners_are_applied() {
    let desk = Desk::with_acme();
    let said = desk.run(&["serve"]);
    assert_eq!(said.code, Some(1));
    assert!(
        said.err.contains("run `postern partners apply`"),
        "{}",
        said.err
    );
}

#[test]
fn every_mistake_of_the_configuration_is_told() {
    let desk = Desk::empty();
    desk.write("postern.toml", "listen = \"x\"\ncolour = 1\n");
    let said = desk.run(&["serve"]);
    assert_eq!(said.code, Some(1));
    assert!(
        said.err.contains("listen: must be") && said.err.contains("colour:"),
        "{}",
        said.err
    );
}

#[test]
fn a_configuration_asked_for_by_name_must_be_there() {
    let said = Desk::empty().run(&["serve", "--config", "other.toml"]);
    assert_eq!(said.code, Some(1));
    assert!(said.err.contains("postern sample"), "{}", said.err);
}

#[test]
fn the_printed_sample_is_a_good_configuration() {
    let desk = Desk::with_acme();
    desk.write("postern.toml", desk.done(&["sample"]));
    desk.done(&["partners", "apply", "--dry-run"]);
}
