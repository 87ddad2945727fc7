//! Every program `postern snippet` prints, run as it is against a real gate.

use std::path::Path;
use std::process::Command;

use postern_tests::gate::Gate;
use postern_tests::partner::{PARTNER, SECRET};

/// How a program of one language is started.
struct Runner {
    language: &'static str,
    file: &'static str,
    /// A shell's line, run in the program's folder.
    run: &'static str,
    /// What must be there; `tools/test` installs it.
    needs: &'static str,
}

const fn runner(
    language: &'static str,
    file: &'static str,
    run: &'static str,
    needs: &'static str,
) -> Runner {
    Runner {
        language,
        file,
        run,
        needs,
    }
}

const RUNNERS: [Runner; 9] = [
    runner("python", "postback.py", "python3 postback.py", "python3"),
    runner("php", "postback.php", "php postback.php", "php"),
    runner("ruby", "postback.rb", "ruby postback.rb", "ruby"),
    runner("perl", "postback.pl", "perl postback.pl", "perl"),
    runner("curl", "postback.sh", "sh postback.sh", "openssl"),
    runner("node", "postback.mjs", "node postback.mjs", "node"),
    runner(
        "go",
        "postback.go",
        "GOCACHE=$PWD/../go go run postback.go",
        "go",
    ),
    runner("java", "Postback.java", "java Postback.java", "javac"),
    runner(
        "csharp",
        "Postback.cs",
        "mcs -r:System.Net.Http.dll -out:postback.exe Postback.cs && mono postback.exe",
        "mcs",
    ),
];

/// A value over which encoders differ, in place of a tame one.
const WILD: (&str, &str, &str) = (
    "fb_de_001",
    "fb/d\u{e9} 001+&=",
    "fb%2Fd%C3%A9%20001%2B%26%3D",
);

/// What `postern snippet` is told beyond language and partner: a POST of JSON, a GET.
const STYLES: [&[&str]; 2] = [&[], &["--get"]];

fn is_there(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// Runs a program as a partner would, by no proxy.
fn outcome(runner: &Runner, folder: &Path, code: &str) -> String {
    std::fs::create_dir_all(folder).expect("a folder");
    std::fs::write(folder.join(runner.file), code).expect("written");
    let mut command = Command::new("sh");
    command.args(["-c", runner.run]).current_dir(folder);
    command
        .env("POSTERN_SECRET", SECRET)
        .env("LC_ALL", "C.UTF-8");
    for proxy in [
        "http_proxy",
        "HTTP_PROXY",
        "https_proxy",
        "HTTPS_PROXY",
        "all_proxy",
        "ALL_PROXY",
    ] {
        command.env_remove(proxy);
    }
    let output = command.output().expect("a shell");
    [output.stdout, output.stderr]
        .map(|text| String::from_utf8_lossy(&text).into_owned())
        .concat()
}

/// Prints the language's program in this style, runs it for a click of its own, and sees that the
/// gate took its postback.
fn posts(gate: &Gate, runner: &Runner, style: &[&str], click: usize) {
    let url = format!("http://{}/v1/event", gate.http_addr());
    let printed =
        gate.runs(&[&["snippet", runner.language, PARTNER, "--url", &url], style].concat());
    let encoded_by_hand = runner.language == "curl" && !style.is_empty();
    let wild = if encoded_by_hand { WILD.2 } else { WILD.1 };
    assert!(printed.contains(WILD.0), "{printed}");
    let name = [&[runner.language], style].concat().concat();
    let code = printed
        .replace("abc123def456", &format!("click-{click}"))
        .replace(WILD.0, wild);
    let said = outcome(
        runner,
        &gate.folder().join(format!("snippet-{name}")),
        &code,
    );
    assert!(
        said.contains("200") && said.contains("\"accepted\""),
        "{} {style:?}: {said}",
        runner.language
    );
}

/// The languages beside each other, each in both styles: the second finds what the first compiled.
fn run_all(gate: &Gate) -> usize {
    for runner in &RUNNERS {
        assert!(
            is_there(runner.needs),
            "{} is missing; install it",
            runner.needs
        );
    }
    std::thread::scope(|scope| {
        for (place, runner) in RUNNERS.iter().enumerate() {
            scope.spawn(move || {
                for (number, style) in STYLES.into_iter().enumerate() {
                    let click = 1 + place * STYLES.len() + number; // the gate's clicks bear numbers
                    posts(gate, runner, style, click);
                }
            });
        }
    });
    RUNNERS.len() * STYLES.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_program_posts_what_the_gate_takes() {
    let gate = Gate::open().await;
    let posted = tokio::task::block_in_place(|| run_all(&gate));
    assert_eq!(gate.ledger().await.conversions().await, posted as u64);
}
