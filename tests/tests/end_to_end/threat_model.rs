//! `SECURITY.md` names the tests that show what it claims: each must be there, and be a test.
//!
//! Run once: no Envoy is asked.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Fewer would mean that the tables were not found.
const LEAST_NAMED: usize = 60;
/// Where sources are; what cargo builds lies elsewhere.
const ROOMS: [&str; 5] = ["protocol", "filter", "backend", "stand", "tests"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The names in the last column of each row of each table that ends in `shown by`.
fn named(page: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut in_table = false;
    for line in page.lines() {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let last = cells.len().checked_sub(2).and_then(|at| cells.get(at));
        in_table = match last {
            Some(&"shown by") => true,
            Some(last) if in_table => {
                names.extend(last.split('`').skip(1).step_by(2).map(str::to_owned));
                true
            }
            _ => false,
        };
    }
    names
}

/// The names of all functions that stand under an attribute of a test, or in the list of those that
/// each store must pass.
fn tests_in(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder)
        .expect("a folder of the project")
        .flatten()
    {
        let path = entry.path();
        if path.is_dir() {
            tests_in(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let source = std::fs::read_to_string(&path).expect("a source file");
            found.extend(tests_of(&source));
        }
    }
}

fn tests_of(source: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut under_attribute = false;
    let mut in_list = false;
    for line in source.lines().map(str::trim) {
        in_list = line == "on_every_store! {" || in_list && line != "}";
        if in_list {
            names.extend(line.strip_suffix(',').map(str::to_owned));
        }
        if line.starts_with("#[test]")
            || line.starts_with("#[tokio::test")
            || line.starts_with("#[wasm_bindgen_test")
        {
            under_attribute = true;
        } else if let Some(name) = line.strip_prefix("async fn ").or(line.strip_prefix("fn ")) {
            if under_attribute {
                names.extend(name.split(['(', '<']).next().map(str::to_owned));
            }
            under_attribute = false;
        }
    }
    names
}

#[test]
fn each_test_that_the_threat_model_names_is_there() {
    let page = std::fs::read_to_string(root().join("SECURITY.md")).expect("it ships");
    let named = named(&page);
    assert!(named.len() >= LEAST_NAMED, "only {} are named", named.len());
    let mut there = BTreeSet::new();
    for room in ROOMS {
        tests_in(&root().join(room), &mut there);
    }
    let missing: Vec<_> = named.difference(&there).collect();
    assert!(
        missing.is_empty(),
        "SECURITY.md names tests that are not there: {missing:?}"
    );
}

#[test]
fn a_name_counts_only_in_the_last_column_and_only_as_a_test() {
    let page =
        "| wants | stops | shown by |\n|---|---|---|\n| `a` | `b` | `c`, `d` |\n\n| x | `e` |\n";
    assert_eq!(named(page).into_iter().collect::<Vec<_>>(), ["c", "d"]);
    let source = "fn c() {}\n#[test]\nfn d() {\nfn e() {}\non_every_store! {\ng,\n}\nh,\n#[tokio::test(flavor = \"x\")]\nasync fn f() {";
    assert_eq!(tests_of(source), ["d", "g", "f"]);
}
