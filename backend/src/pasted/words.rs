//! A shell's command line taken apart into words. Nothing is expanded: a `$` stays a `$`.

use super::NotARequest;

/// The words of a command, quotes and escapes undone; `\` at a line's end joins lines.
pub(crate) fn split(text: &str) -> Result<Vec<String>, NotARequest> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        match c {
            ' ' | '\t' | '\r' | '\n' => words.extend(word.take()),
            '\'' => word
                .get_or_insert_default()
                .push_str(&single(&mut letters)?),
            '"' => word
                .get_or_insert_default()
                .push_str(&double(&mut letters)?),
            // As browsers copy a request: $'…' with C's escapes.
            '$' if letters.peek() == Some(&'\'') => {
                letters.next();
                word.get_or_insert_default()
                    .push_str(&escaped(&mut letters)?);
            }
            '\\' => match letters.next() {
                Some('\n') | None => {}
                Some('\r') => _ = letters.next_if_eq(&'\n'),
                Some(c) => word.get_or_insert_default().push(c),
            },
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    Ok(words)
}

type Letters<'t> = std::iter::Peekable<std::str::Chars<'t>>;

fn single(letters: &mut Letters<'_>) -> Result<String, NotARequest> {
    let mut out = String::new();
    loop {
        match letters.next().ok_or(NotARequest::OpenQuote)? {
            '\'' => return Ok(out),
            c => out.push(c),
        }
    }
}

fn double(letters: &mut Letters<'_>) -> Result<String, NotARequest> {
    let mut out = String::new();
    loop {
        match letters.next().ok_or(NotARequest::OpenQuote)? {
            '"' => return Ok(out),
            '\\' => match letters.next().ok_or(NotARequest::OpenQuote)? {
                '\n' => {}
                c @ ('"' | '\\' | '$' | '`') => out.push(c),
                c => out.extend(['\\', c]),
            },
            c => out.push(c),
        }
    }
}

fn escaped(letters: &mut Letters<'_>) -> Result<String, NotARequest> {
    let mut out = String::new();
    loop {
        match letters.next().ok_or(NotARequest::OpenQuote)? {
            '\'' => return Ok(out),
            '\\' => match letters.next().ok_or(NotARequest::OpenQuote)? {
                'n' => out.push('\n'),
                'r' => out.push('\r'),
                't' => out.push('\t'),
                'u' => out.extend(unicode(letters)),
                c => out.push(c),
            },
            c => out.push(c),
        }
    }
}

/// Four hex digits; what is no character is replaced.
fn unicode(letters: &mut Letters<'_>) -> Option<char> {
    let digits: String = std::iter::from_fn(|| letters.next_if(char::is_ascii_hexdigit))
        .take(4)
        .collect();
    let code = u32::from_str_radix(&digits, 16).ok()?;
    Some(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER))
}
