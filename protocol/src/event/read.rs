//! From a postback's fields to an event: every field is looked at, whatever is wrong with another,
//! so that a partner mends all mistakes at once.

use std::fmt;

use super::placeholder::is_placeholder;
use super::{
    ClickId, Doubt, DoubtReason, Event, EventKind, FieldError, NotAnEvent, PaymentMethod, Reason,
    Status, SubId, TransactionId, money, parse_timestamp, test_mark,
};
use crate::geo::Geo;
use crate::money::AmountUnit;
use crate::request::{Field, Kind, Postback};

const CLICKID_EXPECTED: &str = "the click id from the tracking link";
const EVENT_EXPECTED: &str = "registration, ftd, redeposit, lead, cashout or rejected";
const STATUS_EXPECTED: &str = "approved, pending or rejected";

impl Event {
    /// Reads the event a postback tells of. An empty or `null` optional field counts as absent;
    /// unknown fields are passed over, the postback itself warns of them.
    ///
    /// # Errors
    /// Everything wrong with it at once: [`NotAnEvent::Invalid`] as soon as one field is wrong,
    /// [`NotAnEvent::Doubtful`] when all there is are doubts.
    pub fn read(postback: &Postback<'_>, unit: AmountUnit) -> Result<Self, NotAnEvent> {
        let mut reader = Reader::new(postback);
        let event = collect(&mut reader, unit);
        match (reader.problems(), event) {
            (None, Some(event)) => Ok(event),
            // Without an event there is always a problem that says why.
            (problems, _) => Err(problems.unwrap_or(NotAnEvent::Invalid(Vec::new()))),
        }
    }
}

/// Looks at every field; `None` when a required one is missing, wrong or in doubt.
fn collect(reader: &mut Reader<'_, '_>, unit: AmountUnit) -> Option<Event> {
    let clickid = reader.required("clickid", CLICKID_EXPECTED, text(ClickId::parse));
    let kind = reader.required("event", EVENT_EXPECTED, word(EventKind::parse));
    let status = reader.required("status", STATUS_EXPECTED, word(Status::parse));
    let money = money::read(reader, kind, unit);
    let geo = reader.optional("geo", word(Geo::parse));
    let sub_id_1 = reader.optional("sub_id_1", text(SubId::parse));
    let sub_id_2 = reader.optional("sub_id_2", text(SubId::parse));
    let payment_method = reader.optional("payment_method", word(PaymentMethod::parse));
    let reason = reader.free_text("reason", text(Reason::parse));
    let timestamp = reader.optional("timestamp", word(parse_timestamp));
    let transaction_id = reader.optional("transaction_id", text(TransactionId::parse));
    test_mark::check(reader);
    Some(Event {
        clickid: clickid?,
        kind: kind?,
        status: status?,
        money,
        geo,
        sub_id_1,
        sub_id_2,
        payment_method,
        reason,
        timestamp,
        transaction_id,
    })
}

/// What a field turned out to be.
pub(super) enum Sent<T> {
    /// Not sent, empty or `null`.
    Absent,
    /// Sent, and already reported as wrong or in doubt.
    Unusable,
    /// Sent and good.
    Good(T),
}

impl<T> Sent<T> {
    pub(super) fn good(self) -> Option<T> {
        match self {
            Self::Good(value) => Some(value),
            Self::Absent | Self::Unusable => None,
        }
    }
}

/// Looks at fields one by one and collects what is wrong with them.
pub(super) struct Reader<'p, 'a> {
    postback: &'p Postback<'a>,
    errors: Vec<FieldError>,
    doubts: Vec<Doubt>,
}

impl<'p, 'a> Reader<'p, 'a> {
    fn new(postback: &'p Postback<'a>) -> Self {
        Self {
            postback,
            errors: Vec::new(),
            doubts: Vec::new(),
        }
    }

    /// The field as it was sent, unless there is nothing in it or a macro.
    pub(super) fn sent(&mut self, name: &str) -> Sent<&'p Field<'a>> {
        match self.filled_in(name) {
            None => Sent::Absent,
            Some(field) if is_placeholder(field.value()) => {
                let why =
                    "an unresolved macro of the sending template; have it replaced by the value";
                self.doubt(Doubt::new(
                    name,
                    field.value(),
                    DoubtReason::UnresolvedMacro,
                    why,
                ));
                Sent::Unusable
            }
            Some(field) => Sent::Good(field),
        }
    }

    fn filled_in(&self, name: &str) -> Option<&'p Field<'a>> {
        let field = self.postback.get(name);
        field.filter(|field| field.kind() != Kind::Null && !field.value().is_empty())
    }

