//! What each cause is called in plain words, and what to change.

mod words;
mod words_on_text;

use super::Cause;
use crate::sign::Form;

impl Cause {
    /// What is wrong, as a sentence.
    #[must_use]
    pub fn problem(&self) -> String {
        self.words().0
    }

    /// What to change, as a sentence.
    #[must_use]
    pub fn change(&self) -> String {
        self.words().1
    }

    fn words(&self) -> (String, String) {
        let told = match self {
            Self::MediaType(cause) => return with_message(&cause.to_string()),
            Self::Unreadable(cause) => return with_message(&cause.to_string()),
            Self::MangledEntity { field } => return mangled(field),
            Self::MacroLeftIn { field } => return macro_left_in(field),
            Self::SignOtherLength { digits } => return other_length(*digits),
            Self::KeyExpired { key } => return expired(key),
            Self::KeyNotYet { key } => return not_yet(key),
            Self::OtherDigest { digest } => return other_digest(digest),
            Self::FormNotAllowed { form } => return not_allowed(*form),
            Self::FieldNotSigned { field } => return not_signed(field),
            Self::FieldNotSent { field } => return not_sent(field),
            Self::TimeOutside { seconds_apart } => return outside(*seconds_apart),
            other => other.fixed_words(),
        };
        (told.0.to_owned(), told.1.to_owned())
    }
}

fn with_message(message: &str) -> (String, String) {
    let (problem, change) = message.split_once("; ").unwrap_or((message, ""));
    let change = if change.is_empty() {
        "mend it and send it again"
    } else {
        change
    };
    (sentence(problem), sentence(change))
}

fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(letters).chain(['.']).collect()
}

fn mangled(field: &str) -> (String, String) {
    (
        format!("An HTML entity has eaten the start of the parameter `{field}`."),
        format!(
            "Write `&amp;{field}` where the URL stands inside HTML, and a plain `&{field}` everywhere else."
        ),
    )
}

fn macro_left_in(field: &str) -> (String, String) {
    (
        format!("`{field}` holds a macro that nobody filled in."),
        format!(
            "Check the macro's spelling for `{field}` in your system; what is signed must be what is sent after filling in."
        ),
    )
}

fn other_length(digits: usize) -> (String, String) {
    (
        format!("The signature has {digits} hex digits; HMAC-SHA256 has 64."),
        "Use HMAC with SHA-256, and send the whole digest.".to_owned(),
    )
}

fn expired(key: &str) -> (String, String) {
    (
        format!("It was signed with the secret `{key}`, which no longer counts."),
        "Use the secret that was issued in its place.".to_owned(),
    )
}

fn not_yet(key: &str) -> (String, String) {
    (
        format!("It was signed with the secret `{key}`, which does not count yet."),
        "Use the present secret until then.".to_owned(),
    )
}

fn other_digest(digest: &str) -> (String, String) {
    (
        format!("It was made with {digest}."),
        "Use HMAC with SHA-256.".to_owned(),
    )
}

fn not_allowed(form: Form) -> (String, String) {
    (
        format!("It is right in the form `{form}`, which this partner is not set up for."),
        format!("Sign one of the texts below, or ask for the form `{form}` to be allowed."),
    )
}

fn not_signed(field: &str) -> (String, String) {
    (
        format!("`{field}` was sent but is not in the signed text."),
        format!("Sign `{field}` with the other fields, or do not send it."),
    )
}

fn not_sent(field: &str) -> (String, String) {
    (
        format!("`{field}` is in the signed text but was not sent with the other fields."),
        format!("Send `{field}` as a field, or leave it out of the signed text."),
    )
}

fn outside(seconds_apart: u64) -> (String, String) {
    (
        format!("X-RS-Timestamp is {seconds_apart} seconds from the clock here."),
        "Set your clock by NTP, and make the header anew for each try.".to_owned(),
    )
}
