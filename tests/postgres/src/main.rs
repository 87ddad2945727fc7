//! `with-postgres COMMAND…`: runs a command while a PostgreSQL of its own stands, and ends with the
//! command's exit code.

use std::process::{Command, ExitCode};

use postern_test_postgres::{SERVER_VARIABLE, Server};

/// As a shell says that a command could not be run.
const NOT_RUN: u8 = 127;

fn main() -> ExitCode {
    run().unwrap_or_else(|reason| {
        eprintln!("with-postgres: {reason}");
        ExitCode::from(NOT_RUN)
    })
}

fn run() -> Result<ExitCode, String> {
    let mut arguments = std::env::args_os().skip(1);
    let program = arguments
        .next()
        .ok_or("name the command to run, as in: with-postgres cargo test")?;
    let server = Server::start().map_err(|error| error.to_string())?;
    let status = Command::new(&program)
        .args(arguments)
        .env(SERVER_VARIABLE, server.url())
        .status()
        .map_err(|error| format!("{}: {error}", program.display()))?;
    // A command that a signal ended has no code.
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}
