//! Memory over time as a picture, in the manner of the bench's: no background, colours for light and
//! dark.

use crate::sample::{PARTS, Sample};
use std::fmt::Write;
use std::time::Duration;

const WIDTH: f64 = 900.0;
const HEIGHT: f64 = 380.0;
const LEFT: f64 = 60.0;
const RIGHT: f64 = 150.0;
const TOP: f64 = 66.0;
const BOTTOM: f64 = 44.0;
const MIB: f64 = 1024.0 * 1024.0;
/// Lines across the picture.
const STEPS: u32 = 4;

const STYLE: &str = "\
  text { font: 13px system-ui, -apple-system, 'Segoe UI', sans-serif; fill: #24292f }
  .title { font-size: 19px; font-weight: 600 }
  .small { font-size: 12.5px; fill: #57606a }
  .axis { stroke: #d0d7de } .attack { fill: #d0d7de; opacity: 0.35 }
  .line { fill: none; stroke-width: 2 }
  .p0 { stroke: #1f6feb } .p1 { stroke: #bf8700 } .p2 { stroke: #1a7f37 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .small { fill: #8d96a0 } .axis { stroke: #30363d } .attack { fill: #30363d }
    .p0 { stroke: #388bfd } .p1 { stroke: #d29922 } .p2 { stroke: #3fb950 }
  }";

/// The whole SVG document. What lies behind `attacked` is under attack.
pub(crate) fn draw(samples: &[Sample], length: Duration, attacked: Duration) -> String {
    let most = samples
        .iter()
        .flat_map(|sample| sample.bytes)
        .fold(1.0, f64::max);
    let scale = Scale {
        seconds: length.as_secs_f64(),
        bytes: most * 1.1,
    };
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" \
         aria-label=\"Memory over time\">\n<style>\n{STYLE}\n</style>\n"
    );
    text(&mut svg, "title", 8.0, 24.0, "Memory over time");
    let under = "Resident MiB. Grey: under attack as well as under load.";
    text(&mut svg, "small", 8.0, 46.0, under);
    let begin = scale.x(attacked.as_secs_f64());
    let (wide, high) = (WIDTH - RIGHT - begin, HEIGHT - BOTTOM - TOP);
    let _ = writeln!(
        svg,
        "<rect class=\"attack\" x=\"{begin:.1}\" y=\"{TOP}\" width=\"{wide:.1}\" height=\"{high}\"/>"
    );
    scale.draw_axes(&mut svg);
    for (part, name) in PARTS.iter().enumerate() {
        draw_line(&mut svg, samples, part, name, &scale);
    }
    svg.push_str("</svg>\n");
    svg
}

struct Scale {
    seconds: f64,
    bytes: f64,
}

impl Scale {
    fn x(&self, seconds: f64) -> f64 {
        LEFT + seconds / self.seconds * (WIDTH - LEFT - RIGHT)
    }

    fn y(&self, bytes: f64) -> f64 {
        HEIGHT - BOTTOM - bytes / self.bytes * (HEIGHT - TOP - BOTTOM)
    }

    fn draw_axes(&self, svg: &mut String) {
        for step in 0..=STEPS {
            let share = f64::from(step) / f64::from(STEPS);
            let y = self.y(self.bytes * share);
            let _ = writeln!(
                svg,
                "<line class=\"axis\" x1=\"{LEFT}\" y1=\"{y:.1}\" x2=\"{}\" y2=\"{y:.1}\"/>",
                WIDTH - RIGHT
            );
            let mib = format!("{:.0}", self.bytes * share / MIB);
            text(svg, "small", 8.0, y + 4.0, &mib);
            let minutes = format!("{:.1} min", self.seconds * share / 60.0);
            let x = self.x(self.seconds * share) - 16.0;
            text(svg, "small", x, HEIGHT - BOTTOM + 20.0, &minutes);
        }
    }
}

fn draw_line(svg: &mut String, samples: &[Sample], part: usize, name: &str, scale: &Scale) {
    let points: Vec<String> = samples
        .iter()
        .map(|sample| {
            let (x, y) = (sample.at.as_secs_f64(), sample.bytes[part]);
            format!("{:.1},{:.1}", scale.x(x), scale.y(y))
        })
        .collect();
    let _ = writeln!(
        svg,
        "<polyline class=\"line p{part}\" points=\"{}\"/>",
        points.join(" ")
    );
    if let Some(last) = samples.last() {
        let bytes = last.bytes[part];
        let label = format!("{name}: {:.0}", bytes / MIB);
        text(svg, "", WIDTH - RIGHT + 6.0, scale.y(bytes) + 4.0, &label);
    }
}

fn text(svg: &mut String, class: &str, x: f64, y: f64, words: &str) {
    let _ = writeln!(
        svg,
        "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\">{words}</text>"
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flat_line_is_drawn_flat_from_edge_to_edge() {
        let sample = |seconds| Sample {
            at: Duration::from_secs(seconds),
            bytes: [100.0 * MIB, 50.0 * MIB, 20.0 * MIB],
        };
        let samples = [sample(0), sample(60)];
        let svg = draw(&samples, Duration::from_secs(60), Duration::from_secs(12));
        let y = HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) / 1.1;
        let line = format!("points=\"{LEFT:.1},{y:.1} {:.1},{y:.1}\"", WIDTH - RIGHT);
        assert!(svg.contains(&line), "{svg}");
        assert_eq!(svg.matches("<polyline").count(), PARTS.len());
        assert!(svg.contains("the backend: 20"), "{svg}");
    }
}
