//! What reports are asked for: a period, a partner, how rows are told apart, a currency.

use form_urlencoded::Serializer;
use postern_protocol::currency::Currency;

use super::scope::{Scope, append};
use crate::admin::query::{FromQuery, Parameters};
use crate::admin::shape;
use crate::store::{Dimension, Stretch};

/// What rows are told apart by: one thing, or two.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Apart {
    pub(super) first: Option<Dimension>,
    pub(super) then: Option<Dimension>,
}

/// Everything in one row.
pub(super) const NOTHING: &str = "none";

impl Apart {
    /// `otherwise`: what rows are told apart by where nothing is said.
    fn read(query: &mut Parameters<'_>, known: &[Dimension], otherwise: Dimension) -> Self {
        let first = query.take("by", |text| match text {
            NOTHING => Ok(None),
            text => shape::word(text, known, Dimension::name).map(Some),
        });
        let then = query.take("then", |text| shape::word(text, known, Dimension::name));
        Self {
            first: first.unwrap_or(Some(otherwise)),
            then,
        }
    }

    pub(super) fn dimensions(self) -> Vec<Dimension> {
        self.first.into_iter().chain(self.then).collect()
    }

    fn write(self, to: &mut Serializer<'_, String>) {
        to.append_pair("by", self.first.map_or(NOTHING, Dimension::name));
        append(to, "then", self.then.map(Dimension::name));
    }
}

/// What rows of a funnel can be told apart by.
pub(super) const FUNNEL_BY: [Dimension; 4] = Dimension::ALL;

/// What is asked of the funnel.
#[derive(Debug, Clone)]
pub(super) struct FunnelAsked {
    pub(super) scope: Scope,
    pub(super) by: Apart,
}

impl FromQuery for FunnelAsked {
    fn read(query: &mut Parameters<'_>) -> Option<Self> {
        let scope = Scope::read(query);
        let by = Apart::read(query, &FUNNEL_BY, Dimension::Partner);
        Some(Self { scope: scope?, by })
    }
}

/// What sources can be told apart by: a source is no day, its clicks of the whole period judge it.
pub(super) const SOURCES_BY: [Dimension; 3] =
    [Dimension::Source, Dimension::Geo, Dimension::Partner];

/// What is asked of sources.
#[derive(Debug, Clone)]
pub(super) struct SourcesAsked {
    pub(super) scope: Scope,
    pub(super) by: Apart,
    pub(super) into: Option<Currency>,
}

impl FromQuery for SourcesAsked {
    fn read(query: &mut Parameters<'_>) -> Option<Self> {
        let scope = Scope::read(query);
        let by = Apart::read(query, &SOURCES_BY, Dimension::Source);
        let into = query.take("in", currency);
        if by.first.is_none() {
            query.wrong("by", "must be one of source, geo, partner");
        }
        Some(Self {
            scope: scope?,
            by,
            into,
        })
    }
}

/// By which stretches payouts are summed up.
pub(super) const STRETCHES: [Stretch; 3] = [Stretch::Month, Stretch::Day, Stretch::Whole];

/// The word of a stretch, as the admin API has it.
pub(super) const fn stretch_name(stretch: Stretch) -> &'static str {
    match stretch {
        Stretch::Month => "month",
        Stretch::Day => "day",
        Stretch::Whole => "whole",
    }
}

/// What is asked of payouts.
#[derive(Debug, Clone)]
pub(super) struct PayoutsAsked {
    pub(super) scope: Scope,
    pub(super) by: Option<Stretch>,
    pub(super) into: Option<Currency>,
}

impl FromQuery for PayoutsAsked {
    fn read(query: &mut Parameters<'_>) -> Option<Self> {
        let scope = Scope::read(query);
        let by = query.take("by", |text| shape::word(text, &STRETCHES, stretch_name));
        let into = query.take("in", currency);
        Some(Self {
            scope: scope?,
            by,
            into,
        })
    }
}

fn currency(text: &str) -> Result<Currency, String> {
    Currency::parse(text).map_err(|error| error.to_string())
}

/// Something that can be asked for again by an address.
pub(super) trait Address {
    /// Writes itself as parameters.
    fn write(&self, to: &mut Serializer<'_, String>);

    /// The address of this question at a path.
    fn at(&self, path: &str) -> String {
        let mut query = Serializer::new(String::new());
        self.write(&mut query);
        match query.finish() {
            query if query.is_empty() => path.to_owned(),
            query => format!("{path}?{query}"),
        }
    }
}

impl Address for FunnelAsked {
    fn write(&self, to: &mut Serializer<'_, String>) {
        self.scope.write(to);
        self.by.write(to);
    }
}

impl Address for SourcesAsked {
    fn write(&self, to: &mut Serializer<'_, String>) {
        self.scope.write(to);
        self.by.write(to);
        append(to, "in", self.into);
    }
}

impl Address for PayoutsAsked {
    fn write(&self, to: &mut Serializer<'_, String>) {
        self.scope.write(to);
        append(to, "by", self.by.map(stretch_name));
        append(to, "in", self.into);
    }
}

#[cfg(test)]
mod tests {
    use postern_protocol::time::UnixSeconds;

    use super::*;

    /// 2026-03-15, a Sunday.
    const NOW: UnixSeconds = UnixSeconds(1_773_576_000);

    fn read<T: FromQuery>(query: &str) -> Result<T, String> {
        let mut parameters = Parameters::of_form("/x", query);
        let asked = T::read(&mut parameters);
        parameters.finish(asked).map_err(|it| it.to_string())
    }

    fn period_of(query: &str) -> String {
        let asked: FunnelAsked = read(query).expect(query);
        asked.scope.period(NOW).to_string()
    }

    #[test]
    fn presets_move_with_today() {
        for (query, period) in [
            ("span=today", "2026-03-15 to 2026-03-15"),
            ("span=7days", "2026-03-09 to 2026-03-15"),
            ("span=month", "2026-03-01 to 2026-03-31"),
            ("span=last_month", "2026-02-01 to 2026-02-28"),
            ("span=all", "all time"),
            ("", "2026-03-01 to 2026-03-31"),
            ("from=2026-01-05", "from 2026-01-05"),
            (
                "span=today&from=2026-01-05&to=2026-01-06",
                "2026-03-15 to 2026-03-15",
            ),
        ] {
            assert_eq!(period_of(query), period, "{query}");
        }
    }

    #[test]
    fn an_address_asks_the_same_again() {
        for query in [
            "span=7days&partner=acme&by=source&then=day",
            "from=2026-01-05&to=2026-01-06&by=none",
        ] {
            let asked: FunnelAsked = read(query).expect(query);
            assert_eq!(asked.at("/x"), format!("/x?{query}"));
        }
        let asked: PayoutsAsked = read("span=all&by=whole&in=eur").expect("it is good");
        assert_eq!(asked.at("/x"), "/x?span=all&by=whole&in=EUR");
    }

    #[test]
    fn mistakes_are_named() {
        for (query, field) in [
            ("span=year", "span"),
            ("from=2026-02-30", "from"),
            ("from=2026-02-02&to=2026-02-01", "to"),
            ("partner=a%20b", "partner"),
            ("by=moon", "by"),
            ("moon=1", "moon"),
        ] {
            let said = read::<FunnelAsked>(query).expect_err(query);
            assert!(said.starts_with(field), "{query}: {said}");
        }
        let said =
            read::<SourcesAsked>("by=none").expect_err("a source is told apart by something");
        assert!(said.starts_with("by"), "{said}");
    }
}
