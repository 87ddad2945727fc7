//! Where secrets are: in files of those who need them, and nowhere else.

use postern_compose_tests::commands::{docker, run, succeeded};
use postern_compose_tests::file::{self, SECRET_VOLUMES};
use postern_compose_tests::images;
use postern_compose_tests::project::Project;
use postern_tests::partner::SECRET;
use tokio::task::block_in_place;

/// Each service, and those volumes with a secret that it sees. Grafana's image is not to be had everywhere: of it,
/// the file alone is looked at.
const SEES: [(&str, &[&str]); 10] = [
    ("backend-1", &["partners", "database"]),
    ("backend-2", &["partners", "database"]),
    ("demo", &["demo"]),
    ("doctor", &["partners", "database", "edge-config"]),
    ("envoy", &["edge-config", "tls"]),
    ("first-start", &SECRET_VOLUMES),
    ("grafana", &["grafana-password"]),
    ("postern", &["partners", "database", "edge-config"]),
    ("postgres", &["postgres-password"]),
    ("prometheus", &[]),
];

#[tokio::test(flavor = "multi_thread")]
async fn secrets_are_in_files_of_those_who_need_them_and_nowhere_else() {
    let project = Project::up();
    project.starts(&["prometheus", "demo"]);
    let _ = project.ended("demo");
    project.makes(&["postern", "doctor"]);
    let secrets = secrets(&project);
    shows_none("the file", &file::text(&project), &secrets);
    for (service, _) in SEES.iter().filter(|(name, _)| *name != "grafana") {
        shows_none(service, &all_of(&project, service), &secrets);
        shows_none(service, &project.logs(service), &secrets);
    }
    are_in_no_image(&secrets);
    let services = file::services(&project);
    let seen = services
        .iter()
        .map(|(name, service)| (name.as_str(), file::secret_volumes(service)));
    let expected = SEES.map(|(name, volumes)| (name, volumes.to_vec()));
    assert_eq!(seen.collect::<Vec<_>>(), expected);
    are_for_their_readers(&project);
}

/// What each secret is, and where it lies; of the TLS key, a line between its ends.
const SECRETS: [(&str, &str); 5] = [
    ("the TLS key", "<(sed -n 2p tls/server.key)"),
    ("the database's password", "postgres/password"),
    ("Grafana's password", "grafana/password"),
    ("the proof", "partners/proof.tokens"),
    ("the demo's admin token", "demo/token"),
];

/// Each secret there is, and what it is.
fn secrets(project: &Project) -> Vec<(&'static str, String)> {
    let files = SECRETS.map(|(_, file)| file).join(" ");
    let line = format!("cd /etc/postern && for f in {files}; do echo \"$(head -n 1 $f)\"; done");
    let told = project.shell("first-start", &line);
    let told = told.lines().map(|line| line.trim().to_owned());
    let names = SECRETS.iter().map(|(name, _)| *name);
    let mut secrets: Vec<(&str, String)> = names.zip(told).collect();
    secrets.push(("a partner's secret", SECRET.to_owned()));
    assert_eq!(secrets.len(), SECRETS.len() + 1, "not all were read");
    let are_long = secrets.iter().all(|(_, text)| text.len() > 10);
    assert!(are_long, "too short to be one");
    secrets
}

/// All that the engine tells of a service's container and its image.
fn all_of(project: &Project, service: &str) -> String {
    let image = project.inspects(service, "{{.Image}}");
    let asks = |arguments: &[&str]| {
        let output = block_in_place(|| run(&mut docker(arguments)));
        succeeded(arguments[0], &output)
    };
    project.inspects(service, "{{json .}}")
        + &asks(&["inspect", &image])
        + &asks(&["history", "--no-trunc", &image])
}

fn shows_none(whose: &str, text: &str, secrets: &[(&str, String)]) {
    assert!(
        !text.is_empty() || whose == "postern" || whose == "doctor",
        "{whose}"
    );
    for (what, secret) in secrets {
        assert!(!text.contains(secret), "{whose} shows {what}");
    }
}

/// Claims that they were made at the first start: an image that held one would bring it into an empty volume. The
/// partner's secret is the one that is printed everywhere.
fn are_in_no_image(secrets: &[(&'static str, String)]) {
    let made = secrets.iter().filter(|(_, text)| text != SECRET);
    // What certainly is in each image is looked for besides.
    let control = "# Whether a GET on loopback is answered by 200";
    let mut texts: Vec<&str> = made.map(|(_, text)| text.as_str()).collect();
    assert_eq!(texts.len(), SECRETS.len());
    texts.push(control);
    for ours in images::OURS {
        let found = images::texts_in(&images::name(ours), &texts);
        assert_eq!(found, [control], "{ours} holds a secret");
    }
}

/// Claims that each file is for its owner alone, and the passwords for who reads them besides.
fn are_for_their_readers(project: &Project) {
    let files = [
        ("partners/partners.toml", "600 10001"),
        ("partners/proof.tokens", "600 10001"),
        ("partners/admin.tokens", "600 10001"),
        ("database/url", "600 10001"),
        ("edge/postern-filter.json", "600 10001"),
        ("tls/server.key", "600 10001"),
        ("demo/token", "600 10001"),
        ("postgres/password", "640 999"),
        ("grafana/password", "640 472"),
    ];
    let names = files.map(|(name, _)| name).join(" ");
    let told = project.shell(
        "first-start",
        &format!("cd /etc/postern && stat -c '%a %g' {names}"),
    );
    let told: Vec<&str> = told.lines().map(str::trim).collect();
    assert_eq!(told, files.map(|(_, mode)| mode), "{names}");
}
