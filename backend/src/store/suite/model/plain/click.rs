//! Clicks: what is checked against them, and what their arrival heals.

use uuid::Uuid;

use super::super::story::LogLine;
use super::{FlagName, Model};

/// How old a click may be, and how far an event may lie before it.
const WINDOW: i64 = 90 * 86_400;
const SLACK: i64 = 300;

impl Model {
    /// Everything about its click that speaks against an event.
    pub(super) fn objections(
        &self,
        partner: &str,
        clickid: &str,
        event: &str,
        at: i64,
    ) -> Vec<&'static str> {
        let Some((_, owner, clicked_at)) = self.clicks.get(clickid) else {
            return vec!["unknown_click"];
        };
        // What a player won in time does later counts for life.
        let wins = matches!(event, "registration" | "lead" | "ftd");
        let age = clicked_at.map(|clicked_at| at - clicked_at);
        let found = [
            (owner.is_some_and(|it| it != partner), "foreign_click"),
            (wins && age.is_some_and(|age| age > WINDOW), "expired_click"),
            (age.is_some_and(|age| age < -SLACK), "before_click"),
        ];
        let holds = found.into_iter().filter(|(holds, _)| *holds);
        holds.map(|(_, reason)| reason).collect()
    }

    /// A click is in the log from now on.
    pub(in super::super) fn import(&mut self, click: LogLine) {
        self.clicks.insert(click.0, click);
    }

    /// Heals what was flagged only for want of this click; how many flags that closes.
    pub(in super::super) fn heal(&mut self, clickid: &str, now: i64) -> u64 {
        let waits = self.flags.iter().filter(|((_, reason), flag)| {
            *reason == "unknown_click"
                && flag.outcome.is_none()
                && self.conversions[&flag.conversion].clickid == clickid
        });
        let waits: Vec<(FlagName, Uuid)> = waits.map(|(name, it)| (*name, it.conversion)).collect();
        for (name, conversion) in &waits {
            self.close(*name, "healed");
            let it = &self.conversions[conversion];
            for reason in self.objections(it.partner, it.clickid, it.event, it.occurred_at) {
                self.raise((*conversion, reason), *conversion, None);
            }
            self.settle(*conversion, now);
        }
        waits.len() as u64
    }

    pub(super) fn close(&mut self, name: FlagName, outcome: &'static str) {
        if let Some(flag) = self.flags.get_mut(&name) {
            flag.outcome = Some(outcome);
        }
    }
}
