//! The click a conversion belongs to, and what must fit between the two.

use postern_protocol::event::EventKind;
use postern_protocol::id::PartnerId;
use postern_protocol::time::UnixSeconds;

use super::verdict::FlagReason;

/// How far an event may lie before its click: the clocks of partner and click log differ.
pub const CLICK_CLOCK_SLACK_SECONDS: i64 = 300;

/// How far an event may lie after its receipt. Beyond a day no clock and no time zone explains it.
pub const FUTURE_SLACK_SECONDS: i64 = 86_400;

/// A click as the log has it. What the log does not say is not checked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LoggedClick {
    /// To whom the visitor was sent.
    pub partner: Option<PartnerId>,
    /// When the visitor clicked.
    pub clicked_at: Option<UnixSeconds>,
    /// Where the visitor came from.
    pub origin: Origin,
}

/// Where a visitor came from, as the click log says. No decision looks at it: a conversion keeps it for
/// reports, which tell conversions apart by it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// The visitor's country.
    pub geo: Option<String>,
    /// First sub id of the tracking link.
    pub sub_id_1: Option<String>,
    /// Second sub id of the tracking link.
    pub sub_id_2: Option<String>,
}

/// A conversion's claim on a click.
#[derive(Debug, Clone, Copy)]
pub struct Claim<'a> {
    /// Who claims it.
    pub partner: &'a PartnerId,
    /// What happened.
    pub kind: EventKind,
    /// When the conversion happened.
    pub occurred_at: UnixSeconds,
    /// How old a click may be then, as agreed with the partner.
    pub attribution_seconds: i64,
}

impl Claim<'_> {
    /// What speaks against the claim; `None` stands for a click that is not in the log.
    pub fn objections(self, click: Option<&LoggedClick>) -> impl Iterator<Item = FlagReason> {
        let age = click
            .and_then(|click| click.clicked_at)
            .map(|clicked_at| self.occurred_at.0.saturating_sub(clicked_at.0));
        let owner = click.and_then(|click| click.partner.as_ref());
        let objections = [
            (click.is_none(), FlagReason::UnknownClick),
            (
                owner.is_some_and(|owner| owner != self.partner),
                FlagReason::ForeignClick,
            ),
            (
                self.wins_the_player() && age.is_some_and(|age| age > self.attribution_seconds),
                FlagReason::ExpiredClick,
            ),
            (
                age.is_some_and(|age| age < -CLICK_CLOCK_SLACK_SECONDS),
                FlagReason::BeforeClick,
            ),
        ];
        objections
            .into_iter()
            .filter_map(|(holds, reason)| holds.then_some(reason))
    }

    /// Whether the event is one that a click must lead to in time. What a player won that way
    /// deposits and cashes out later belongs to the click for life.
    const fn wins_the_player(&self) -> bool {
        match self.kind {
            EventKind::Registration | EventKind::Lead | EventKind::Ftd => true,
            EventKind::Redeposit | EventKind::Cashout | EventKind::Rejected => false,
        }
    }
}

/// Whether an event claims to happen later than any clock explains.
pub(super) fn is_in_future(occurred_at: UnixSeconds, received_at: UnixSeconds) -> bool {
    occurred_at.0.saturating_sub(received_at.0) > FUTURE_SLACK_SECONDS
}
