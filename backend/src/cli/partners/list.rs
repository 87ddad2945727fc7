//! `postern partners list`.

use std::process::ExitCode;

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{ContentArrangement, Table};
use postern_protocol::money::AmountUnit;

use super::super::environment;
use super::super::failure::Failure;
use super::super::output::say;
use crate::config::Settings;
use crate::partners::apply::read_partners;
use crate::partners::{Partner, network_text, show_day, validity};

pub(super) fn run(settings: &Settings) -> Result<ExitCode, Failure> {
    let file = read_partners(&settings.partners, &environment)?;
    if file.partners.is_empty() {
        say("there are no partners; make the first with `postern partners add`")?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = Table::new();
    table
        .load_style(UTF8_FULL_CONDENSED)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(["partner", "brand", "networks", "rate", "amounts", "keys"]);
    for partner in &file.partners {
        table.add_row(row(partner));
    }
    say(table)?;
    for partner in &file.partners {
        say(paid(partner))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// What a partner is paid, a line for each of its terms.
fn paid(partner: &Partner) -> String {
    let Partner { id, agreement, .. } = partner;
    let days = agreement.attribution_days();
    let mut lines = format!("\n{id}: clicks count for {days} days; paid is");
    for terms in &agreement.terms {
        lines.push_str(&format!("\n  from {}  {}", show_day(terms.from), **terms));
    }
    if agreement.terms.is_empty() {
        lines.push_str(" nothing");
    }
    lines
}

fn row(partner: &Partner) -> [String; 6] {
    let networks: Vec<String> = partner.networks.iter().map(network_text).collect();
    let keys: Vec<String> = partner
        .keys
        .iter()
        .map(|key| format!("{} {}", key.id, validity(key.not_before, key.not_after)))
        .collect();
    [
        partner.id.to_string(),
        partner.agreement.brand.clone().unwrap_or_default(),
        networks.join("\n"),
        format!("{}/s, burst {}", partner.rate_per_second, partner.burst),
        match partner.agreement.amount_unit {
            AmountUnit::Major => "major".to_owned(),
            AmountUnit::Minor => "minor".to_owned(),
        },
        keys.join("\n"),
    ]
}
