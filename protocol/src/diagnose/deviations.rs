//! What may have been done differently from a form, the likeliest first.

use super::Cause;
use super::encoders::{DOTNET, GO, PERCENT_ENCODERS, PHP, PHP_HEX, PHP_UTF8, PLAIN, PYTHON, UPPER};
use super::recipe::{
    Case, Deviation, Digits, Encoder, Envelope, Escapes, Fields, Join, Names, Order, Quotes,
    Setting, SignAs, Spacing, Stamp, Syntax, Values,
};
use super::text::Sent;
use crate::request::Encoding;

/// Of so many fields each is tried as the one that was not signed; more would eat the tries up.
const MAX_FIELDS_LEFT_OUT: usize = 20;

/// Every deviation that applies to a request.
pub(super) fn of(sent: &Sent<'_>) -> Vec<Deviation> {
    let is_json = sent.encoding == Encoding::Json;
    let mut all = Vec::with_capacity(80);
    shape(&mut all, is_json);
    if is_json {
        json(&mut all);
    } else {
        params(&mut all, sent);
    }
    fields(&mut all, sent);
    common(&mut all, sent);
    all
}

fn push(all: &mut Vec<Deviation>, setting: Setting, cause: Cause) {
    all.push(Deviation { setting, cause });
}

fn shape(all: &mut Vec<Deviation>, is_json: bool) {
    push(
        all,
        Setting::Envelope(Envelope::Trimmed),
        Cause::NewlineSent,
    );
    if is_json {
        push(
            all,
            Setting::Spacing(Spacing::AfterBoth),
            Cause::BlanksSigned,
        );
        push(all, Setting::Spacing(Spacing::Compact), Cause::BlanksSent);
        for indent in ["  ", "    ", "\t"] {
            let lines = Spacing::Lines(indent);
            push(all, Setting::Spacing(lines), Cause::PrettyPrinted);
        }
        push(
            all,
            Setting::Spacing(Spacing::AfterComma),
            Cause::BlanksSigned,
        );
        push(
            all,
            Setting::Spacing(Spacing::AfterColon),
            Cause::BlanksSigned,
        );
    }
    for end in ["\n", "\r\n"] {
        push(
            all,
            Setting::Envelope(Envelope::After(end)),
            Cause::NewlineSigned,
        );
    }
    // After those above: a body signed as sent is in its own order anyway.
    push(all, Setting::Order(Order::AsSent), Cause::Unsorted);
}

fn json(all: &mut Vec<Deviation>) {
    let encoders = [
        (PHP_UTF8, Cause::SlashesEscaped),
        (PHP, Cause::SlashesEscaped),
        (PYTHON, Cause::UnicodeEscapes),
        (PLAIN, Cause::UnicodeEscapes),
        (UPPER, Cause::UnicodeEscapes),
        (GO, Cause::HtmlEscapes),
        (PHP_HEX, Cause::HtmlEscapes),
        (DOTNET, Cause::HtmlEscapes),
    ];
    escapes(all, &encoders);
    for name in [Some("amount"), Some("timestamp"), None] {
        for quotes in [Quotes::Number(name), Quotes::Text(name)] {
            push(all, Setting::Quotes(quotes), Cause::NumberOrText);
        }
    }
    push(
        all,
        Setting::Syntax(Syntax::Params),
        Cause::SignedAsParameters,
    );
}

fn escapes(all: &mut Vec<Deviation>, encoders: &[(Encoder, Cause)]) {
    for (encoder, cause) in encoders {
        push(all, Setting::Escapes(Escapes::By(*encoder)), cause.clone());
    }
}

