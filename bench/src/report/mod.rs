//! The figures: tables for the terminal, `bench.json` for programs, `bench.md` and pictures for people.

mod goals;
mod markdown;
mod pictures;
pub(crate) mod svg;
mod table;

use std::path::Path;

use serde::Serialize;

use crate::backend::Recordings;
use crate::clicks::Intake;
use crate::edge::Edge;
use crate::machine::Machine;
use crate::refuse::Refusal;

/// Everything one run of the bench says.
#[derive(Serialize)]
pub(crate) struct Report {
    pub(crate) machine: Machine,
    pub(crate) rounds: u32,
    pub(crate) seconds: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) edge: Option<Edge>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) refusals: Vec<Refusal>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) backend: Option<Recordings>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) clicks: Vec<Intake>,
}

impl Report {
    /// Tables on standard output.
    pub(crate) fn print(&self) {
        println!("{}", table::facts(&self.machine));
        if let Some(edge) = &self.edge {
            println!("\nThe gate beside its peers\n{}", table::edge(edge));
            for absent in &edge.left_out {
                println!("Left out: {}. {}", absent.name, absent.reason);
            }
        }
        if !self.refusals.is_empty() {
            println!("\nWhat refusing costs\n{}", table::refusals(&self.refusals));
        }
        if let Some(backend) = &self.backend {
            let table = table::backend(&backend.recordings);
            println!("\nDurable deliveries\n{table}");
        }
        if !self.clicks.is_empty() {
            println!("\nClicks");
            crate::clicks::print(&self.clicks);
        }
        for goal in goals::of(self) {
            println!("{goal}");
        }
        if let Some(warning) = self.machine.warning() {
            println!("{warning}");
        }
    }

    /// `bench.json`, `bench.md` and the pictures, in `folder`.
    pub(crate) fn write(&self, folder: &Path) -> Result<(), String> {
        let json = serde_json::to_string_pretty(self).map_err(|error| error.to_string())?;
        write_file(folder, "bench.json", &format!("{json}\n"))?;
        write_file(folder, "bench.md", &markdown::page(self))?;
        if let Some(edge) = &self.edge {
            write_file(folder, pictures::EDGE, &pictures::edge(edge))?;
        }
        if let Some(backend) = &self.backend {
            let picture = pictures::backend(&backend.recordings);
            write_file(folder, pictures::BACKEND, &picture)?;
        }
        println!(
            "Written to {}: bench.json, bench.md and the pictures.",
            folder.display()
        );
        Ok(())
    }
}

/// Writes one of the files into `folder`, made here.
pub(crate) fn write_file(folder: &Path, name: &str, text: &str) -> Result<(), String> {
    let path = folder.join(name);
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(&path, text))
        .map_err(|error| format!("{}: {error}", path.display()))
}

/// 12,345: a thin enough mark that a column of figures can be read.
pub(crate) fn thousands(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::thousands;

    #[test]
    fn figures_have_their_thousands_apart() {
        assert_eq!(thousands(999.4), "999");
        assert_eq!(thousands(12_345.0), "12,345");
        assert_eq!(thousands(1_234_567.0), "1,234,567");
    }
}
