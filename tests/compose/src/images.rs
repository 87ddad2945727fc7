//! Our images: what lies in their layers, how large they are, and what a change of the code makes anew.

use std::path::Path;
use std::process::{Command, Stdio};

use tokio::task::block_in_place;

use crate::commands::{compose, docker, folder, run, succeeded};

/// The three that `docker-compose.yml` builds.
pub const OURS: [&str; 3] = ["backend", "demo", "envoy"];

/// The name of one of ours, with the tag of this run.
#[must_use]
pub fn name(ours: &str) -> String {
    let tag = std::env::var("POSTERN_TAG").unwrap_or_else(|_| "local".to_owned());
    format!("postern/{ours}:{tag}")
}

/// How many bytes it takes, all layers together.
///
/// # Panics
/// When there is no such image.
#[must_use]
pub fn size(image: &str) -> u64 {
    let inspect = ["image", "inspect", "-f", "{{.Size}}", image];
    let told = block_in_place(|| run(&mut docker(&inspect)));
    let told = succeeded(image, &told);
    told.trim().parse().expect("a number of bytes")
}

/// Those of these texts that lie in a file of any of its layers, also one that a later layer removes.
///
/// # Panics
/// When the image cannot be saved or searched.
#[must_use]
pub fn texts_in<'t>(image: &str, texts: &[&'t str]) -> Vec<&'t str> {
    let mut save = docker(&["save", image]);
    let mut save = save.stdout(Stdio::piped()).spawn().expect("docker runs");
    let mut grep = Command::new("grep");
    grep.args(["--text", "--fixed-strings", "--only-matching"]);
    for text in texts {
        grep.args(["-e", text]);
    }
    let found = block_in_place(|| run(grep.stdin(save.stdout.take().expect("it is piped"))));
    let saved = save.wait().expect("it ends");
    assert!(saved.success(), "{image} is not saved: {saved}");
    // It ends with 1 where it finds nothing.
    assert!(matches!(found.status.code(), Some(0 | 1)), "{found:?}");
    let found = String::from_utf8_lossy(&found.stdout).into_owned();
    let is_found = |text: &&str| found.lines().any(|line| line == *text);
    texts.iter().copied().filter(is_found).collect()
}

/// A step of an image's build as `docker/Dockerfile` has it, and whether what it made before was taken.
pub struct Step {
    /// As it is written there.
    pub instruction: String,
    /// Whether it was not run.
    pub is_cached: bool,
}

/// Builds this target from this folder by the builder that compose uses here, and tells of each step.
///
/// # Panics
/// When it cannot be built.
#[must_use]
pub fn builds(from: &Path, service: &str, tag: &str) -> Vec<Step> {
    let mut build = compose();
    build.current_dir(from).args(["build", service]);
    build
        .env("POSTERN_TAG", tag)
        .env("BUILDKIT_PROGRESS", "plain");
    let built = block_in_place(|| run(&mut build));
    let said = succeeded(service, &built) + &String::from_utf8_lossy(&built.stderr);
    let steps = steps(&said);
    assert!(!steps.is_empty(), "no step is told of: {said}");
    steps
}

/// The old builder says `Step 3/9 : RUN …` and below it ` ---> Using cache`; the new one `#7 [native 1/6] RUN …`
/// and somewhere below it `#7 CACHED`.
fn steps(said: &str) -> Vec<Step> {
    let mut steps: Vec<(String, Step)> = Vec::new();
    for line in said.lines() {
        let (head, rest) = line.split_once(' ').unwrap_or((line, ""));
        let step = match head {
            "Step" => rest.split_once(" : ").map(|(_, it)| (String::new(), it)),
            _ if head.starts_with('#') && rest.starts_with('[') => {
                rest.split_once("] ").map(|(_, it)| (head.to_owned(), it))
            }
            _ => None,
        };
        if let Some((number, instruction)) = step {
            let instruction = instruction.to_owned();
            let is_cached = false;
            steps.push((
                number,
                Step {
                    instruction,
                    is_cached,
                },
            ));
        } else if line.trim() == "---> Using cache"
            && let Some((_, step)) = steps.last_mut()
        {
            step.is_cached = true;
        } else if rest == "CACHED" {
            let named = steps.iter_mut().filter(|(number, _)| number == head);
            named.for_each(|(_, step)| step.is_cached = true);
        }
    }
    steps.into_iter().map(|(_, step)| step).collect()
}

/// Copies what the images are built from.
///
/// # Panics
/// When it cannot be copied.
pub fn copies_context(to: &Path) {
    // What is under version control and what `tools/compose` has put beside it; of a working copy not what was built.
    let script = "tar -c --exclude=./target --exclude=./var --exclude=./.git . | tar -x -C \"$0\"";
    let mut copy = Command::new("bash");
    copy.args(["-o", "pipefail", "-c", script]).arg(to);
    let copied = block_in_place(|| run(copy.current_dir(folder())));
    let _ = succeeded("copying", &copied);
}
