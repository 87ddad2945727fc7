//! The form above a report: what was asked, ready to be asked otherwise. A plain GET, so that an
//! address says it all.

use std::collections::BTreeSet;

use postern_protocol::currency::Currency;
use postern_protocol::time::UnixSeconds;

use super::asked::{Apart, NOTHING, STRETCHES, stretch_name};
use super::scope::{Preset, Scope};
use crate::admin::Admin;
use crate::report::period::Day;
use crate::store::{Dimension, Stretch};

/// The form.
pub(super) struct Form {
    pub(super) action: &'static str,
    pub(super) presets: Vec<Choice>,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) selects: Vec<Select>,
}

/// A field in which one of several is chosen.
pub(super) struct Select {
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    pub(super) choices: Vec<Choice>,
}

/// One of several.
pub(super) struct Choice {
    /// What it is in the address; nothing where it asks for nothing.
    pub(super) value: String,
    pub(super) label: String,
    pub(super) is_chosen: bool,
}

fn choice(value: impl ToString, label: impl ToString, is_chosen: bool) -> Choice {
    Choice {
        value: value.to_string(),
        label: label.to_string(),
        is_chosen,
    }
}

impl Form {
    /// The fields that every report has.
    pub(super) fn of(action: &'static str, scope: &Scope, admin: &Admin, now: UnixSeconds) -> Self {
        let (chosen, period) = (scope.preset(), scope.period(now));
        let preset = |it: Preset| choice(it.name(), it.label(), chosen == Some(it));
        let day = |day: Option<Day>| day.map_or_else(String::new, |day| day.to_string());
        Self {
            action,
            presets: Preset::ALL.map(preset).into(),
            from: day(period.from),
            to: day(period.to),
            selects: vec![partners(scope, admin)],
        }
    }

    /// The same with what rows are told apart by.
    pub(super) fn apart(mut self, by: Apart, known: &[Dimension], may_be_one: bool) -> Self {
        let named = |chosen: Option<Dimension>| {
            let choices = known.iter();
            choices.map(move |it| choice(it.name(), label(*it), chosen == Some(*it)))
        };
        let one = may_be_one.then(|| choice(NOTHING, "one row", by.first.is_none()));
        let no_more = choice("", "nothing more", by.then.is_none());
        self.selects.push(Select {
            name: "by",
            label: "A row for each",
            choices: named(by.first).chain(one).collect(),
        });
        self.selects.push(Select {
            name: "then",
            label: "and each",
            choices: std::iter::once(no_more).chain(named(by.then)).collect(),
        });
        self
    }

    /// The same with the stretches of payouts.
    pub(super) fn stretches(mut self, chosen: Stretch) -> Self {
        let label = |it| match it {
            Stretch::Month => "month",
            Stretch::Day => "day",
            Stretch::Whole => "partner, all days together",
        };
        let stretch = |it| choice(stretch_name(it), label(it), it == chosen);
        self.selects.push(Select {
            name: "by",
            label: "A row for each",
            choices: STRETCHES.map(stretch).into(),
        });
        self
    }

    /// The same with the currencies something can be converted into.
    pub(super) fn currencies(
        mut self,
        chosen: Option<Currency>,
        mut known: BTreeSet<Currency>,
    ) -> Self {
        known.extend(chosen);
        let each = choice("", "each by itself", chosen.is_none());
        let codes = known.into_iter();
        let codes = codes.map(|it| choice(it, it, chosen == Some(it)));
        self.selects.push(Select {
            name: "in",
            label: "Currency",
            choices: std::iter::once(each).chain(codes).collect(),
        });
        self
    }
}

/// Those who may post now, and the one that was asked for, who may not any more.
fn partners(scope: &Scope, admin: &Admin) -> Select {
    let admission = admin.admission.borrow();
    let mut known: BTreeSet<&str> = admission
        .agreements
        .iter()
        .map(|(it, _)| it.as_str())
        .collect();
    let chosen = scope.partner.as_ref().map(|it| it.as_str());
    known.extend(chosen);
    let all = choice("", "all", chosen.is_none());
    let known = known.into_iter();
    let known = known.map(|it| choice(it, it, chosen == Some(it)));
    Select {
        name: "partner",
        label: "Partner",
        choices: std::iter::once(all).chain(known).collect(),
    }
}

const fn label(dimension: Dimension) -> &'static str {
    match dimension {
        Dimension::Partner => "partner",
        Dimension::Source => "source",
        Dimension::Geo => "country",
        Dimension::Day => "day",
    }
}
