//! `postern`, the program: hands the command line to [`postern::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    postern::cli::main()
}
