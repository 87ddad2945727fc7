//! Bars as a picture. Written by hand, without a background and with colours for light and dark, so that it looks
//! right wherever a document shows it.

use std::fmt::Write;

const WIDTH: f64 = 900.0;
const MARGIN: f64 = 8.0;
const LABELS: f64 = 320.0;
/// Room for the figure right of the longest bar: a rate and a latency, in bold.
const FIGURES: f64 = 200.0;
const HEAD: f64 = 78.0;
const ROW: f64 = 40.0;
const BAR: f64 = 22.0;
const FOOT: f64 = 34.0;

const STYLE: &str = "\
  text { font: 14px system-ui, -apple-system, 'Segoe UI', sans-serif; fill: #24292f }
  .title { font-size: 19px; font-weight: 600 }
  .small { font-size: 12.5px; fill: #57606a }
  .ours { font-weight: 600 }
  .bar { fill: #afb8c1 } .bar.second { fill: #8c959f } .bar.ours { fill: #1f6feb } .bar.ours.second { fill: #54aeff }
  .axis { stroke: #d0d7de }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .small { fill: #8d96a0 } .axis { stroke: #30363d }
    .bar { fill: #484f58 } .bar.second { fill: #6e7681 } .bar.ours { fill: #388bfd } .bar.ours.second { fill: #79c0ff }
  }";

/// One bar, perhaps of two parts.
pub(crate) struct Bar {
    pub(crate) label: String,
    pub(crate) parts: Vec<f64>,
    /// What stands behind the bar.
    pub(crate) figure: String,
    pub(crate) ours: bool,
}

/// A picture of bars that share one scale.
pub(crate) struct Chart {
    pub(crate) title: String,
    pub(crate) subtitle: String,
    pub(crate) bars: Vec<Bar>,
    pub(crate) foot: String,
}

impl Chart {
    /// The whole SVG document.
    pub(crate) fn draw(&self) -> String {
        let height = ROW.mul_add(self.bars.len() as f64, HEAD + FOOT);
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" \
             aria-label=\"{}\">\n<style>\n{STYLE}\n</style>\n",
            escaped(&self.title)
        );
        line(&mut svg, "title", MARGIN, 24.0, &self.title);
        line(&mut svg, "small", MARGIN, 48.0, &self.subtitle);
        let bottom = ROW.mul_add(self.bars.len() as f64, HEAD);
        let _ = writeln!(
            svg,
            "<line class=\"axis\" x1=\"{LABELS}\" y1=\"{}\" x2=\"{LABELS}\" y2=\"{bottom}\"/>",
            HEAD - 6.0
        );
        for (row, bar) in self.bars.iter().enumerate() {
            self.draw_bar(&mut svg, ROW.mul_add(row as f64, HEAD), bar);
        }
        line(&mut svg, "small", MARGIN, height - 8.0, &self.foot);
        svg.push_str("</svg>\n");
        svg
    }

    fn draw_bar(&self, svg: &mut String, top: f64, bar: &Bar) {
        let longest = self
            .bars
            .iter()
            .map(Bar::total)
            .fold(f64::MIN_POSITIVE, f64::max);
        let scale = (WIDTH - LABELS - FIGURES) / longest;
        let ours = if bar.ours { " ours" } else { "" };
        let middle = top + BAR * 0.72;
        let _ = writeln!(
            svg,
            "<text class=\"label{ours}\" x=\"{}\" y=\"{middle:.1}\" text-anchor=\"end\">{}</text>",
            LABELS - 12.0,
            escaped(&bar.label)
        );
        let mut left = LABELS;
        for (number, part) in bar.parts.iter().enumerate() {
            let second = if number > 0 { " second" } else { "" };
            let width = part * scale;
            let _ = writeln!(
                svg,
                "<rect class=\"bar{ours}{second}\" x=\"{left:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{BAR}\" rx=\"3\"/>"
            );
            left += width;
        }
        line(
            svg,
            &format!("figure{ours}"),
            left + 10.0,
            middle,
            &bar.figure,
        );
    }
}

impl Bar {
    fn total(&self) -> f64 {
        self.parts.iter().sum()
    }
}

fn line(svg: &mut String, class: &str, x: f64, y: f64, text: &str) {
    let _ = writeln!(
        svg,
        "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\">{}</text>",
        escaped(text)
    );
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(parts: &[&[f64]]) -> String {
        let bars = parts
            .iter()
            .map(|parts| Bar {
                label: "a < b & c".to_owned(),
                parts: parts.to_vec(),
                figure: "1".to_owned(),
                ours: false,
            })
            .collect();
        let (title, subtitle, foot) = ("t".to_owned(), "s".to_owned(), "f".to_owned());
        Chart {
            title,
            subtitle,
            bars,
            foot,
        }
        .draw()
    }

    #[test]
    fn the_longest_bar_fills_the_room_and_half_of_it_half() {
        let svg = chart(&[&[10.0], &[5.0]]);
        let room = WIDTH - LABELS - FIGURES;
        assert!(svg.contains(&format!("width=\"{room:.1}\"")), "{svg}");
        assert!(
            svg.contains(&format!("width=\"{:.1}\"", room / 2.0)),
            "{svg}"
        );
    }

    #[test]
    fn two_parts_stand_in_one_row() {
        let svg = chart(&[&[6.0, 4.0]]);
        assert_eq!(svg.matches("<rect").count(), 2);
        assert!(svg.contains("bar second"), "{svg}");
    }

    #[test]
    fn text_is_escaped() {
        assert!(chart(&[&[1.0]]).contains("a &lt; b &amp; c"));
    }
}
