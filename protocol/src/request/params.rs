//! Form and query parameters: `name=value` joined by `&`, nothing else.
//!
//! `;` separates nothing. Empty pieces (`a=1&&b=2`, a trailing `&`) are passed over. A piece
//! without `=` is a parameter with an empty value.

use super::percent::decode;
use super::unreadable::quoted;
use super::{Field, Kind, Unreadable, Warning, repair};
use crate::limits::MAX_FIELDS;

/// Reads parameters and puts back the names that HTML entities have eaten.
pub(super) fn read<'a>(
    text: &'a [u8],
    warnings: &mut Vec<Warning>,
) -> Result<Vec<Field<'a>>, Unreadable> {
    let text = utf8(text)?;
    let mut fields = Vec::with_capacity(16);
    for piece in text.split('&') {
        let mut rest = piece;
        while let Some(mangled) = repair::find(rest) {
            push(&mut fields, mangled.before)?;
            // Everything up to the next entity, or to the end, is the repaired one's value.
            let value_end =
                repair::find(mangled.value).map_or(mangled.value.len(), |m| m.before.len());
            let (value, after) = mangled.value.split_at(value_end);
            push_pair(&mut fields, mangled.field, value)?;
            warnings.push(Warning::RepairedEntity {
                field: mangled.field,
            });
            rest = after;
        }
        push(&mut fields, rest)?;
    }
    Ok(fields)
}

/// Reads the query that stands beside a body, where nothing is repaired.
pub(super) fn read_beside_body(query: &[u8]) -> Result<Vec<Field<'_>>, Unreadable> {
    let mut fields = Vec::new();
    for piece in utf8(query)?.split('&') {
        push(&mut fields, piece)?;
    }
    Ok(fields)
}

fn utf8(text: &[u8]) -> Result<&str, Unreadable> {
    let text = std::str::from_utf8(text).map_err(|_| Unreadable::NotUtf8)?;
    if text.starts_with('\u{feff}') {
        return Err(Unreadable::ByteOrderMark);
    }
    Ok(text)
}

fn push<'a>(fields: &mut Vec<Field<'a>>, piece: &'a str) -> Result<(), Unreadable> {
    if piece.is_empty() {
        return Ok(());
    }
    let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
    push_pair(fields, name, value)
}

fn push_pair<'a>(
    fields: &mut Vec<Field<'a>>,
    sent_name: &'a str,
    sent_value: &'a str,
) -> Result<(), Unreadable> {
    if fields.len() == MAX_FIELDS {
        return Err(Unreadable::TooManyFields);
    }
    let name = decode(sent_name)?;
    let value = decode(sent_value).map_err(|cause| match cause {
        Unreadable::BadPercent { .. } => Unreadable::BadPercent {
            field: quoted(&name),
        },
        other => other,
    })?;
    fields.push(Field {
        name,
        value,
        kind: Kind::Text,
        sent_name,
        sent_value,
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{form, get, pairs, read as read_request, refusal};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn parameters_keep_both_what_was_sent_and_what_it_means() {
        let postback = read_request(&get("sub_id_1=a%20b+c&%63lickid=x&amount=&geo"));
        assert_eq!(
            pairs(&postback),
            ["sub_id_1=a b c", "clickid=x", "amount=", "geo="]
        );
        let sent: Vec<_> = postback
            .fields()
            .iter()
            .map(|f| (f.sent_name(), f.sent_value()))
            .collect();
        assert_eq!(
            sent,
            [
                ("sub_id_1", "a%20b+c"),
                ("%63lickid", "x"),
                ("amount", ""),
                ("geo", "")
            ]
        );
    }

    #[test]
    fn only_the_ampersand_separates_and_only_the_first_equals_sign_splits() {
        assert_eq!(
            pairs(&read_request(&get("clickid=a;b=c&geo=d=e"))),
            ["clickid=a;b=c", "geo=d=e"]
        );
        assert_eq!(
            pairs(&read_request(&form("&clickid=1&&geo=2&"))),
            ["clickid=1", "geo=2"]
        );
    }

    #[test]
    fn the_pages_own_url_is_read_as_it_stands() {
        let page = "clickid=abc&event=ftd&status=approved&amount=50.00¤cy=USD&sign=00";
        for url in [
            page.to_owned(),
            page.replace('¤', "%C2%A4"),
            page.replace('¤', "%A4"),
        ] {
            let postback = read_request(&get(&url));
            assert_eq!(postback.get("amount").unwrap().value(), "50.00");
            let currency = postback.get("currency").unwrap();
            assert_eq!(
                (
                    currency.value(),
                    currency.sent_name(),
                    currency.sent_value()
                ),
                ("USD", "currency", "USD")
            );
            assert_eq!(
                postback.warnings(),
                [Warning::RepairedEntity { field: "currency" }]
            );
        }
    }

    #[test]
    fn several_eaten_names_in_one_piece_are_all_put_back() {
        let postback = read_request(&form("clickid=a&amount=5¤cy=USD×tamp=17&geo=DE"));
        assert_eq!(
            pairs(&postback),
            [
                "clickid=a",
                "amount=5",
                "currency=USD",
                "timestamp=17",
                "geo=DE"
            ]
        );
        assert_eq!(postback.warnings().len(), 2);
    }

    #[test]
    fn an_eaten_name_may_follow_an_ampersand() {
        assert_eq!(
            pairs(&read_request(&get("amount=5&%A4cy=USD"))),
            ["amount=5", "currency=USD"]
        );
    }

    #[test]
    fn a_repair_cannot_bring_a_name_in_twice() {
        let refused = refusal(&get("amount=5¤cy=USD&currency=EUR"));
        assert_eq!(
            refused,
            Unreadable::DuplicateField {
                field: "currency".to_owned()
            }
        );
    }
}
