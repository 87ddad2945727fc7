//! `bench-growth.json`, `bench-growth.md` and the picture.

use std::fmt::Write as _;
use std::path::Path;

use super::{Grown, Size};
use crate::report::svg::{Bar, Chart};
use crate::report::{thousands, write_file};

const PICTURE: &str = "bench-growth.svg";
/// At ten million stored conversions, of the rate with none.
const LEAST_OF_EMPTY: f64 = 0.7;
const GOAL_MILLIONS: usize = 10;

const HEAD: &str = "# Growth\n\n\
    Written by `make bench-growth`. The same load through HTTP, 64 in flight, each delivery with all that belongs to it \
    (see [bench.md](bench.md)), while the store already holds so many conversions. \
    What is stored is made from rows the product wrote, with other click ids, ids and times: click, content, conversion, \
    two lines of money and, for the newest, the delivery with its request. The product is asked about the first and the \
    last of them and has to know both as its own. The clicks that are sent lie evenly among those that are stored, so \
    each delivery touches pages all over the indexes.\n";

/// Writes all three into `folder`, over those of before.
pub(crate) fn write(grown: &Grown, folder: &Path) -> Result<(), String> {
    let json = serde_json::to_string_pretty(grown).map_err(|error| error.to_string())?;
    write_file(folder, "bench-growth.json", &format!("{json}\n"))?;
    write_file(folder, "bench-growth.md", &page(grown))?;
    write_file(folder, PICTURE, &picture(&grown.sizes))
}

/// Says the figures on standard output, and where they are.
pub(crate) fn print(grown: &Grown, folder: &Path) {
    println!("{}", table(&grown.sizes));
    println!(
        "Written to {}: bench-growth.json, bench-growth.md and the picture.",
        folder.display()
    );
}

fn page(grown: &Grown) -> String {
    let mut page = format!("{HEAD}\n## Machine\n\n| | |\n|---|---|\n");
    for (name, value) in grown.machine.facts() {
        let _ = writeln!(page, "| {name} | {value} |");
    }
    let _ = writeln!(
        page,
        "| rounds | {} of {} s each, medians |",
        grown.rounds, grown.seconds
    );
    if let Some(warning) = grown.machine.warning() {
        let _ = writeln!(page, "\n**{warning}**");
    }
    let _ = write!(
        page,
        "\n## Figures\n\n![Deliveries a second as the store grows]({PICTURE})\n\n"
    );
    page.push_str(&table(&grown.sizes));
    let goals: Vec<String> = grown.sizes.iter().filter_map(goal).collect();
    if !goals.is_empty() {
        let _ = write!(page, "\n## Goals\n\n{}\n", goals.join("\n"));
    }
    page
}

fn goal(size: &Size) -> Option<String> {
    (size.millions == GOAL_MILLIONS).then(|| {
        let verdict = if size.of_empty >= LEAST_OF_EMPTY { "reached" } else { "missed" };
        let (name, figure) = (size.engine.name(), size.of_empty);
        format!(
            "- {verdict}: the rate on {name} with {GOAL_MILLIONS} million stored, of that with none: {figure} (goal: at least \
             {LEAST_OF_EMPTY})"
        )
    })
}

fn table(sizes: &[Size]) -> String {
    let mut table =
        "| | million stored | a second | of empty | p50 ms | p99 ms | CPU µs each | GB |\n\
        |---|--:|--:|--:|--:|--:|--:|--:|\n"
            .to_owned();
    for size in sizes {
        let _ = writeln!(
            table,
            "| {} | {} | {} | {:.2} | {:.2} | {:.2} | {:.1} | {:.1} |",
            size.engine.name(),
            size.millions,
            thousands(size.per_second),
            size.of_empty,
            size.p50_millis,
            size.p99_millis,
            size.cpu_micros,
            size.gigabytes
        );
    }
    table
}

fn picture(sizes: &[Size]) -> String {
    let bars = sizes.iter().map(|size| Bar {
        label: format!("{}, {} million", size.engine.name(), size.millions),
        parts: vec![size.per_second],
        figure: format!(
            "{} /s · p99 {:.1} ms",
            thousands(size.per_second),
            size.p99_millis
        ),
        ours: size.millions > 0,
    });
    Chart {
        title: "Durable deliveries as the store grows".to_owned(),
        subtitle: "A second through HTTP, 64 in flight, by how many conversions are stored. Longer is better.".to_owned(),
        bars: bars.collect(),
        foot: "Clicks come in no order: each delivery touches pages all over the indexes.".to_owned(),
    }
    .draw()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::engine::Engine;

    fn size(millions: usize, of_empty: f64) -> Size {
        Size {
            engine: Engine::Sqlite,
            millions,
            per_second: 10_000.0,
            p50_millis: 3.0,
            p99_millis: 9.0,
            cpu_micros: 40.0,
            of_empty,
            gigabytes: 1.0,
        }
    }

    #[test]
    fn the_goal_is_about_ten_million_and_a_miss_is_called_one() {
        assert_eq!(goal(&size(1, 0.1)), None);
        assert!(goal(&size(10, 0.7)).is_some_and(|it| it.starts_with("- reached")));
        assert!(goal(&size(10, 0.69)).is_some_and(|it| it.starts_with("- missed")));
    }
}
