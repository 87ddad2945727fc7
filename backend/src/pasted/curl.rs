//! A curl command.

use super::{NotARequest, Pasted, is_url, words};

/// Options that take a value and change nothing that is signed.
const WITH_VALUE: [&str; 16] = [
    "-o",
    "--output",
    "-w",
    "--write-out",
    "-m",
    "--max-time",
    "--connect-timeout",
    "--cacert",
    "--resolve",
    "--connect-to",
    "--interface",
    "--retry",
    "-x",
    "--proxy",
    "-b",
    "--cookie",
];

/// Options without a value that change nothing that is signed.
const FLAGS: [&str; 22] = [
    "-k",
    "--insecure",
    "-s",
    "--silent",
    "-S",
    "--show-error",
    "-v",
    "--verbose",
    "-i",
    "--include",
    "-f",
    "--fail",
    "-L",
    "--location",
    "--compressed",
    "--http1.1",
    "--http2",
    "-sS",
    "-ks",
    "-sk",
    "-4",
    "-6",
];

/// What a command has told so far.
#[derive(Default)]
struct Told {
    method: Option<String>,
    url: Option<String>,
    headers: Vec<(String, String)>,
    data: Vec<String>,
    has_data: bool,
    in_query: bool,
    is_json: bool,
}

pub(super) fn read(text: &str) -> Result<Pasted, NotARequest> {
    let mut told = Told::default();
    let mut words = words::split(text)?.into_iter().skip(1);
    while let Some(word) = words.next() {
        if !word.starts_with('-') || word == "-" {
            told.aim(word)?;
            continue;
        }
        let (option, glued) = parted(&word);
        if glued.is_none() && FLAGS.contains(&option.as_str()) {
            continue;
        }
        if told.switch(&option) {
            continue;
        }
        let mut value = || {
            glued
                .clone()
                .or_else(|| words.next())
                .ok_or_else(|| NotARequest::NoValue(option.clone()))
        };
        if WITH_VALUE.contains(&option.as_str()) {
            value()?;
            continue;
        }
        told.take(&option, &mut value)?;
    }
    told.pasted()
}

/// `--name=value` and `-Xvalue` taken apart.
fn parted(word: &str) -> (String, Option<String>) {
    if let Some((name, value)) = word
        .split_once('=')
        .filter(|(name, _)| name.starts_with("--"))
    {
        return (name.to_owned(), Some(value.to_owned()));
    }
    let short = !word.starts_with("--")
        && ["-X", "-H", "-d", "-A", "-m", "-o"]
            .iter()
            .any(|one| word.starts_with(one));
    match word
        .split_at_checked(2)
        .filter(|(_, value)| short && !value.is_empty())
    {
        Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
        None => (word.to_owned(), None),
    }
}

impl Told {
    fn aim(&mut self, url: String) -> Result<(), NotARequest> {
        let url = if is_url(&url) {
            url
        } else {
            format!("https://{url}")
        };
        match self.url.replace(url) {
            None => Ok(()),
            Some(_) => Err(NotARequest::TwoUrls),
        }
    }

    fn switch(&mut self, option: &str) -> bool {
        let is_get = matches!(option, "-G" | "--get");
        self.in_query |= is_get;
        is_get
    }

    fn take(
        &mut self,
        option: &str,
        value: &mut impl FnMut() -> Result<String, NotARequest>,
    ) -> Result<(), NotARequest> {
        match option {
            "-X" | "--request" => self.method = Some(value()?),
            "-H" | "--header" => self.header(&value()?),
            "-A" | "--user-agent" => self.headers.push(("user-agent".to_owned(), value()?)),
            "--url" => self.aim(value()?)?,
            "-d" | "--data" | "--data-ascii" | "--data-binary" => {
                let data = value()?;
                if data.starts_with('@') {
                    return Err(NotARequest::File(data));
                }
                self.add(data);
            }
            "--data-raw" => self.add(value()?),
            "--data-urlencode" => {
                let data = value()?;
                self.add(urlencoded(&data)?);
            }
            "--json" => {
                let data = value()?;
                if data.starts_with('@') {
                    return Err(NotARequest::File(data));
                }
                self.is_json = true;
                self.add(data);
            }
            other => return Err(NotARequest::UnknownOption(other.to_owned())),
        }
        Ok(())
    }

    fn add(&mut self, data: String) {
        self.has_data = true;
        self.data.push(data);
    }

    /// A header without a colon, or without a value, is taken out by curl.
    fn header(&mut self, header: &str) {
        if let Some((name, value)) = header
            .split_once(':')
            .filter(|(_, value)| !value.trim().is_empty())
        {
            self.headers
                .push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
    }

    fn pasted(self) -> Result<Pasted, NotARequest> {
        let mut pasted = Pasted::get(&self.url.ok_or(NotARequest::NoUrl)?)?;
        pasted.headers = self.headers;
        // Each --json is joined to the one before with nothing between.
        let data = self.data.join(if self.is_json { "" } else { "&" });
        let usual = if self.has_data && !self.in_query {
            "POST"
        } else {
            "GET"
        };
        pasted.method = self.method.unwrap_or_else(|| usual.to_owned());
        if self.in_query {
            let between = if pasted.query.is_empty() || data.is_empty() {
                ""
            } else {
                "&"
            };
            pasted.query = format!("{}{between}{data}", pasted.query);
        } else {
            pasted.body = data.into_bytes();
        }
        if self.has_data && !self.in_query && pasted.header("content-type").is_none() {
            let kind = if self.is_json {
                "application/json"
            } else {
                "application/x-www-form-urlencoded"
            };
            pasted
                .headers
                .push(("content-type".to_owned(), kind.to_owned()));
        }
        if pasted.header("user-agent").is_none() {
            pasted
                .headers
                .push(("user-agent".to_owned(), "curl".to_owned()));
        }
        Ok(pasted)
    }
}

/// As curl does it: `name=content` with the content encoded, `=content` and `content` whole.
fn urlencoded(data: &str) -> Result<String, NotARequest> {
    let (name, content) = match data.split_once('=') {
        Some((name, content)) => (name, content),
        None if data.contains('@') => return Err(NotARequest::File(data.to_owned())),
        None => ("", data),
    };
    let plain =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    let encoded: String = content
        .bytes()
        .map(|byte| {
            if plain(byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect();
    let equals = if name.is_empty() { "" } else { "=" };
    Ok(format!("{name}{equals}{encoded}"))
}