fn params(all: &mut Vec<Deviation>, sent: &Sent<'_>) {
    percent_encoders(all, sent);
    push(
        all,
        Setting::Values(Values::DecodedTwice),
        Cause::EncodedTwice,
    );
    if let Some(field) = sent.field_with_amp() {
        push(
            all,
            Setting::Names(Names::WithoutAmp),
            Cause::MangledEntity { field },
        );
    }
    if let Some(field) = sent.repaired() {
        push(
            all,
            Setting::Syntax(Syntax::Pieces),
            Cause::MangledEntity { field },
        );
    }
    push(all, Setting::Syntax(Syntax::Json), Cause::SignedAsJson);
    // They show only together with the one before.
    let encoders = [
        (PYTHON, Cause::UnicodeEscapes),
        (PHP, Cause::SlashesEscaped),
    ];
    escapes(all, &encoders);
    for envelope in [
        Envelope::Before("?"),
        Envelope::Path,
        Envelope::Url("https://"),
        Envelope::Url("http://"),
    ] {
        push(all, Setting::Envelope(envelope), Cause::UrlSigned);
    }
    joins(all);
}

fn percent_encoders(all: &mut Vec<Deviation>, sent: &Sent<'_>) {
    for percent in PERCENT_ENCODERS {
        let cause = if sent.writes_blanks_unlike(percent.blank) {
            Cause::PlusOrPercent20
        } else {
            Cause::EncodedDifferently
        };
        push(all, Setting::Values(Values::Encoded(percent)), cause);
    }
}

fn joins(all: &mut Vec<Deviation>) {
    push(
        all,
        Setting::Envelope(Envelope::After("&")),
        Cause::JoinedDifferently,
    );
    for between in ["", "|", ",", ";", "\n", "&amp;", ":"] {
        push(
            all,
            Setting::Join(Join::By(between)),
            Cause::JoinedDifferently,
        );
    }
    push(all, Setting::Join(Join::Bare), Cause::JoinedDifferently);
    for between in ["", "|", ":", ",", ";", "&", "."] {
        push(
            all,
            Setting::Join(Join::ValuesBy(between)),
            Cause::NamesLeftOut,
        );
    }
}

fn fields(all: &mut Vec<Deviation>, sent: &Sent<'_>) {
    let signs = [
        SignAs::Text(""),
        SignAs::Null,
        SignAs::Text("hmac_sha256_hex"),
        SignAs::Text("{sign}"),
        SignAs::Text("sign"),
    ];
    for sign in signs {
        push(all, Setting::Fields(Fields::Sign(sign)), Cause::SignInText);
    }
    push(
        all,
        Setting::Fields(Fields::WithoutEmpty),
        Cause::EmptyLeftOut,
    );
    if !sent.has("source") {
        let cause = Cause::FieldNotSent { field: "source" };
        push(all, Setting::Fields(Fields::WithSource), cause);
    }
    for (place, field) in sent.names().take(MAX_FIELDS_LEFT_OUT) {
        let cause = Cause::FieldNotSigned { field };
        push(all, Setting::Fields(Fields::Without(place)), cause);
    }
}

fn common(all: &mut Vec<Deviation>, sent: &Sent<'_>) {
    for digits in [Digits::Shortest, Digits::One, Digits::Two] {
        push(all, Setting::Digits(digits), Cause::NumberReformatted);
    }
    for case in [Case::Lower, Case::Upper] {
        push(all, Setting::Case(case), Cause::TextCase);
    }
    if sent.time.is_none() {
        push(all, Setting::Stamp(Stamp::FromField), Cause::TimeNotSent);
        return;
    }
    push(all, Setting::Stamp(Stamp::None), Cause::TimeNotSigned);
    push(
        all,
        Setting::Stamp(Stamp::Seconds),
        Cause::TimeInMilliseconds,
    );
    for between in ["", ":", "\n", "&"] {
        push(
            all,
            Setting::Stamp(Stamp::Before(between)),
            Cause::TimeJoinedDifferently,
        );
    }
    for between in [".", "", ":"] {
        push(
            all,
            Setting::Stamp(Stamp::After(between)),
            Cause::TimeJoinedDifferently,
        );
    }
}
