//! What pages look like and what makes them handier: one style sheet, one script, one icon.
//!
//! Each has its content's digest in its name, so a browser keeps it for good and never shows a page
//! in an older version's clothes.

use std::fmt::Write as _;
use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use sha2::{Digest as _, Sha256};

use super::failure::Failed;

/// Where they are.
pub(super) const PREFIX: &str = "/console/assets/";

/// Bytes of the digest that stand in a name.
const DIGEST_BYTES: usize = 8;

const STYLE: &str = include_str!("console.css");
const SCRIPT: &str = include_str!("console.js");
const ICON: &str = include_str!("icon.svg");

/// Where each asset of this version is.
pub(super) struct Paths {
    pub(super) style: String,
    pub(super) script: String,
    pub(super) icon: String,
}

pub(super) fn paths() -> &'static Paths {
    static PATHS: LazyLock<Paths> = LazyLock::new(|| Paths {
        style: path(STYLE, "css"),
        script: path(SCRIPT, "js"),
        icon: path(ICON, "svg"),
    });
    &PATHS
}

fn path(content: &str, extension: &str) -> String {
    let mut path = format!("{PREFIX}console-");
    for byte in Sha256::digest(content).iter().take(DIGEST_BYTES) {
        // Writing into a String cannot fail.
        let _ = write!(path, "{byte:02x}");
    }
    path.push('.');
    path.push_str(extension);
    path
}

/// `GET /console/assets/{name}`.
pub(super) async fn one(Path(name): Path<String>) -> Result<Response, Failed> {
    let paths = paths();
    let all = [
        (&paths.style, "text/css; charset=utf-8", STYLE),
        (&paths.script, "text/javascript; charset=utf-8", SCRIPT),
        (&paths.icon, "image/svg+xml", ICON),
    ];
    let found = all
        .into_iter()
        .find(|(path, _, _)| path.strip_prefix(PREFIX) == Some(&name));
    let (_, media, content) = found.ok_or(Failed::NoSuchPage)?;
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(media)),
        (
            CACHE_CONTROL,
            HeaderValue::from_static("public, max-age=31536000, immutable"),
        ),
    ];
    Ok((headers, content).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The declarations in the block behind this selector.
    fn block(selector: &str) -> Vec<&'static str> {
        let mut behind = STYLE.split(selector).skip(1);
        let block = behind.next().expect("it is there");
        assert_eq!(behind.next(), None, "{selector} stands there once");
        let inside = block.split('}').next().unwrap_or_default();
        inside
            .split(';')
            .map(str::trim)
            .filter(|it| !it.is_empty())
            .collect()
    }

    /// CSS has no word for "either of both", so the dark colours stand there twice.
    #[test]
    fn dark_is_the_same_whether_a_person_or_the_system_prefers_it() {
        let chosen = block(":root[data-theme=\"dark\"] {");
        assert_eq!(chosen, block(":root[data-theme=\"system\"] {"));
        let names = |block: Vec<&'static str>| -> Vec<&str> {
            block
                .into_iter()
                .filter_map(|it| it.split(':').next())
                .collect()
        };
        assert_eq!(
            names(chosen),
            names(block(":root {")),
            "each colour has both"
        );
    }
}
