//! Days, months and the span a report looks at. All of them are UTC.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use postern_protocol::time::UnixSeconds;
use serde::{Serialize, Serializer};
use utoipa::ToSchema;

/// Seconds of a day.
pub const DAY_SECONDS: i64 = 86_400;

/// A UTC day, counted from 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub i64);

/// Why a text is no day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no day; write it as 2026-01-31")]
pub struct NotADay(String);

impl Day {
    /// The day a moment lies in.
    #[must_use]
    pub const fn of(at: UnixSeconds) -> Self {
        Self(at.0.div_euclid(DAY_SECONDS))
    }

    /// Reads `2026-01-31`.
    ///
    /// # Errors
    /// [`NotADay`].
    pub fn parse(text: &str) -> Result<Self, NotADay> {
        let refused = || NotADay(text.to_owned());
        if text.len() != "2026-01-31".len() {
            return Err(refused());
        }
        let day: Date = text.parse().map_err(|_| refused())?;
        let midnight = day.to_zoned(TimeZone::UTC).map_err(|_| refused())?;
        Ok(Self::of(UnixSeconds(midnight.timestamp().as_second())))
    }

    /// Its first second.
    #[must_use]
    pub const fn start(self) -> UnixSeconds {
        UnixSeconds(self.0.saturating_mul(DAY_SECONDS))
    }

    /// The day after.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// The month it lies in.
    #[must_use]
    pub fn month(self) -> Month {
        let civil = self.civil();
        Month {
            year: civil.year(),
            month: civil.month(),
        }
    }

    /// A day beyond the calendar (year 9999) reads as the calendar's end.
    fn civil(self) -> Date {
        Timestamp::from_second(self.start().0)
            .map_or(Date::MAX, |at| at.to_zoned(TimeZone::UTC).date())
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.civil().fmt(f)
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A month of the UTC calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    year: i16,
    month: i8,
}

impl Month {
    /// Its first day.
    #[must_use]
    pub fn first(self) -> Day {
        day_of(date(self.year, self.month, 1))
    }

    /// Its last day.
    #[must_use]
    pub fn last(self) -> Day {
        day_of(date(self.year, self.month, 1).last_of_month())
    }
}

fn day_of(civil: Date) -> Day {
    // Every civil date has a midnight in UTC.
    let since_epoch = civil
        .since(date(1970, 1, 1))
        .map_or(0, |span| span.get_days());
    Day(i64::from(since_epoch))
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

impl Serialize for Month {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// From the start of one day to the end of another; open where a side is not given.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Period {
    /// The first day.
    #[schema(value_type = Option<String>)]
    pub from: Option<Day>,
    /// The last day; it is part of the period.
    #[schema(value_type = Option<String>)]
    pub to: Option<Day>,
}

/// The period ends before it begins.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the period ends on {to}, before it begins on {from}; swap the two")]
pub struct EndsBeforeItBegins {
    from: Day,
    to: Day,
}

impl Period {
    /// From the first day to the last, both part of it.
    ///
    /// # Errors
    /// [`EndsBeforeItBegins`].
    pub fn of(from: Option<Day>, to: Option<Day>) -> Result<Self, EndsBeforeItBegins> {
        match (from, to) {
            (Some(from), Some(to)) if to < from => Err(EndsBeforeItBegins { from, to }),
            _ => Ok(Self { from, to }),
        }
    }

    /// Whether every moment lies in it.
    #[must_use]
    pub const fn is_all(self) -> bool {
        self.from.is_none() && self.to.is_none()
    }

    /// Whether it splits no month.
    #[must_use]
    pub fn is_of_whole_months(self) -> bool {
        self.from.is_none_or(|day| day == day.month().first())
            && self.to.is_none_or(|day| day == day.month().last())
    }

    /// The first second that is part of it.
    #[must_use]
    pub fn starts_at(self) -> Option<UnixSeconds> {
        self.from.map(Day::start)
    }

    /// The first second that is part of it no more.
    #[must_use]
    pub fn ends_before(self) -> Option<UnixSeconds> {
        self.to.map(|day| day.next().start())
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.from, self.to) {
            (None, None) => f.write_str("all time"),
            (Some(from), None) => write!(f, "from {from}"),
            (None, Some(to)) => write!(f, "until {to}"),
            (Some(from), Some(to)) => write!(f, "{from} to {to}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_reads_and_shows_the_same() {
        for text in ["1970-01-01", "2024-02-29", "2026-12-31"] {
            assert_eq!(Day::parse(text).expect(text).to_string(), text);
        }
        assert_eq!(
            Day::parse("2026-01-31").map(Day::start),
            Ok(UnixSeconds(1_769_817_600))
        );
    }

    #[test]
    fn what_is_no_day_says_how_to_write_one() {
        for text in ["", "2026-02-30", "31.01.2026", "2026-1-31", "2026-01-31T00"] {
            let refused = Day::parse(text).expect_err(text);
            assert!(refused.to_string().contains("2026-01-31"), "{refused}");
        }
    }

    #[test]
    fn a_moment_lies_in_its_day_and_month() {
        let last_second = Day::of(UnixSeconds(1_769_817_600 + DAY_SECONDS - 1));
        assert_eq!(last_second.to_string(), "2026-01-31");
        assert_eq!(last_second.month().to_string(), "2026-01");
        assert_eq!(last_second.month().first().to_string(), "2026-01-01");
        assert_eq!(last_second.month().last(), last_second);
    }

    #[test]
    fn both_ends_are_part_of_the_period() {
        let day = Day::parse("2026-01-31").expect("a day");
        let period = Period::of(Some(day), Some(day)).expect("one day");
        assert_eq!(period.starts_at(), Some(UnixSeconds(1_769_817_600)));
        assert_eq!(
            period.ends_before(),
            Some(UnixSeconds(1_769_817_600 + DAY_SECONDS))
        );
        let refused = Period::of(Some(day.next()), Some(day)).expect_err("backwards");
        assert!(refused.to_string().contains("swap"), "{refused}");
    }
}
