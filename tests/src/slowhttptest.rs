//! Debian's `slowhttptest`, the tool such attacks are known by, run against a gate.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use tokio::process::Command;

/// Connections of one attack.
pub const CONNECTIONS: u32 = 200;
/// The tool gives up after so many seconds; what it still holds then was not cut. A story whose
/// attack the tool cannot see the end of gives it fewer.
pub const MOST_SECONDS: u32 = 20;

/// What the tool reported.
pub struct Report {
    /// Everything it printed.
    pub text: String,
    /// The peer ended each connection before the time was up.
    pub all_cut: bool,
    /// A connection of its own, opened beside the others, was answered throughout.
    pub served: bool,
}

/// Runs one attack with these arguments (`-H`: slow headers, `-B`: slow bodies, `-X`: slow reads)
/// for at most so many seconds.
///
/// # Panics
/// When the tool is not there or says nothing that can be read.
pub async fn slowhttptest(
    folder: &Path,
    to: SocketAddr,
    arguments: &[&str],
    seconds: u32,
) -> Report {
    install().await;
    let ran = Command::new("slowhttptest")
        .args(arguments)
        .args(["-c", &CONNECTIONS.to_string()])
        .args(["-r", &CONNECTIONS.to_string()])
        .args(["-l", &seconds.to_string()])
        .args(["-i", "1", "-p", "5"])
        .args(["-u", &format!("http://{to}/v1/event")])
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .await;
    let output = ran.expect("slowhttptest runs");
    let text = without_colours(&String::from_utf8_lossy(&output.stdout));
    assert!(
        text.contains("Exit status:"),
        "the tool says nothing: {text} {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Report {
        all_cut: text.contains("No open connections left"),
        served: text.contains("service available:   YES")
            && !text.contains("service available:   NO"),
        text,
    }
}

async fn install() {
    let tool = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tools/need");
    let ran = Command::new(&tool)
        .arg("slowhttptest:slowhttptest")
        .status()
        .await;
    assert!(
        ran.is_ok_and(|status| status.success()),
        "slowhttptest is missing; see what {} says",
        tool.display()
    );
}

/// Without the sequences by which a terminal is told of colours: from ESC to the first letter.
fn without_colours(text: &str) -> String {
    let mut pieces = text.split('\u{1b}');
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |plain, piece| {
        let after = piece.find(|letter: char| letter.is_ascii_alphabetic());
        plain + after.map_or("", |letter| &piece[letter + 1..])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_go_and_the_words_stay() {
        let told = "\u{1b}[1;32mservice available:\u{1b}[1;32m   \u{1b}[1;32mYES\u{1b}[0m\n";
        assert_eq!(without_colours(told), "service available:   YES\n");
    }
}
