//! `postern`, the program: hands the command line to [`postern::cli`].

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// Each delivery's texts are made by the server's threads and freed by the store's, which the
/// system's allocator pays for with locks.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    postern::cli::main()
}
