//! The text of an HTTP request, as a log, a debugger or a specification shows it.

use super::{NotARequest, Pasted, is_url};

pub(super) fn read(text: &str) -> Result<Pasted, NotARequest> {
    let (head, body) = parted(text);
    let mut lines = head.lines();
    let first = lines.next().unwrap_or_default();
    let mut parts = first.split_whitespace();
    let (method, target) = (
        parts.next().unwrap_or_default(),
        parts.next().unwrap_or_default(),
    );
    let mut pasted = Pasted {
        method: method.to_owned(),
        authority: None,
        path: String::new(),
        query: String::new(),
        headers: Vec::new(),
        body: Vec::new(),
    };
    if is_url(target) {
        pasted.aim_at(target)?;
    } else {
        pasted.take_target(target);
    }
    for (n, line) in lines.enumerate() {
        let (name, value) = line.split_once(':').ok_or(NotARequest::NoHeader(n + 2))?;
        pasted
            .headers
            .push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
    }
    pasted.body = sent(body, pasted.header("content-length"))?
        .as_bytes()
        .to_vec();
    Ok(pasted)
}

/// Head and body, parted by the first empty line.
fn parted(text: &str) -> (&str, &str) {
    let ends = [
        text.find("\r\n\r\n").map(|at| (at, 4)),
        text.find("\n\n").map(|at| (at, 2)),
    ];
    let end = ends.into_iter().flatten().min();
    end.map_or((text, ""), |(at, length)| {
        (&text[..at], &text[at + length..])
    })
}

/// The body as it was sent: as long as its header says, else without the one line end that an
/// editor puts behind what is pasted.
fn sent<'t>(body: &'t str, content_length: Option<&str>) -> Result<&'t str, NotARequest> {
    let Some(told) = content_length.and_then(|length| length.parse::<usize>().ok()) else {
        let cut = body.strip_suffix('\n').unwrap_or(body);
        return Ok(cut.strip_suffix('\r').unwrap_or(cut));
    };
    let got = body.len();
    body.get(..told).ok_or(NotARequest::BodyCut { got, told })
}
