//! Writes the text of a [`Recipe`] from a request's own fields. Only what was sent goes in.

mod json;
mod params;

use std::borrow::Cow;

use super::recipe::{
    Case, Digits, Envelope, Fields, Names, Order, Recipe, SignAs, Spacing, Stamp, Syntax,
};
use crate::event::placeholder::is_placeholder;
use crate::id::PartnerId;
use crate::request::{EVENT_PATH, Encoding, Kind, Postback, Request, Warning};

/// What came over the wire, as far as a text may be made of it.
pub(super) struct Sent<'a> {
    pub(super) encoding: Encoding,
    pub(super) body: &'a [u8],
    pub(super) query: &'a [u8],
    pub(super) time: Option<&'a [u8]>,
    pub(super) authority: Option<&'a str>,
    pub(super) partner: Option<&'a PartnerId>,
    pub(super) postback: &'a Postback<'a>,
    items: Vec<Item<'a>>,
    spacing: Spacing,
}

/// One field on its way into a text.
#[derive(Clone)]
pub(super) struct Item<'a> {
    name: Cow<'a, str>,
    value: Cow<'a, str>,
    kind: Kind,
    /// As sent; empty for what was added.
    sent_name: &'a str,
    sent_value: &'a str,
}

impl<'a> Sent<'a> {
    pub(super) fn new(
        request: &Request<'a>,
        postback: &'a Postback<'a>,
        authority: Option<&'a str>,
        partner: Option<&'a PartnerId>,
    ) -> Self {
        let items = postback.fields().iter().map(|field| Item {
            name: Cow::Borrowed(field.name()),
            value: Cow::Borrowed(field.value()),
            kind: field.kind(),
            sent_name: field.sent_name(),
            sent_value: field.sent_value(),
        });
        let items: Vec<_> = items.collect();
        let spacing = json::spacing_of(&items, request.body);
        Self {
            encoding: postback.encoding(),
            body: request.body,
            query: request.query,
            time: request.time_header,
            authority,
            partner,
            postback,
            items,
            spacing,
        }
    }

    /// Whether there is such a field.
    pub(super) fn has(&self, name: &str) -> bool {
        self.items.iter().any(|item| item.name == name)
    }

    /// The places and names of all fields but `sign`.
    pub(super) fn names(&self) -> impl Iterator<Item = (usize, String)> {
        let numbered = self.items.iter().enumerate();
        let signed = numbered.filter(|(_, item)| item.name != "sign");
        signed.map(|(place, item)| (place, shown(&item.name)))
    }

    /// The fields whose value is a macro that nobody filled in.
    pub(super) fn macros(&self) -> impl Iterator<Item = String> {
        let left_in = self.items.iter().filter(|item| is_placeholder(&item.value));
        left_in.map(|item| shown(&item.name))
    }

    /// Whether a blank was sent otherwise than so.
    pub(super) fn writes_blanks_unlike(&self, blank: &str) -> bool {
        let other = if blank == "+" { "%20" } else { "+" };
        self.items
            .iter()
            .any(|item| item.sent_value.contains(other))
    }

    /// A field whose name begins with what is left of `&amp;`.
    pub(super) fn field_with_amp(&self) -> Option<String> {
        self.items
            .iter()
            .find_map(|item| item.name.strip_prefix("amp;"))
            .map(shown)
    }

    /// A field whose name an entity had eaten.
    pub(super) fn repaired(&self) -> Option<String> {
        self.postback
            .warnings()
            .iter()
            .find_map(|warning| match warning {
                Warning::RepairedEntity { field } => Some((*field).to_owned()),
                Warning::UnknownField { .. } => None,
            })
    }

    /// The text of a recipe, its signed time included; `None` where it cannot be made.
    pub(super) fn text(&self, recipe: &Recipe) -> Option<Vec<u8>> {
        let mut text = match recipe.syntax {
            Syntax::Raw if self.is_body_itself(recipe) => self.body.to_vec(),
            Syntax::Raw | Syntax::Json
                if self.encoding == Encoding::Json || recipe.syntax == Syntax::Json =>
            {
                json::write(&self.chosen(recipe)?, recipe, self.spacing)
            }
            Syntax::Raw => return None,
            Syntax::Json | Syntax::Params => params::write(&self.chosen(recipe)?, recipe),
            Syntax::Pieces => params::pieces(self.pieces(), recipe.order),
        };
        text = cased(text, recipe.case);
        text = self.enveloped(text, recipe.envelope)?;
        self.stamped(text, recipe.stamp)
    }

    fn is_body_itself(&self, recipe: &Recipe) -> bool {
        let plain = Recipe {
            envelope: recipe.envelope,
            case: recipe.case,
            stamp: recipe.stamp,
            ..Recipe::RAW
        };
        plain == *recipe
    }

    fn pieces(&self) -> &[u8] {
        if self.encoding == Encoding::Query {
            self.query
        } else {
            self.body
        }
    }

