//! The guides under `docs/` say what the program does: each command in them is read by the real
//! command line, and what the partner's guide lists is what the code has, no more and no less.

use std::collections::BTreeSet;

use clap::{CommandFactory as _, Parser as _};
use postern_protocol::answer::Verdict;
use postern_protocol::request::KNOWN_FIELDS;
use postern_protocol::sign::Form;

use super::Cli;
use super::openapi::{Listener, document};
use crate::config::Settings;
use crate::ledger::FlagReason;
use crate::pasted::words;

const PARTNERS: &str = include_str!("../../../docs/partners-guide.md");
const OPERATORS: &str = include_str!("../../../docs/operators-guide.md");
const SANDBOX: &str = include_str!("../../../docs/sandbox.md");
const README: &str = include_str!("../../../README.md");

/// Fewer would mean that the commands were not found.
const LEAST_COMMANDS: usize = 90;

/// What a flag of some delivery begins with, where a page says `ID/`.
const SOME_FLAG: &str = " 01890a5d-ac96-774b-bcce-b302099a8057/";

/// The lines of fenced blocks, those that end in `\` joined, without prompts and comments.
fn fenced(page: &str) -> Vec<String> {
    let joined = page.replace("\\\n", " ");
    let blocks = joined.split("```").skip(1).step_by(2).map(str::to_owned);
    blocks
        .flat_map(|block| block.lines().skip(1).map(plain).collect::<Vec<_>>())
        .collect()
}

fn plain(line: &str) -> String {
    let line = line.trim();
    let line = line.strip_prefix("$ ").unwrap_or(line);
    let in_container = line.strip_prefix("docker compose run --rm ");
    let line = in_container.filter(|it| is_command(it)).unwrap_or(line);
    line.split("  #").next().unwrap_or_default().to_owned()
}

/// What stands in backticks, outside of fenced blocks.
fn inline(page: &str) -> Vec<&str> {
    let prose = page.split("```").step_by(2);
    prose
        .flat_map(|text| text.split('`').skip(1).step_by(2))
        .collect()
}

fn is_command(text: &str) -> bool {
    text.starts_with("postern ")
}

/// The command that a text begins with, and the words behind it.
fn command_of(text: &str) -> Result<(clap::Command, Vec<String>), String> {
    let mut command = Cli::command();
    command.build();
    let mut words = words::split(text).map_err(|error| error.to_string())?;
    words.remove(0);
    let mut rest = words.into_iter().peekable();
    while let Some(next) = rest.peek().and_then(|word| command.find_subcommand(word)) {
        command = next.clone();
        rest.next();
    }
    Ok((command, rest.collect()))
}

/// Words in capitals stand for what the reader puts there, so only names are looked at.
fn names_are_known(text: &str) -> Result<(), String> {
    let (command, rest) = command_of(text)?;
    let stands_for = |word: &str| word.chars().all(|c| c.is_ascii_uppercase());
    if command.has_subcommands() {
        let is_told = rest.first().is_some_and(|word| stands_for(word));
        return is_told
            .then_some(())
            .ok_or_else(|| format!("{rest:?} is no command of {}", command.get_name()));
    }
    let options = rest.iter().filter_map(|word| word.strip_prefix("--"));
    for option in options {
        let known = command
            .get_arguments()
            .any(|it| it.get_long() == Some(option));
        if !known && option != "help" {
            return Err(format!("{} has no --{option}", command.get_name()));
        }
    }
    Ok(())
}

#[test]
fn each_command_in_the_guides_is_one_of_ours() {
    let mut read = 0;
    for page in [PARTNERS, OPERATORS, SANDBOX, README] {
        for line in fenced(page).iter().filter(|line| is_command(line)) {
            // What is written to or read from files is the shell's.
            let line = line.split(" > ").next().unwrap_or_default();
            let line = &line.replace(" ID/", SOME_FLAG);
            let words = words::split(line).expect(line);
            Cli::try_parse_from(words).unwrap_or_else(|error| panic!("{line}\n{error}"));
            read += 1;
        }
        for text in inline(page).into_iter().filter(|text| is_command(text)) {
            names_are_known(text).unwrap_or_else(|error| panic!("`{text}`: {error}"));
            read += 1;
        }
    }
    assert!(read >= LEAST_COMMANDS, "only {read} were found");
}

/// A key that is misspelt, or a value that is not taken, is a mistake when settings are loaded.
#[test]
fn the_configuration_in_the_operators_guide_is_one_of_ours() {
    let blocks: Vec<&str> = OPERATORS.split("```toml\n").skip(1).collect();
    assert!(!blocks.is_empty(), "there is none");
    for block in blocks {
        let (text, _) = block.split_once("```").expect("a block ends");
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("postern.toml");
        std::fs::write(&file, text).expect("it can be written");
        let read = Settings::load(&file, std::iter::empty());
        read.unwrap_or_else(|mistakes| panic!("{text}\n{mistakes}"));
    }
}

