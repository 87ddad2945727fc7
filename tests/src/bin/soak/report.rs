//! What a soak leaves behind: a page, its picture and the figures for machines.

use crate::plot;
use crate::sample::{PARTS, Sample};
use crate::slope::{MOST_GROWTH_PER_HOUR, Verdict, WARM_UP};
use crate::traffic::{SHARE_QUIET, Seen};
use serde_json::json;
use std::fmt::Write;
use std::io;
use std::path::Path;
use std::time::Duration;

const MIB: f64 = 1024.0 * 1024.0;

/// One soak, over.
pub(crate) struct Soak {
    pub(crate) length: Duration,
    pub(crate) samples: Vec<Sample>,
    pub(crate) seen: Seen,
    /// How often the partners were applied anew.
    pub(crate) applied: u32,
    /// Requests that went on to the backend, and deliveries in its store.
    pub(crate) recorded: (u64, u64),
    /// The machine's load average of a minute before and after.
    pub(crate) load: [f64; 2],
}

impl Soak {
    /// Memory is flat, each good postback was recorded, and nothing else went on to the backend.
    pub(crate) fn holds(&self) -> bool {
        self.verdicts().iter().all(Verdict::holds) && self.nothing_is_wrong()
    }

    fn nothing_is_wrong(&self) -> bool {
        let good = self.good();
        good > 0 && self.seen.wrong.is_empty() && self.recorded == (good, good)
    }

    fn good(&self) -> u64 {
        (self.seen.quiet.len() + self.seen.attacked.len()) as u64
    }

    fn verdicts(&self) -> [Verdict; PARTS.len()] {
        std::array::from_fn(|part| Verdict::on(&self.samples, part, self.length))
    }

    /// The page.
    pub(crate) fn markdown(&self) -> String {
        let mut page = format!(
            "# Soak\n\nTaken by `make soak`: {} s of a mix of good, forged, forbidden and broken requests on \
             one Envoy worker and a backend with SQLite; the partners applied anew {} times meanwhile, each time \
             with a new configuration of the filter. The machine's load average of a minute was {:.1} before and \
             {:.1} after, so it was {}.\n\n![Memory over time](soak.svg)\n\n",
            self.length.as_secs(),
            self.applied,
            self.load[0],
            self.load[1],
            if self.load[0] > 2.0 {
                "busy with other work"
            } else {
                "this run's alone"
            }
        );
        self.write_memory(&mut page);
        self.write_partner(&mut page);
        self.write_attacks(&mut page);
        let verdict = if self.holds() {
            "flat"
        } else {
            "**not in order**"
        };
        let _ = writeln!(page, "\nVerdict: {verdict}.");
        page
    }

    fn write_memory(&self, page: &mut String) {
        let _ = writeln!(
            page,
            "## Memory\n\nJudged after the first {:.0} % of the time by the median slope over all pairs of samples, \
             which may be {:.0} MiB an hour at most. Envoy and backend: resident memory. The VM: Envoy's anonymous \
             resident memory less what its allocator holds, which leaves V8, its code and the filter's memory.\n",
            WARM_UP * 100.0,
            MOST_GROWTH_PER_HOUR / MIB
        );
        page.push_str(
            "| | median MiB | most MiB | slope, MiB an hour | |\n|---|--:|--:|--:|---|\n",
        );
        for (name, verdict) in PARTS.iter().zip(self.verdicts()) {
            let _ = writeln!(
                page,
                "| {name} | {:.1} | {:.1} | {:+.1} | {} |",
                verdict.median_bytes / MIB,
                verdict.most_bytes / MIB,
                verdict.growth_per_hour / MIB,
                if verdict.holds() { "flat" } else { "**grows**" }
            );
        }
    }

