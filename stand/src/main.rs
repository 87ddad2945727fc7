//! The demo: brings up Postern, sends it one of each kind of postback and shows what became of it.
//!
//! `make up` runs it once everything is built.

mod demo;

use std::io::{Write, stderr};
use std::process::ExitCode;

use clap::Parser;

use demo::{Action, Options};

fn main() -> ExitCode {
    let options = Options::parse();
    let done = match options.action {
        Action::Up(up) => demo::up(&up),
        Action::Down(down) => demo::down(&down),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(stderr(), "\npostern: {error}"); // the terminal may be closed
            ExitCode::FAILURE
        }
    }
}
