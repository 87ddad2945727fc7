//! Clicks as `COPY` reads them: a line each, columns parted by tabs.

use std::fmt::Write as _;

use crate::store::Click;
use crate::store::import::Gathered;

/// Most lines are shorter.
const LINE_BYTES: usize = 128;

pub(super) fn lines(clicks: &[Gathered<'_>]) -> String {
    let mut lines = String::with_capacity(clicks.len() * LINE_BYTES);
    for gathered in clicks {
        line(&mut lines, &gathered.click);
    }
    lines
}

fn line(lines: &mut String, click: &Click) {
    text(lines, Some(&click.clickid));
    lines.push('\t');
    text(lines, click.partner.as_ref().map(|it| it.as_str()));
    lines.push('\t');
    number(lines, click.clicked_at.map(|at| at.0));
    lines.push('\t');
    number(lines, click.cost.map(|cost| cost.minor()));
    lines.push('\t');
    text(lines, click.cost.map(|cost| cost.currency().code()));
    lines.push('\t');
    text(lines, click.geo.as_deref());
    lines.push('\t');
    text(lines, click.sub_id_1.as_deref());
    lines.push('\t');
    text(lines, click.sub_id_2.as_deref());
    lines.push('\n');
}

fn number(lines: &mut String, number: Option<i64>) {
    match number {
        // A string takes whatever is written to it.
        Some(number) => drop(write!(lines, "{number}")),
        None => lines.push_str("\\N"),
    }
}

/// What would end a column or a line is escaped, and so is what escapes.
fn text(lines: &mut String, text: Option<&str>) {
    let Some(mut rest) = text else {
        lines.push_str("\\N");
        return;
    };
    while let Some(at) = rest.find(['\\', '\t', '\n', '\r']) {
        let (plain, from) = rest.split_at(at);
        lines.push_str(plain);
        lines.push_str(match from.as_bytes()[0] {
            b'\t' => "\\t",
            b'\n' => "\\n",
            b'\r' => "\\r",
            _ => "\\\\",
        });
        rest = &from[1..];
    }
    lines.push_str(rest);
}