    /// Free text is read as it stands: `[fraud]` is somebody's words, a macro there harms nobody,
    /// and keeping a rejection back for it would leave the conversion approved.
    fn free_text<T>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&Field<'_>) -> Result<T, String>,
    ) -> Option<T> {
        let field = self.filled_in(name)?;
        let read = parse(field);
        read.map_err(|expected| self.wrong(name, Some(field.value()), expected))
            .ok()
    }

    /// The field's value, with its mistake reported.
    pub(super) fn read<T>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&Field<'_>) -> Result<T, String>,
    ) -> Sent<T> {
        match self.sent(name) {
            Sent::Absent => Sent::Absent,
            Sent::Unusable => Sent::Unusable,
            Sent::Good(field) => match parse(field) {
                Ok(value) => Sent::Good(value),
                Err(expected) => {
                    self.wrong(name, Some(field.value()), expected);
                    Sent::Unusable
                }
            },
        }
    }

    fn optional<T>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&Field<'_>) -> Result<T, String>,
    ) -> Option<T> {
        self.read(name, parse).good()
    }

    fn required<T>(
        &mut self,
        name: &str,
        expected: &str,
        parse: impl FnOnce(&Field<'_>) -> Result<T, String>,
    ) -> Option<T> {
        let sent = self.read(name, parse);
        if matches!(sent, Sent::Absent) {
            self.missing(name, expected);
        }
        sent.good()
    }

    /// A field whose name is this one but for its case.
    pub(super) fn misnamed(&self, name: &str) -> Option<&'p Field<'a>> {
        let same_but_case = |field: &&Field<'_>| field.name().eq_ignore_ascii_case(name);
        let fields = self.postback.fields().iter();
        fields
            .filter(|field| field.name() != name)
            .find(same_but_case)
    }

    /// A field whose name is this one behind a prefix, whatever its case.
    pub(super) fn behind(&self, prefix: &str, name: &str) -> Option<&'p Field<'a>> {
        let mut fields = self.postback.fields().iter();
        fields.find(|field| {
            let rest = field.name().strip_prefix(prefix);
            rest.is_some_and(|rest| rest.eq_ignore_ascii_case(name))
        })
    }

    /// Reports that a field is not there, and where it probably went.
    pub(super) fn missing(&mut self, name: &str, expected: &str) {
        let received = self.postback.get(name).map(Field::value);
        match self.misnamed(name) {
            Some(field) => {
                let hint = format!(
                    "{expected}; `{}` is not read, names are in lower case",
                    field.name()
                );
                self.wrong(name, received, hint);
            }
            None => self.wrong(name, received, expected),
        }
    }

    /// Reports a wrong field.
    pub(super) fn wrong(
        &mut self,
        name: &str,
        received: Option<&str>,
        expected: impl fmt::Display,
    ) {
        self.errors.push(FieldError::new(name, received, expected));
    }

    /// Reports a field in doubt.
    pub(super) fn doubt(&mut self, doubt: Doubt) {
        self.doubts.push(doubt);
    }

    /// What keeps the postback from being an event.
    fn problems(self) -> Option<NotAnEvent> {
        match (self.errors.is_empty(), self.doubts.is_empty()) {
            (true, true) => None,
            (true, false) => Some(NotAnEvent::Doubtful(self.doubts)),
            (false, _) => {
                let doubts = self.doubts.into_iter().map(FieldError::from);
                Some(NotAnEvent::Invalid(
                    self.errors.into_iter().chain(doubts).collect(),
                ))
            }
        }
    }
}

/// Reads a field whose grammar is strict by itself: a code, a word or a number.
pub(super) fn word<T, E: fmt::Display>(
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> impl FnOnce(&Field<'_>) -> Result<T, String> {
    move |field| parse(field.value()).map_err(|error| error.to_string())
}

/// Reads an id or free text. Whole JSON numbers are taken, digit by digit as they were sent; one
/// with an exponent is an id its encoder has already rounded.
fn text<T, E: fmt::Display>(
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> impl FnOnce(&Field<'_>) -> Result<T, String> {
    move |field| {
        let whole = field.value().bytes().all(|byte| byte.is_ascii_digit());
        match field.kind() {
            Kind::Bool => Err("a text, not true or false".to_owned()),
            Kind::Number if !whole => {
                Err("a text in quotes; numbers may have been rounded".to_owned())
            }
            _ => parse(field.value()).map_err(|error| error.to_string()),
        }
    }
}
