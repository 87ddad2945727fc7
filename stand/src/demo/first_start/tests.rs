use std::os::unix::fs::PermissionsExt as _;

use tempfile::TempDir;

use super::*;

/// Notes how it was called, prints a token, and applies: the edge sends the folder's proof, which is made
/// where there is none.
const POSTERN: &str = r#"#!/bin/sh
cd "${0%/*}"
echo "$@" >> called
[ "$*" = "partners apply" ] || { echo "a-token-$(wc -l < called)"; exit; }
cd etc
mkdir -p edge
[ -f partners/proof.tokens ] || echo proof-proof-proof-proof-proof-01 > partners/proof.tokens
proof=$(head -n 1 partners/proof.tokens)
echo '{"partners":[]}' > partners/partners.applied.json
cat > edge/postern-filter.json <<END
{"resources":[{"typed_config":{"config":{"configuration":{"value":"{\\"proof\\":\\"$proof\\",\\"partners\\":[]}"}}}}]}
END
"#;

/// What stands for `postern` is beside the folder.
fn scene() -> (TempDir, FirstStart) {
    let folder = tempfile::tempdir().expect("a folder");
    let program = folder.path().join("postern");
    let script = POSTERN;
    fs::write(&program, script).expect("written");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("set");
    let options = FirstStart {
        folder: folder.path().join("etc"),
        postern: program,
        database_host: "postgres".to_owned(),
        database_group: None,
        dashboard_group: None,
    };
    (folder, options)
}

