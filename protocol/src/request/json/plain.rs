//! The JSON that nearly everybody sends, read in one pass: an object without escapes or line breaks, its values texts and
//! plain numbers. Whatever else there is goes to the general reader, which also says what is wrong with it. Each
//! instruction of the gate is paid on every request, and the general reader looks at each token several times.

use std::borrow::Cow;

use crate::limits::MAX_FIELDS;
use crate::request::{Field, Kind};

/// The fields of such an object; `None` for anything else. What is read here, the general reader reads the same.
pub(super) fn read(text: &str) -> Option<Vec<Field<'_>>> {
    // The whole text without an early end: such a loop runs many bytes at a time.
    let uncommon = |any, b: &u8| any | (*b == b'\\') | (*b < b' ');
    if text.as_bytes().iter().fold(false, uncommon) {
        return None;
    }
    let mut cursor = Cursor { text, at: 0 };
    let mut fields = Vec::with_capacity(16);
    cursor.take(b'{')?;
    loop {
        fields.push(cursor.member()?);
        match cursor.next()? {
            b',' if fields.len() < MAX_FIELDS => {}
            b'}' => break,
            _ => return None,
        }
    }
    cursor.is_at_end().then_some(fields)
}

/// A place in the text. Each step fails on what is not plain.
struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    fn member(&mut self) -> Option<Field<'a>> {
        self.take(b'"')?;
        let (sent_name, name) = self.text_on()?;
        self.take(b':')?;
        let (kind, sent_value, value) = match self.next()? {
            b'"' => {
                let (sent_value, value) = self.text_on()?;
                (Kind::Text, sent_value, value)
            }
            first => {
                let (kind, token) = self.word_on(first)?;
                (kind, token, token)
            }
        };
        Some(Field {
            name: Cow::Borrowed(name),
            value: Cow::Borrowed(value),
            kind,
            sent_name,
            sent_value,
        })
    }

    /// The next byte that is no space, stepped over.
    fn next(&mut self) -> Option<u8> {
        loop {
            let byte = *self.text.as_bytes().get(self.at)?;
            self.at += 1;
            if byte != b' ' {
                return Some(byte);
            }
        }
    }

    fn take(&mut self, expected: u8) -> Option<()> {
        (self.next()? == expected).then_some(())
    }

    /// The rest of a text whose opening quote was stepped over: with its quotes, and without.
    fn text_on(&mut self) -> Option<(&'a str, &'a str)> {
        let start = self.at;
        let end = start + first_quote(self.text.as_bytes().get(start..)?)?;
        self.at = end + 1;
        Some((
            self.text.get(start - 1..self.at)?,
            self.text.get(start..end)?,
        ))
    }

    /// A number, `true`, `false` or `null` whose first byte was stepped over.
    fn word_on(&mut self, first: u8) -> Option<(Kind, &'a str)> {
        let rest = self.text.get(self.at - 1..)?;
        let (kind, length) = match first {
            b't' if rest.starts_with("true") => (Kind::Bool, "true".len()),
            b'f' if rest.starts_with("false") => (Kind::Bool, "false".len()),
            b'n' if rest.starts_with("null") => (Kind::Null, "null".len()),
            _ => (Kind::Number, plain_number(rest.as_bytes())?),
        };
        self.at += length - 1;
        Some((kind, rest.get(..length)?))
    }

    fn is_at_end(&mut self) -> bool {
        self.next().is_none()
    }
}

/// Length of the number at the start: digits, perhaps a sign and a fraction. Where more of it follows, such as an
/// exponent, no member ends there, and the text is not plain.
fn plain_number(text: &[u8]) -> Option<usize> {
    let sign = usize::from(text.first() == Some(&b'-'));
    let whole = digits(text, sign);
    let is_padded = whole > 1 && text.get(sign) == Some(&b'0');
    if whole == 0 || is_padded {
        return None;
    }
    let end = sign + whole;
    if text.get(end) != Some(&b'.') {
        return Some(end);
    }
    let fraction = digits(text, end + 1);
    (fraction > 0).then_some(end + 1 + fraction)
}

