//! `docs/partners-guide.md`: each signature in it is the one the program makes. A real gate takes its
//! curl commands in `tests/tests/end_to_end/partners_guide.rs`.

use std::process::Command;

use crate::desk::Desk;

const GUIDE: &str = include_str!("../../../docs/partners-guide.md");

/// Each `$ command` with what it prints.
fn sessions() -> Vec<(&'static str, &'static str)> {
    let blocks = GUIDE.split("```console\n$ ").skip(1);
    let blocks = blocks.filter_map(|block| block.split("```").next());
    blocks.filter_map(|block| block.split_once('\n')).collect()
}

#[test]
fn every_signature_of_the_guide_is_what_the_program_makes() {
    let desk = Desk::empty();
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_postern"));
    let folder = program.parent().expect("it lies in a folder");
    let path = std::env::var("PATH").expect("there is one");
    let sessions = sessions();
    assert!(sessions.len() >= 8, "a session for each form, and one more");
    for (command, printed) in sessions {
        let output = Command::new("bash")
            .args(["-euo", "pipefail", "-c", command])
            .current_dir(desk.path(""))
            .env("PATH", format!("{}:{path}", folder.display()))
            .output()
            .expect("bash runs");
        assert_eq!(
            String::from_utf8_lossy(&output.stdout),
            printed,
            "{command}"
        );
    }
}
