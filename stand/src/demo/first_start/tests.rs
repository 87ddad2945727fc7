use std::os::unix::fs::PermissionsExt as _;

use tempfile::TempDir;

use super::*;

/// Stands for `postern`: notes how it was called, and prints a token.
fn scene() -> (TempDir, FirstStart) {
    let folder = tempfile::tempdir().expect("a folder");
    let program = folder.path().join("postern");
    let script = format!(
        "#!/bin/sh\necho \"$@\" >> {0}/called\necho a-token\n",
        folder.path().display()
    );
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
    let edge = options.folder.join("edge/postern-filter.json");
    fs::create_dir_all(edge.parent().expect("a folder")).expect("made");
    fs::write(edge, "{}").expect("written");
    first_start(&options).expect("nothing to do");
    assert_eq!(names.map(|name| read(&options, name)), made);
    let called = fs::read_to_string(folder.path().join("called")).expect("it was called");
    assert_eq!(called, "admin token demo --replace\npartners apply\n");
}

#[test]
fn somebodys_own_files_stay_and_the_demo_gets_no_token() {
    let (_folder, options) = scene();
    for (name, text) in [
        ("database/url", "postgres://theirs"),
        ("partners/partners.toml", "# theirs"),
    ] {
        let path = options.folder.join(name);
        make_folder(path.parent().expect("a folder")).expect("made");
        fs::write(path, text).expect("written");
    }
    first_start(&options).expect("made");
    assert_eq!(read(&options, "database/url"), "postgres://theirs");
    assert_eq!(read(&options, "partners/partners.toml"), "# theirs");
    assert!(!options.folder.join("postgres/password").exists());
    assert!(!options.folder.join("demo/token").exists());
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
