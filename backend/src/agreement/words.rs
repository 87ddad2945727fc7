//! Terms in plain words, as tables, differences and explanations show them.

use std::fmt;

use super::{Caps, Cpa, Pay, RevShare, Rules};

impl fmt::Display for Rules {
    /// What is paid, on one line; the day from which it holds stands beside it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cpa = self.cpa.as_ref().map(|cpa| cpa_words(cpa, self));
        let revshare = self.revshare.as_ref().map(revshare_words);
        let paid: Vec<String> = cpa.into_iter().chain(revshare).collect();
        if paid.is_empty() {
            return f.write_str("nothing is paid");
        }
        let hold = match self.hold_days {
            0 => "due at once".to_owned(),
            days => format!("held {days} d"),
        };
        write!(f, "{}; {hold}", paid.join("; "))
    }
}

fn cpa_words(cpa: &Cpa, rules: &Rules) -> String {
    let general = (!cpa.pay.is_empty()).then(|| pay_words(&cpa.pay));
    let own = cpa.by_geo.iter();
    let own = own.map(|(geo, pay)| format!("in {geo} {}", pay_words(pay)));
    let pay: Vec<String> = general.into_iter().chain(own).collect();
    let mut words = format!("CPA {}", pay.join(", "));
    if let Some(caps) = caps_words(rules.caps) {
        words.push_str(&format!(", at most {caps}"));
    }
    if !rules.min_deposit.is_empty() {
        let least = rules.min_deposit.values().map(ToString::to_string);
        let least: Vec<String> = least.collect();
        words.push_str(&format!(", first deposit at least {}", least.join(" or ")));
    }
    words
}

fn pay_words(pay: &Pay) -> String {
    let each = pay
        .iter()
        .map(|(kind, money)| format!("{money} per {kind}"));
    each.collect::<Vec<_>>().join(", ")
}

fn caps_words(caps: Caps) -> Option<String> {
    match (caps.per_day, caps.per_month) {
        (None, None) => None,
        (Some(day), None) => Some(format!("{day} a day")),
        (None, Some(month)) => Some(format!("{month} a month")),
        (Some(day), Some(month)) => Some(format!("{day} a day and {month} a month")),
    }
}

fn revshare_words(revshare: &RevShare) -> String {
    let of: Vec<&str> = revshare.of.iter().map(|kind| kind.name()).collect();
    let months = match revshare.carry_over {
        true => "a month below zero is taken off the next",
        false => "a month below zero is forgiven",
    };
    format!(
        "RevShare {} of {} less cashout, {months}",
        revshare.share,
        of.join(" and ")
    )
}