fn digits(text: &[u8], from: usize) -> usize {
    let text = text.get(from..).unwrap_or_default();
    text.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

/// Where the first quote stands, looked for in eight bytes at a time.
fn first_quote(text: &[u8]) -> Option<usize> {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    const HIGH_BITS: u64 = ONES << 7;
    const QUOTES: u64 = u64::from_le_bytes([b'"'; 8]);
    let (words, rest) = text.as_chunks::<8>();
    for (n, word) in words.iter().enumerate() {
        // Zero where a quote is. Subtracting borrows through the first zero; what lies before it stays exact.
        let differing = u64::from_le_bytes(*word) ^ QUOTES;
        let zeros = differing.wrapping_sub(ONES) & !differing & HIGH_BITS;
        if zeros != 0 {
            return Some(8 * n + zeros.trailing_zeros() as usize / 8);
        }
    }
    let in_rest = rest.iter().position(|byte| *byte == b'"')?;
    Some(8 * words.len() + in_rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn what_is_usually_sent_is_plain() {
        for body in [
            r#"{"clickid":"abc","amount":50.00,"timestamp":1717000000,"geo":null,"x":true,"y":-0.5}"#,
            r#" { "clickid" : "é €, {not} an end: ]" , "" : false } "#,
        ] {
            let fields = read(body).expect(body);
            assert_eq!(Ok(fields), super::super::read_any(body), "{body}");
        }
    }

    #[test]
    fn what_is_broken_or_uncommon_is_left_to_the_general_reader() {
        let many = format!("{{{}\"z\":1}}", r#""a":1,"#.repeat(MAX_FIELDS));
        for body in [
            "",
            "{",
            "{}",
            r#"{"a""#,
            r#"{"a":"#,
            r#"{"a":}"#,
            r#"{"a":1"#,
            r#"{"a":1,}"#,
            r#"{"a":"b}"#,
            r#"{"a":1}x"#,
            r#"{"a":01}"#,
            r#"{"a":-}"#,
            r#"{"a":1.}"#,
            r#"{"a":1e5}"#,
            r#"{"a":truex}"#,
            r#"{"a":tru}"#,
            r#"{"a":{}}"#,
            r#"{"a":[]}"#,
            r#"{a:1}"#,
            r#"["a"]"#,
            r#"{"a":"\n"}"#,
            "{\"a\":1}\n",
            "{\"a\":\"\u{0}\"}",
            &many,
        ] {
            assert!(read(body).is_none(), "{body}");
        }
    }

    #[test]
    fn a_quote_is_found_wherever_it_stands() {
        for length in 0..40 {
            for place in 0..length {
                // Bytes that differ from a quote in one bit, on both sides of it.
                let mut text = vec![b'#'; length];
                text[place] = b'"';
                assert_eq!(first_quote(&text), Some(place), "{length}");
                text[place] = b'!';
                assert_eq!(first_quote(&text), None, "{length}");
            }
        }
    }

    #[cfg(not(target_arch = "wasm32"))]
    mod properties {
        use proptest::prelude::*;

        /// Pieces a body may be made of, right or wrong.
        const PIECES: [&str; 26] = [
            "{",
            "}",
            "\"",
            "\"a\"",
            "\"b\"",
            ":",
            ",",
            " ",
            "\"a\":",
            ",\"c\":",
            "\"é €\"",
            "0",
            "17",
            "-",
            ".",
            "2.50",
            "e",
            "1e5",
            "true",
            "false",
            "null",
            "[",
            "]",
            "\\",
            "\n",
            "x",
        ];

        fn value() -> impl Strategy<Value = String> {
            prop_oneof![
                4 => "\"[ -\\[\\]-~é]{0,12}\"",
                2 => "-?[0-9]{1,4}(\\.[0-9]{0,2})?",
                1 => "(true|false|null|tru|nul|-|e1|)",
            ]
        }

        proptest! {
            #[test]
            fn both_readers_read_the_same(
                members in prop::collection::vec(("[a-z\"]{0,4}", value(), " {0,2}"), 0..6),
                end in "(\\}| \\} |\\}\\}|,\\}|)",
            ) {
                let members: Vec<_> = members.iter().map(|(name, value, gap)| format!("{gap}\"{name}\":{gap}{value}{gap}")).collect();
                agree(&format!("{{{}{end}", members.join(",")))?;
            }

            #[test]
            fn both_readers_read_the_same_in_rubble(pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 0..14)) {
                agree(&pieces.concat())?;
                agree(&format!("{{{}}}", pieces.concat()))?;
            }
        }

        fn agree(body: &str) -> Result<(), TestCaseError> {
            if let Some(fields) = super::read(body) {
                prop_assert_eq!(Ok(fields), super::super::super::read_any(body), "{}", body);
            }
            Ok(())
        }
    }
}
