//! What stands on every answer.

use super::browser::Browser;
use crate::admin::tests::stand::{Reply, Stand};

fn is_hardened(path: &str, reply: &Reply) {
    let policy = reply.header("content-security-policy");
    assert_eq!(
        policy,
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
        "{path}"
    );
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        assert_eq!(reply.header(name), value, "{path} {name}");
    }
}

#[tokio::test]
async fn every_answer_is_hardened() {
    let stand = Stand::up().await;
    let mut browser = Browser::at(&stand);
    let paths = [
        "/",
        "/console",
        "/console/",
        "/console/login",
        "/console/account",
        "/console/nowhere",
        "/console/login?nonsense=1",
        "/console/assets/nothing.css",
    ];
    for path in paths {
        let reply = browser.gets(path).await;
        is_hardened(path, &reply);
        assert_eq!(reply.header("cache-control"), "no-store", "{path}");
    }
    browser.logs_in(&stand.token).await;
    for path in paths {
        let reply = browser.gets(path).await;
        is_hardened(path, &reply);
        assert_eq!(reply.header("cache-control"), "no-store", "{path}");
    }
}

#[tokio::test]
async fn assets_are_named_by_their_content_and_kept_for_good() {
    let stand = Stand::up().await;
    let mut browser = Browser::at(&stand);
    let page = browser.gets("/console/login").await.text;
    let paths: Vec<String> = page
        .split('"')
        .filter(|it| it.starts_with("/console/assets/"))
        .map(str::to_owned)
        .collect();
    let kinds = [".css", ".svg", ".js"];
    assert_eq!(paths.len(), kinds.len(), "{page}");
    for (path, kind) in paths.iter().zip(kinds) {
        let reply = browser.gets(path).await;
        assert_eq!(reply.status, 200, "{path}");
        assert!(path.ends_with(kind), "{path}");
        assert_eq!(
            reply.header("cache-control"),
            "public, max-age=31536000, immutable"
        );
        is_hardened(path, &reply);
        let other = path.replace("console-", "console-0");
        assert_eq!(browser.gets(&other).await.status, 404);
    }
}

/// The policy refuses styles, scripts and handlers inside a page, so a template that has any is
/// broken without saying so.
#[test]
fn no_template_holds_what_the_policy_refuses() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/templates");
    let mut folders = vec![std::path::PathBuf::from(folder)];
    let mut seen = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            // A partner's self-check is a file of its own, which no listener serves.
            if path.ends_with("certificate.html") {
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            seen += 1;
            for refused in [
                "style=",
                "<style",
                " onclick",
                " onsubmit",
                " onload",
                "javascript:",
                "|safe",
            ] {
                assert!(!text.contains(refused), "{}: {refused}", path.display());
            }
            for script in text.split("<script").skip(1) {
                assert!(script.starts_with(" src="), "{}", path.display());
            }
        }
    }
    assert!(seen >= 4, "there are templates");
}