fn read(options: &FirstStart, name: &str) -> String {
    fs::read_to_string(options.folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn write(options: &FirstStart, name: &str, text: &str) {
    let path = options.folder.join(name);
    make_folder(path.parent().expect("a folder")).expect("made");
    fs::write(path, text).expect("written");
}

const TOKEN_MADE: &str = "admin token demo --replace";
const APPLIED: &str = "partners apply";

/// How `postern` was called, from the first time on.
fn called(folder: &TempDir) -> Vec<String> {
    let text = fs::read_to_string(folder.path().join("called")).expect("it was called");
    text.lines().map(str::to_owned).collect()
}

#[test]
fn all_is_made_once_and_then_left_alone() {
    let (folder, options) = scene();
    first_start(&options).expect("made");
    let names = [
        "postgres/password",
        "database/url",
        "grafana/password",
        "tls/server.crt",
        "tls/server.key",
        "partners/partners.toml",
        "demo/token",
        "demo/server.crt",
    ];
    let made = names.map(|name| read(&options, name));
    assert_eq!(
        made[1].trim(),
        format!("postgres://postern:{}@postgres/postern", made[0])
    );
    assert_eq!(made[0].len(), 2 * PASSWORD_BYTES);
    assert_ne!(made[0], made[2], "two passwords");
    for secret in [
        "postgres/password",
        "database/url",
        "tls/server.key",
        "partners/partners.toml",
        "demo/token",
    ] {
        let mode = fs::metadata(options.folder.join(secret))
            .expect("there")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{secret}");
    }
    first_start(&options).expect("nothing to do");
    assert_eq!(names.map(|name| read(&options, name)), made);
    assert_eq!(called(&folder), [TOKEN_MADE, APPLIED]);
}

#[test]
fn somebodys_own_files_stay_and_the_demo_gets_no_token() {
    let (_folder, options) = scene();
    write(&options, "database/url", "postgres://theirs");
    write(&options, "partners/partners.toml", "# theirs");
    first_start(&options).expect("made");
    assert_eq!(read(&options, "database/url"), "postgres://theirs");
    assert_eq!(read(&options, "partners/partners.toml"), "# theirs");
    assert!(!options.folder.join("demo/token").exists());
    // The server beside somebody's own database starts as well.
    assert_eq!(
        read(&options, "postgres/password").len(),
        2 * PASSWORD_BYTES
    );
}

/// Another folder of partners comes in place of the one that was there, which it gives.
fn another_folder(options: &FirstStart, files: &[(&str, &str)]) -> PathBuf {
    let (here, aside) = (
        options.folder.join("partners"),
        options.folder.join("partners-before"),
    );
    fs::rename(&here, &aside).expect("moved");
    for (name, text) in files {
        write(options, &format!("partners/{name}"), text);
    }
    aside
}

#[test]
fn another_folder_of_partners_is_applied_and_the_demos_token_goes() {
    let elsewhere = "proof-proof-proof-proof-proof-02";
    let never_applied: &[(&str, &str)] = &[("partners.toml", "# theirs")];
    let applied_elsewhere: &[(&str, &str)] = &[
        ("partners.toml", "# theirs"),
        ("partners.applied.json", "{}"),
        ("proof.tokens", elsewhere),
    ];
    // The proof that Envoy sends was carried over, what was made of the partners was not.
    let half_carried: &[(&str, &str)] = &[
        ("partners.toml", "# theirs"),
        ("proof.tokens", "proof-proof-proof-proof-proof-01"),
    ];
    for files in [never_applied, applied_elsewhere, half_carried] {
        let (folder, options) = scene();
        first_start(&options).expect("the demo's");
        let before = another_folder(&options, files);
        first_start(&options).expect("theirs");
        assert_eq!(called(&folder), [TOKEN_MADE, APPLIED, APPLIED], "{files:?}");
        assert!(!options.folder.join("demo/token").exists(), "{files:?}");
        assert!(applied::is_here(&options.folder));
        first_start(&options).expect("nothing to do");
        assert_eq!(called(&folder).len(), 3, "{files:?}");

        // And back: their folder has applied its partners where the demo's did.
        let other = "proof-proof-proof-proof-proof-03";
        write(&options, "partners/proof.tokens", other);
        first_start(&options).expect("theirs, by another proof");
        fs::remove_dir_all(options.folder.join("partners")).expect("removed");
        fs::rename(before, options.folder.join("partners")).expect("moved back");
        first_start(&options).expect("the demo's again");
        let since = &called(&folder)[4..];
        assert_eq!(since, [TOKEN_MADE, APPLIED], "{files:?}");
        assert_eq!(read(&options, "demo/token"), "a-token-5\n");
    }
}

#[test]
fn the_demos_token_is_that_of_the_folder_which_is_there() {
    let (_folder, options) = scene();
    first_start(&options).expect("the demo's");
    let first = read(&options, "demo/token");
    another_folder(&options, &[]);
    write(
        &options,
        "partners/proof.tokens",
        "proof-proof-proof-proof-proof-02",
    );
    first_start(&options).expect("the demo's, in an empty folder");
    assert_ne!(read(&options, "demo/token"), first);
    fs::remove_file(options.folder.join("demo/token")).expect("removed");
    first_start(&options).expect("made once more");
    assert!(options.folder.join("demo/token").exists());
}

#[test]
fn a_postern_that_refuses_ends_it() {
    let (_folder, mut options) = scene();
    options.postern = PathBuf::from("/bin/false");
    let told = first_start(&options).expect_err("it refused").to_string();
    assert!(
        told.contains("`postern admin token demo --replace` failed"),
        "{told}"
    );
    options.postern = PathBuf::from("/nowhere/postern");
    let told = first_start(&options)
        .expect_err("it is not there")
        .to_string();
    assert!(told.contains("running /nowhere/postern"), "{told}");
}

#[test]
fn a_group_we_are_not_in_is_told() {
    let (_folder, mut options) = scene();
    let group = 54_321;
    options.database_group = Some(group);
    match first_start(&options) {
        Err(told) => assert!(told.to_string().contains("to group 54321"), "{told}"),
        // Root may give a file to any group.
        Ok(()) => {
            let there = fs::metadata(options.folder.join("postgres/password")).expect("there");
            assert_eq!(std::os::unix::fs::MetadataExt::gid(&there), group);
            assert_eq!(there.permissions().mode() & 0o777, 0o640);
        }
    }
}
