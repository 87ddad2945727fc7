//! What reports must say of a partner.

use std::collections::BTreeMap;

use super::Model;

/// Figures by name, such as `ftds` or `USD booked`. What is zero is left out.
pub(in super::super) type Figures = BTreeMap<String, i128>;

impl Model {
    /// How far the partner's clicks came.
    pub(in super::super) fn funnel(&self, partner: &str) -> Figures {
        let mut figures = Figures::new();
        let mut count = |name: &str, by: i64| {
            *figures.entry(name.to_owned()).or_default() += i128::from(by);
        };
        for _ in self
            .clicks
            .values()
            .filter(|click| click.1 == Some(partner))
        {
            count("clicks", 1);
        }
        for (id, it) in self
            .conversions
            .iter()
            .filter(|(_, it)| it.partner == partner)
        {
            let is_flagged = it.status != "rejected" && self.blocking(*id) > 0;
            let (step, moved) = match (it.status, it.event) {
                _ if is_flagged => ("flagged", None),
                ("pending", _) => ("pending", None),
                (_, "rejected") => ("rejects", None),
                ("rejected", _) => ("taken back", None),
                (_, "registration") => ("registrations", None),
                (_, "lead") => ("leads", None),
                (_, "ftd") => ("ftds", Some("deposits")),
                (_, "redeposit") => ("redeposits", Some("deposits")),
                _ => ("cashouts", Some("withdrawals")),
            };
            count(step, 1);
            if let Some((what, (minor, currency))) = moved.zip(it.paid) {
                count(&format!("{currency} {what}"), minor);
            }
        }
        figures
    }

    /// What the partner is owed then, in each currency.
    pub(in super::super) fn payouts(&self, partner: &str, then: i64) -> Figures {
        let mut figures = Figures::new();
        let mut count = |currency: &str, name: &str, by: i64| {
            *figures.entry(format!("{currency} {name}")).or_default() += i128::from(by);
        };
        let is_theirs = |id| self.conversions[id].partner == partner;
        for (((id, _, currency), step), minor) in &self.money.steps {
            if is_theirs(id) {
                count(currency, step, *minor);
            }
        }
        for ((id, _, currency), lots) in &self.money.lots {
            for (due_at, minor) in lots.iter().filter(|_| is_theirs(id)) {
                count(
                    currency,
                    if *due_at <= then { "due" } else { "held" },
                    *minor,
                );
            }
        }
        figures.retain(|_, figure| *figure != 0);
        figures
    }
}
