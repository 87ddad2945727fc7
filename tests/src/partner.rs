//! `partners.toml` for stories: the few lines a story is about, the rest as for the demo's partner.

use std::fmt::Write as _;

/// The page's own partner.
pub const PARTNER: &str = "partner_name";
/// Its secret, as the page has it.
pub const SECRET: &str = "your_secret_key";

/// One partner of a story.
#[derive(Clone)]
pub struct Partner {
    id: String,
    networks: Vec<String>,
    per_second: u32,
    burst: u32,
    secrets: Vec<String>,
    unit: &'static str,
    more: String,
}

impl Partner {
    /// The page's partner: allowed from 127.0.0.1 and ::1, with room for any load.
    #[must_use]
    pub fn of_the_page() -> Partner {
        Partner::new(PARTNER).secret("k1", SECRET)
    }

    /// A partner allowed from 127.0.0.1 and ::1, with room for any load, still without a secret.
    #[must_use]
    pub fn new(id: &str) -> Partner {
        Partner {
            id: id.to_owned(),
            networks: vec!["127.0.0.1".to_owned(), "::1".to_owned()],
            per_second: 100_000,
            burst: 100_000,
            secrets: Vec::new(),
            unit: "major",
            more: String::new(),
        }
    }

    /// Adds a secret without a validity span.
    #[must_use]
    pub fn secret(self, id: &str, secret: &str) -> Partner {
        self.secret_within(id, secret, "")
    }

    /// Adds a secret; `span` is more of its TOML, such as `not_after = "2026-01-01T00:00:00Z"`.
    #[must_use]
    pub fn secret_within(mut self, id: &str, secret: &str, span: &str) -> Partner {
        let comma = if span.is_empty() { "" } else { ", " };
        self.secrets.push(format!(
            "{{ id = \"{id}\", secret = \"{secret}\"{comma}{span} }}"
        ));
        self
    }

    /// Sets where the partner may call from.
    #[must_use]
    pub fn networks(mut self, networks: &[&str]) -> Partner {
        self.networks = networks
            .iter()
            .map(|network| (*network).to_owned())
            .collect();
        self
    }

    /// Sets the token bucket.
    #[must_use]
    pub fn rate(mut self, per_second: u32, burst: u32) -> Partner {
        (self.per_second, self.burst) = (per_second, burst);
        self
    }

    /// Has the partner send amounts in the smallest unit.
    #[must_use]
    pub fn in_minor_units(mut self) -> Partner {
        self.unit = "minor";
        self
    }

    /// Adds a line of TOML as it stands.
    #[must_use]
    pub fn line(mut self, line: &str) -> Partner {
        self.more.push_str(line);
        self.more.push('\n');
        self
    }

    fn toml(&self) -> String {
        let Partner {
            id,
            networks,
            per_second,
            burst,
            secrets,
            unit,
            more,
        } = self;
        format!(
            "[[partner]]\nid = \"{id}\"\nbrand = \"Brand of {id}\"\nnetworks = {networks:?}\n\
             rate_per_second = {per_second}\nburst = {burst}\namount_unit = \"{unit}\"\n\
             secrets = [{}]\n{more}\n",
            secrets.join(", ")
        )
    }
}

/// A whole `partners.toml`: `edge` is the inside of its `[edge]` table.
#[must_use]
pub fn partners_toml(edge: &str, partners: &[Partner]) -> String {
    let mut toml = format!("[edge]\n{edge}\n\n");
    for partner in partners {
        let _ = writeln!(toml, "{}", partner.toml());
    }
    toml
}
