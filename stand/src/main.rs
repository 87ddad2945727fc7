//! The demo: brings up Postern, sends it one of each kind of postback and shows what became of it.
//!
//! `make up` runs it once everything is built. In containers its parts are run by compose.

mod demo;

use std::io::{Write, stderr};
use std::process::ExitCode;

use clap::Parser;

use demo::{Action, Options};
use postern_stand::container_bootstrap;

fn main() -> ExitCode {
    let options = Options::parse();
    let done = match options.action {
        Action::Up(up) => demo::up(&up),
        Action::Down(down) => demo::down(&down),
        Action::FirstStart(first_start) => demo::first_start(&first_start),
        Action::Visit(visit) => demo::visit(&visit),
        Action::Bootstrap(bootstrap) => {
            let text = container_bootstrap(&bootstrap.from, &bootstrap.backends);
            text.map(|text| demo::say(text.trim_end()))
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(stderr(), "\npostern: {error}"); // the terminal may be closed
            ExitCode::FAILURE
        }
    }
}