    fn write_partner(&self, page: &mut String) {
        let (quiet, attacked) = (&self.seen.quiet, &self.seen.attacked);
        let _ = writeln!(
            page,
            "\n## The good partner\n\nThe first {:.0} % of the time without an attack, the rest beside it. Each of its \
             postbacks must be recorded; {} were, {} were not, and the backend was asked {} times.\n",
            SHARE_QUIET * 100.0,
            self.good(),
            self.seen.wrong.len(),
            self.recorded.0
        );
        page.push_str("| | postbacks | p50 ms | p99 ms |\n|---|--:|--:|--:|\n");
        for (name, times) in [("alone", quiet), ("beside the attack", attacked)] {
            let (half, most) = (millis(times, 0.50), millis(times, 0.99));
            let _ = writeln!(page, "| {name} | {} | {half:.1} | {most:.1} |", times.len());
        }
        let ratio = millis(attacked, 0.99) / millis(quiet, 0.99);
        let _ = writeln!(
            page,
            "\nIts p99 beside the attack is {ratio:.2} × of that alone."
        );
        for wrong in self.seen.wrong.iter().take(3) {
            let _ = writeln!(page, "\nNot recorded: `{}`", wrong.replace('\n', " "));
        }
    }

    fn write_attacks(&self, page: &mut String) {
        page.push_str("\n## The attack\n\n| what | came to | times |\n|---|---|--:|\n");
        for ((kind, told), times) in &self.seen.attacks {
            let _ = writeln!(page, "| {kind} | {told} | {times} |");
        }
    }

    fn json(&self) -> serde_json::Value {
        let parts = PARTS.iter().zip(self.verdicts()).map(|(name, verdict)| {
            json!({
                "name": name,
                "median_bytes": verdict.median_bytes,
                "most_bytes": verdict.most_bytes,
                "growth_per_hour": verdict.growth_per_hour,
                "flat": verdict.holds(),
            })
        });
        let samples = self
            .samples
            .iter()
            .map(|sample| json!([sample.at.as_secs_f64(), sample.bytes]));
        let attacks =
            self.seen.attacks.iter().map(
                |((kind, told), times)| json!({ "kind": kind, "came_to": told, "times": times }),
            );
        let (quiet, attacked) = (&self.seen.quiet, &self.seen.attacked);
        json!({
            "seconds": self.length.as_secs(),
            "load_average": self.load,
            "applied": self.applied,
            "most_growth_per_hour": MOST_GROWTH_PER_HOUR,
            "parts": parts.collect::<Vec<_>>(),
            "good": { "recorded": self.good(), "wrong": self.seen.wrong.len(),
                "backend_asked": self.recorded.0, "deliveries": self.recorded.1,
                "p99_ms_alone": millis(quiet, 0.99), "p99_ms_attacked": millis(attacked, 0.99) },
            "attacks": attacks.collect::<Vec<_>>(),
            "samples": samples.collect::<Vec<_>>(),
        })
    }

    /// Writes `soak.md`, `soak.svg` and `soak.json` into that folder.
    pub(crate) fn write(&self, folder: &Path) -> io::Result<()> {
        let attacked = self.length.mul_f64(SHARE_QUIET);
        std::fs::create_dir_all(folder)?;
        std::fs::write(folder.join("soak.md"), self.markdown())?;
        let picture = plot::draw(&self.samples, self.length, attacked);
        std::fs::write(folder.join("soak.svg"), picture)?;
        std::fs::write(folder.join("soak.json"), format!("{}\n", self.json()))
    }
}

/// The time that `share` of them did not pass, in milliseconds.
fn millis(times: &[Duration], share: f64) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    let last = sorted.len().saturating_sub(1) as f64;
    let at = (last * share) as usize;
    sorted
        .get(at)
        .map_or(f64::NAN, |time| time.as_secs_f64() * 1e3)
}

/// The machine's load average of a minute; not a number where the kernel does not tell.
pub(crate) fn load_average() -> f64 {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let first = text.split(' ').next().and_then(|first| first.parse().ok());
    first.unwrap_or(f64::NAN)
}