    /// The fields a recipe takes, in its order, changed as it says.
    fn chosen(&self, recipe: &Recipe) -> Option<Vec<Item<'a>>> {
        let mut items = self.taken(recipe.fields)?;
        for item in &mut items {
            if recipe.names == Names::WithoutAmp {
                item.strip_amp();
            }
            item.rewrite_digits(recipe.digits);
        }
        if recipe.order == Order::Sorted {
            items.sort_by(|a, b| a.name.cmp(&b.name));
        }
        Some(items)
    }

    fn taken(&self, fields: Fields) -> Option<Vec<Item<'a>>> {
        let is_sign = |item: &Item<'_>| item.name == "sign" || item.name == "amp;sign";
        let numbered = self.items.iter().enumerate();
        let mut items: Vec<_> = match fields {
            Fields::Sign(_) => self.items.clone(),
            Fields::Without(place) => numbered
                .filter(|(n, item)| *n != place && !is_sign(item))
                .map(|(_, item)| item.clone())
                .collect(),
            Fields::WithoutEmpty => self
                .items
                .iter()
                .filter(|item| !item.value.is_empty() && item.kind != Kind::Null && !is_sign(item))
                .cloned()
                .collect(),
            Fields::AllButSign | Fields::WithSource => self
                .items
                .iter()
                .filter(|item| !is_sign(item))
                .cloned()
                .collect(),
        };
        match fields {
            Fields::Sign(sign) => match items.iter_mut().find(|item| is_sign(item)) {
                Some(item) => *item = Item::sign(sign),
                None => items.push(Item::sign(sign)),
            },
            Fields::WithSource => items.push(Item::added(
                "source",
                self.partner?.as_str().to_owned(),
                Kind::Text,
            )),
            _ => {}
        }
        Some(items)
    }

    fn enveloped(&self, text: Vec<u8>, envelope: Envelope) -> Option<Vec<u8>> {
        let before = |start: &str| [start.as_bytes(), &text].concat();
        Some(match envelope {
            Envelope::None => text,
            Envelope::Before(start) => before(start),
            Envelope::After(end) => [&text, end.as_bytes()].concat(),
            Envelope::Trimmed => text.trim_ascii().to_vec(),
            Envelope::Path => before(&format!("{EVENT_PATH}?")),
            Envelope::Url(scheme) => before(&format!("{scheme}{}{EVENT_PATH}?", self.authority?)),
        })
    }

    fn stamped(&self, text: Vec<u8>, stamp: Stamp) -> Option<Vec<u8>> {
        let joined = |parts: [&[u8]; 3]| Some(parts.concat());
        match (stamp, self.time) {
            (Stamp::None, _) | (Stamp::AsSent, None) => Some(text),
            (Stamp::AsSent, Some(time)) => joined([time, b".", &text]),
            (Stamp::Before(between), Some(time)) => joined([time, between.as_bytes(), &text]),
            (Stamp::After(between), Some(time)) => joined([&text, between.as_bytes(), time]),
            (Stamp::Seconds, Some(time)) => joined([
                time.strip_suffix(&time.get(time.len().checked_sub(3)?..)?.to_vec()[..])?,
                b".",
                &text,
            ]),
            (Stamp::FromField, _) => {
                let field = self.items.iter().find(|item| item.name == "timestamp")?;
                joined([field.value.as_bytes(), b".", &text])
            }
            (_, None) => None,
        }
    }
}

impl Item<'_> {
    fn added(name: &'static str, value: String, kind: Kind) -> Self {
        Self {
            name: Cow::Borrowed(name),
            value: Cow::Owned(value),
            kind,
            sent_name: "",
            sent_value: "",
        }
    }

    fn sign(sign: SignAs) -> Self {
        match sign {
            SignAs::Text(value) => Self::added("sign", value.to_owned(), Kind::Text),
            SignAs::Null => Self::added("sign", "null".to_owned(), Kind::Null),
        }
    }

    fn strip_amp(&mut self) {
        if let Some(rest) = self.name.strip_prefix("amp;") {
            self.name = Cow::Owned(rest.to_owned());
            self.sent_name = "";
        }
    }

    /// Writes the amount with other decimals. Other numbers are whole.
    fn rewrite_digits(&mut self, digits: Digits) {
        let (whole, fraction) = self.value.split_once('.').unwrap_or((&self.value, ""));
        let is_number = !whole.is_empty()
            && whole
                .bytes()
                .chain(fraction.bytes())
                .all(|b| b.is_ascii_digit());
        if self.name != "amount" || !is_number {
            return;
        }
        let least = fraction.trim_end_matches('0');
        let fraction = match digits {
            Digits::AsSent => return,
            Digits::Shortest => least.to_owned(),
            Digits::One => format!("{least:0<1}"),
            Digits::Two => format!("{least:0<2}"),
        };
        let dot = if fraction.is_empty() { "" } else { "." };
        self.value = Cow::Owned(format!("{whole}{dot}{fraction}"));
        self.sent_value = "";
    }
}

/// A stranger's name of a field, short enough to repeat.
fn shown(name: &str) -> String {
    crate::request::quoted(name)
}

fn cased(text: Vec<u8>, case: Case) -> Vec<u8> {
    match case {
        Case::AsIs => text,
        Case::Upper => text.to_ascii_uppercase(),
        Case::Lower => text.to_ascii_lowercase(),
    }
}