#[test]
fn a_command_that_is_not_ours_is_noticed() {
    for wrong in [
        "postern partners aply",
        "postern review list --bye amount",
        "postern frobnicate",
    ] {
        assert!(names_are_known(wrong).is_err(), "{wrong}");
    }
    names_are_known("postern COMMAND --help").expect("it stands for any of them");
}

/// The table whose header has this cell first: each row's cells.
fn table(page: &'static str, first: &str) -> Vec<Vec<&'static str>> {
    let cells = |line: &'static str| -> Vec<&'static str> {
        let inside = line.trim().trim_matches('|');
        inside.split(" | ").map(str::trim).collect()
    };
    let lines = page.lines();
    let from = lines.skip_while(|line| !line.starts_with(&format!("| {first} |")));
    let rows = from.skip(2).take_while(|line| line.starts_with('|'));
    rows.map(cells).collect()
}

/// The words in backticks of one column.
fn told(page: &'static str, first: &str, column: usize) -> BTreeSet<&'static str> {
    let rows = table(page, first);
    assert!(!rows.is_empty(), "there is no table {first}");
    let cells = rows.iter().filter_map(|row| row.get(column));
    cells
        .flat_map(|cell| cell.split('`').skip(1).step_by(2))
        .collect()
}

/// The stable names that a source file gives: each text an arm of `fn …code…` or a constant ends in.
fn codes(source: &'static str) -> BTreeSet<&'static str> {
    let arms = source.split("=> \"").skip(1);
    let names = arms.filter_map(|rest| rest.split('"').next());
    names
        .filter(|name| {
            name.bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        })
        .collect()
}

const REFUSALS: &str = include_str!("../../../protocol/src/answer/refusal.rs");
const UNREADABLE: &str = include_str!("../../../protocol/src/request/unreadable.rs");
const CAUSES: &str = include_str!("../../../protocol/src/diagnose/cause.rs");
const ENVOY: &str = include_str!("../../../envoy/envoy.yaml");

#[test]
fn the_partners_guide_has_each_field() {
    assert_eq!(told(PARTNERS, "field", 0), KNOWN_FIELDS.into());
}

#[test]
fn the_partners_guide_has_each_form() {
    let headings = PARTNERS
        .lines()
        .filter_map(|line| line.strip_prefix("### `"));
    let named: Vec<&str> = headings.map(|rest| rest.trim_end_matches('`')).collect();
    assert_eq!(named, Form::ALL.map(Form::name));
}

#[test]
fn the_partners_guide_has_each_verdict_and_flag() {
    let verdicts = Verdict::ALL.map(Verdict::name);
    assert_eq!(told(PARTNERS, "`result`", 0), verdicts.into());
    let flags = FlagReason::ALL.map(FlagReason::name);
    assert_eq!(told(PARTNERS, "`flags`", 0), flags.into());
}

#[test]
fn the_partners_guide_has_each_refusal_of_gate_backend_and_envoy() {
    let by_envoy = ENVOY.split("error: ").skip(1);
    let by_envoy = by_envoy.filter_map(|rest| rest.split(',').next());
    let ours: BTreeSet<&str> = codes(REFUSALS).into_iter().chain(by_envoy).collect();
    assert_eq!(told(PARTNERS, "status", 1), ours);
    assert_eq!(told(PARTNERS, "`detail`", 0), codes(UNREADABLE));
}

#[test]
fn the_partners_guide_has_each_cause_of_the_doctor() {
    assert_eq!(told(PARTNERS, "about", 1), codes(CAUSES));
}

#[test]
fn each_table_is_read_by_its_header() {
    let page = "| a | b |\n|---|---|\n| `x`, `y` | z |\n| `w` | `v` |\n\n| `u` | t |\n";
    assert_eq!(told(page, "a", 0), ["x", "y", "w"].into());
    assert_eq!(told(page, "a", 1), ["v"].into());
}

/// Made by `postern openapi`, and kept so that a change of what others call is seen in a review.
#[test]
fn the_openapi_documents_are_those_of_the_code() {
    for (listener, name) in [(Listener::Gate, "gate"), (Listener::Admin, "admin")] {
        let path = format!("{}/../docs/openapi-{name}.json", env!("CARGO_MANIFEST_DIR"));
        let kept = std::fs::read_to_string(&path).expect(&path);
        let made = document(listener);
        assert!(
            kept.trim_end() == made,
            "docs/openapi-{name}.json is not what the code says; make it anew: \
             postern openapi {name} > docs/openapi-{name}.json"
        );
    }
}
