//! Over what a report goes: a period, chosen or typed, and a partner.

use form_urlencoded::Serializer;
use postern_protocol::id::PartnerId;
use postern_protocol::time::UnixSeconds;

use crate::admin::query::Parameters;
use crate::admin::shape;
use crate::report::period::{Day, Period};

/// A period that need not be typed; it moves with today.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Preset {
    Today,
    Week,
    #[default]
    Month,
    LastMonth,
    All,
}

impl Preset {
    pub(super) const ALL: [Self; 5] = [
        Self::Today,
        Self::Week,
        Self::Month,
        Self::LastMonth,
        Self::All,
    ];

    /// Its word in the address.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Today => "today",
            Self::Week => "7days",
            Self::Month => "month",
            Self::LastMonth => "last_month",
            Self::All => "all",
        }
    }

    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Today => "Today",
            Self::Week => "7 days",
            Self::Month => "This month",
            Self::LastMonth => "Last month",
            Self::All => "All time",
        }
    }

    /// The days it stands for.
    fn period(self, today: Day) -> Period {
        let month = today.month();
        let (from, to) = match self {
            Self::Today => (today, today),
            Self::Week => (Day(today.0 - 6), today),
            Self::Month => (month.first(), month.last()),
            Self::LastMonth => {
                let last = Day(month.first().0 - 1);
                (last.month().first(), last)
            }
            Self::All => return Period::default(),
        };
        Period {
            from: Some(from),
            to: Some(to),
        }
    }
}

/// Over what a report goes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Scope {
    /// Wins over the days.
    preset: Option<Preset>,
    days: Period,
    pub(super) partner: Option<PartnerId>,
}

impl Scope {
    pub(super) fn read(query: &mut Parameters<'_>) -> Option<Self> {
        let preset = query.take("span", |text| shape::word(text, &Preset::ALL, Preset::name));
        let day = |text: &str| Day::parse(text).map_err(|error| error.to_string());
        let (from, to) = (query.take("from", day), query.take("to", day));
        let partner = query.take("partner", |text| {
            PartnerId::parse(text).map_err(|error| error.to_string())
        });
        let days = Period::of(from, to)
            .map_err(|error| query.wrong("to", error.to_string()))
            .ok()?;
        Some(Self {
            preset,
            days,
            partner,
        })
    }

    /// What was chosen; where nothing was, the present month.
    pub(super) fn preset(&self) -> Option<Preset> {
        let otherwise = self.days.is_all().then_some(Preset::default());
        self.preset.or(otherwise)
    }

    pub(super) fn period(&self, now: UnixSeconds) -> Period {
        let preset = self.preset();
        preset.map_or(self.days, |preset| preset.period(Day::of(now)))
    }

    pub(super) fn write(&self, to: &mut Serializer<'_, String>) {
        append(to, "span", self.preset.map(Preset::name));
        if self.preset.is_none() {
            append(to, "from", self.days.from);
            append(to, "to", self.days.to);
        }
        append(to, "partner", self.partner.as_ref());
    }
}

/// Writes a parameter that has a value.
pub(super) fn append(to: &mut Serializer<'_, String>, name: &str, value: Option<impl ToString>) {
    if let Some(value) = value {
        to.append_pair(name, &value.to_string());
    }
}
