//! Sources, precedence and mistakes of the configuration.

use std::fs;
use std::path::Path;

use super::{LogFormat, SAMPLE, Settings};

fn load(text: &str, environment: &[(&str, &str)]) -> Result<Settings, String> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("postern.toml");
    fs::write(&path, text).expect("written");
    let environment = environment
        .iter()
        .map(|(name, value)| ((*name).into(), (*value).into()));
    let folder = format!("{}/", folder.path().display());
    Settings::load(&path, environment).map_err(|error| error.to_string().replace(&folder, ""))
}

#[test]
fn a_missing_file_means_the_defaults() {
    let settings = Settings::load(Path::new("/nowhere/postern.toml"), []).expect("defaults");
    assert_eq!(settings.listen.to_string(), "127.0.0.1:8090");
    assert_eq!(settings.partners, Path::new("partners.toml"));
}

#[test]
fn the_sample_says_every_default() {
    let defaults = Settings::load(Path::new("/nowhere/postern.toml"), []).expect("defaults");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("postern.toml");
    fs::write(&path, SAMPLE).expect("written");
    let sample = Settings::load(&path, []).expect("the sample is good");
    let prefix = folder.path();
    assert_eq!(sample.listen, defaults.listen);
    assert_eq!(
        sample.database,
        &*format!("sqlite://{}/postern.db", prefix.display())
    );
    assert_eq!(sample.partners, prefix.join(defaults.partners));
    assert_eq!(sample.applied, prefix.join(defaults.applied));
    assert_eq!(sample.rates, prefix.join(defaults.rates));
    assert_eq!(sample.proof_file, prefix.join(defaults.proof_file));
    assert_eq!(sample.edge.output, prefix.join(defaults.edge.output));
    assert_eq!(sample.edge.wasm, prefix.join(defaults.edge.wasm));
    assert_eq!(sample.admin.listen, defaults.admin.listen);
    assert_eq!(sample.admin.tokens, prefix.join(defaults.admin.tokens));
    assert_eq!(sample.admin.hosts, defaults.admin.hosts);
    assert_eq!(sample.console, defaults.console);
    assert_eq!(sample.writer, defaults.writer);
    assert_eq!(sample.sources, defaults.sources);
    assert_eq!(sample.log, defaults.log);
}

#[test]
fn the_environment_wins() {
    let file = "listen = \"127.0.0.1:1\"\n[writer]\nbatch = 7\nqueue = 9";
    let environment = [
        ("POSTERN_LISTEN", "127.0.0.1:2"),
        ("POSTERN_WRITER_BATCH", "8"),
        ("POSTERN_LOG_FORMAT", "json"),
        ("POSTERN_HTTPS_PORT", "8443"),
        ("POSTERN_EDGE_SERVICE_HOST", "10.0.0.1"),
        ("POSTERN_EDGE_PORT", "tcp://10.0.0.1:8443"),
        ("PATH", "/bin"),
    ];
    let settings = load(file, &environment).expect("good");
    assert_eq!(settings.listen.port(), 2);
    assert_eq!((settings.writer.queue, settings.writer.batch), (9, 8));
    assert_eq!(settings.log.format, LogFormat::Json);
}

#[test]
fn paths_of_the_environment_start_from_the_working_directory() {
    let environment = [
        ("POSTERN_DATABASE", "sqlite://x.db"),
        ("POSTERN_PARTNERS", "p.toml"),
    ];
    let settings = load("database = \"sqlite://y.db\"", &environment).expect("good");
    assert_eq!(settings.database, "sqlite://x.db");
    assert_eq!(settings.partners, Path::new("p.toml"));
}

#[test]
fn the_admin_listener_takes_names_without_ports() {
    let settings = load("[admin]\nhosts = [\"Admin.Example.com\"]", &[]).expect("good");
    assert_eq!(settings.admin.hosts, ["admin.example.com"]);
    let mistakes = load("[admin]\nhosts = [\"a:8091\", \"\", 3]", &[]).expect_err("none is");
    for place in ["admin.hosts[1]", "admin.hosts[2]", "admin.hosts[3]"] {
        assert!(mistakes.contains(place), "{mistakes}");
    }
}

#[test]
fn the_console_is_told_where_the_gates_admin_pages_are() {
    let settings = load("[console]\nenvoy = [\"http://127.0.0.1:9901\"]", &[]).expect("good");
    assert_eq!(settings.console.envoy[0].as_str(), "http://127.0.0.1:9901/");
    let mistakes = load(
        "[console]\nenvoy = [\"127.0.0.1:9901\", \"http://x/stats\", 3]\nsilent_hours = 0",
        &[],
    )
    .expect_err("none is");
    for place in [
        "console.envoy[1]",
        "console.envoy[2]",
        "console.envoy[3]",
        "silent_hours",
    ] {
        assert!(mistakes.contains(place), "{mistakes}");
    }
}

