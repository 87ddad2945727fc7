//! `bench-pages.json` and `bench-pages.md`.

use std::fmt::Write as _;
use std::path::Path;

use super::{Pages, Report, Took};
use crate::report::{thousands, write_file};

/// How long a page may take.
const GOAL_MILLIS: f64 = 200.0;

const HEAD: &str = "# How long the console's pages take\n\n\
    Written by `make bench-pages`. The release `postern` over a store that holds a month of deliveries, booked by the product \
    itself from a story that is the same in each run: visitors who registered, paid once or again, postbacks sent twice, \
    refused, flagged, answered by people, and tests; one click has 2,000 contents, one partner sends next to nothing but \
    tests. A person is logged in. Every page is asked once in each round, one after the other, to its last byte; the feed \
    to its first event. *First* is the first time after the backend was started, *worst* the slowest of all rounds, the \
    first among them; what counts is the worst.\n\n\
    The backend's one Envoy takes connections and never answers. Reports in CSV have no goal: they are downloads. What \
    stands in the table is one machine's; on another the same command takes it again.\n";

/// Writes both into `folder`, and the tables to standard output.
pub(crate) fn write(report: &Report, folder: &Path) -> Result<(), String> {
    let page = page(report);
    println!("{page}");
    let json = serde_json::to_string_pretty(report).map_err(|error| error.to_string())?;
    write_file(folder, "bench-pages.json", &format!("{json}\n"))?;
    write_file(folder, "bench-pages.md", &page)?;
    println!(
        "Written to {}: bench-pages.json and bench-pages.md.",
        folder.display()
    );
    Ok(())
}

fn page(report: &Report) -> String {
    let mut page = format!("{HEAD}\n## Machine\n\n| | |\n|---|---|\n");
    let beside = ["Envoy", "nginx"];
    for (name, value) in report
        .machine
        .facts()
        .iter()
        .filter(|(name, _)| !beside.contains(name))
    {
        let _ = writeln!(page, "| {name} | {value} |");
    }
    let _ = writeln!(page, "| rounds | {} |", report.rounds);
    if let Some(warning) = report.machine.warning() {
        let _ = writeln!(page, "\n**{warning}**");
    }
    let _ = write!(page, "\n## Goals\n\n");
    for pages in &report.stores {
        let _ = writeln!(page, "- {}", goal(pages));
    }
    for pages in &report.stores {
        let _ = write!(
            page,
            "\n## {}\n\n{}\n\n{}",
            pages.engine.name(),
            holds(pages),
            table(&pages.took)
        );
    }
    page
}

fn has_goal(took: &Took) -> bool {
    !took.what.starts_with("CSV")
}

fn goal(pages: &Pages) -> String {
    let name = pages.engine.name();
    let asked: Vec<&Took> = pages.took.iter().filter(|it| has_goal(it)).collect();
    let slow: Vec<String> = asked
        .iter()
        .filter(|it| it.worst_millis >= GOAL_MILLIS)
        .map(|it| format!("{}, {} ({} ms)", it.area, it.what, it.worst_millis))
        .collect();
    let slowest = asked
        .iter()
        .max_by(|a, b| a.worst_millis.total_cmp(&b.worst_millis));
    match (slowest, slow.as_slice()) {
        (Some(slowest), []) => format!(
            "reached: each of {} pages on {name} always under {GOAL_MILLIS} ms; the slowest was {}, {}: {} ms",
            asked.len(),
            slowest.area,
            slowest.what,
            slowest.worst_millis
        ),
        (_, slow) => format!(
            "missed: each of {} pages on {name} always under {GOAL_MILLIS} ms; these were not: {}",
            asked.len(),
            slow.join("; ")
        ),
    }
}

fn holds(pages: &Pages) -> String {
    let held = &pages.held;
    let count = |count: usize| thousands(count as f64);
    let verdicts = held.verdicts.iter().filter(|(_, count)| *count > 0);
    let verdicts: Vec<String> = verdicts
        .map(|(name, it)| format!("{} {name}", count(*it)))
        .collect();
    format!(
        "It holds {} deliveries ({}, {} tests), {} clicks, {} flags, of which people answered {}.",
        count(held.deliveries),
        verdicts.join(", "),
        count(held.tests),
        count(held.clicks),
        count(held.flags_raised),
        count(held.flags_answered)
    )
}

fn table(took: &[Took]) -> String {
    let mut table = "| area | asked | first ms | median ms | worst ms | kB | under 200 ms |\n\
        |---|---|--:|--:|--:|--:|---|\n"
        .to_owned();
    for it in took {
        let verdict = match (has_goal(it), it.worst_millis < GOAL_MILLIS) {
            (false, _) => "",
            (true, true) => "yes",
            (true, false) => "**no**",
        };
        let _ = writeln!(
            table,
            "| {} | {} | {:.1} | {:.1} | {:.1} | {:.1} | {verdict} |",
            it.area, it.what, it.first_millis, it.median_millis, it.worst_millis, it.kilobytes
        );
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::engine::Engine;

    fn took(what: &'static str, worst_millis: f64) -> Took {
        Took {
            area: "Deliveries",
            what,
            first_millis: 5.0,
            median_millis: 4.0,
            worst_millis,
            kilobytes: 9.0,
        }
    }

    fn said(took: Vec<Took>) -> String {
        goal(&Pages {
            engine: Engine::Sqlite,
            held: super::super::fill::Held::default(),
            took,
        })
    }

    #[test]
    fn one_page_that_was_once_too_slow_misses_the_goal_and_is_named() {
        let all = vec![took("newest", 7.0), took("nothing found", 200.0)];
        let said = said(all);
        assert!(
            said.starts_with("missed: each of 2 pages on SQLite"),
            "{said}"
        );
        assert!(
            said.ends_with("Deliveries, nothing found (200 ms)"),
            "{said}"
        );
    }

    #[test]
    fn the_slowest_is_named_and_a_csv_has_no_goal() {
        let said = said(vec![took("newest", 7.0), took("CSV: funnel", 900.0)]);
        assert!(said.starts_with("reached: each of 1 pages"), "{said}");
        assert!(said.ends_with("newest: 7 ms"), "{said}");
    }
}