/// Page and alert tell of the same silence.
#[test]
fn silence_is_what_the_alert_calls_so() {
    let rules = include_str!("../../../observe/alerts.yml");
    let silence = crate::console::SilenceSettings::default();
    let used = format!("[1d] offset {}h)) > {}", silence.hours, silence.per_day);
    let nothing = format!("[{}h])) > 0", silence.hours);
    let rule = rules
        .split("- alert: ")
        .find(|it| it.starts_with("PosternPartnerSilent"));
    let rule = rule.expect("the rule");
    assert!(rule.contains(&used) && rule.contains(&nothing), "{rule}");
}

#[test]
fn the_databases_url_may_stand_in_a_file_of_its_own() {
    let folder = tempfile::tempdir().expect("a folder");
    let secret = folder.path().join("database.url");
    fs::write(&secret, "postgres://me:hunter22@db/ledger\n").expect("written");
    let path = secret.to_str().expect("text");
    let settings = load("", &[("POSTERN_DATABASE_FILE", path)]).expect("good");
    assert_eq!(settings.database, "postgres://me:hunter22@db/ledger");
    assert!(!format!("{settings:?}").contains("hunter22"));

    let twice = [
        ("POSTERN_DATABASE_FILE", path),
        ("POSTERN_DATABASE", "sqlite://x.db"),
    ];
    let mistake = load("", &twice).expect_err("which one is it?");
    assert!(mistake.contains("leave one of them out"), "{mistake}");
    let mistake = load("database_file = \"nowhere\"", &[]).expect_err("not there");
    assert!(mistake.contains("there is no"), "{mistake}");
    fs::write(&secret, "hunter22").expect("written");
    let mistake = load("", &[("POSTERN_DATABASE_FILE", path)]).expect_err("no URL");
    assert!(
        mistake.contains("POSTERN_DATABASE_FILE") && !mistake.contains("hunter22"),
        "{mistake}"
    );
}

#[test]
fn every_mistake_is_told_at_once_with_its_source() {
    let file = "listen = \"here\"\ncolour = 1\ndatabase = \"mysql://x\"\npartners = 3\n\
                [writer]\nqueue = 0\nbach = 5\n[log]\nlevel = \"=x=\"";
    let environment = [
        ("POSTERN_WRITER_BATCH", "many"),
        ("POSTERN_LOG_COLOUR", "red"),
    ];
    let mistakes = load(file, &environment).expect_err("full of mistakes");
    insta::assert_snapshot!(mistakes);
}

#[test]
fn thresholds_of_sources_are_whole_percents_in_order() {
    let settings = load("[sources]\ncut_roi_percent = -15", &[]).expect("good");
    assert_eq!(settings.sources.cut_roi_percent, -15);
    let environment = [("POSTERN_SOURCES_CUT_ROI_PERCENT", "21")];
    let mistakes = load("", &environment).expect_err("above the other");
    assert!(
        mistakes.contains("POSTERN_SOURCES_CUT_ROI_PERCENT: must not be above"),
        "{mistakes}"
    );
    let mistakes = load("[sources]\nscale_roi_percent = 0.2\nmin_clicks = 0", &[]).expect_err("no");
    assert!(
        mistakes.contains("from -100 to 10000") && mistakes.contains("min_clicks"),
        "{mistakes}"
    );
}

#[test]
fn a_variable_close_to_a_known_one_is_a_mistake() {
    for (name, text) in [
        ("POSTERN_DATABASE_URL", "sqlite://x.db"),
        ("POSTERN_LISTEN_ADDRESS", "127.0.0.1:1"),
        ("POSTERN_LISTEN_PORT", "8090"),
        ("POSTERN_APPLIED_FILE", "x.json"),
        ("POSTERN_PROOF_TOKEN", "x"),
        ("POSTERN_WRITER_BATCHES", "1"),
    ] {
        let mistakes = load("", &[(name, text)]).expect_err("it would do nothing");
        assert!(
            mistakes.contains(&format!("{name}: is not a known")),
            "{mistakes}"
        );
    }
}

#[test]
fn what_an_orchestrator_sets_for_its_services_is_passed_over() {
    let services = [
        ("POSTERN_SERVICE_HOST", "10.0.0.1"),
        ("POSTERN_PORT", "tcp://10.0.0.1:8090"),
        ("POSTERN_PORT_8090_TCP_ADDR", "10.0.0.1"),
        ("POSTERN_DATABASE_SERVICE_HOST", "10.0.0.2"),
        ("POSTERN_DATABASE_PORT", "tcp://10.0.0.2:5432"),
        ("POSTERN_DATABASE_PORT_5432_TCP_PORT", "5432"),
    ];
    load("", &services).expect("none of them is ours");
}

#[test]
fn what_is_not_toml_says_where() {
    let mistake = load("listen = ", &[]).expect_err("not TOML");
    assert!(mistake.contains("postern.toml is not TOML"), "{mistake}");
    assert!(mistake.contains("line 1"), "{mistake}");
}
