//! What came of a run: for people step by step, for programs as JSON.

use std::fmt;

use serde::Serialize;

/// The version of the JSON; it counts up when a name changes its meaning or goes away.
pub const SUITE_VERSION: u32 = 1;

/// The width of names and titles in a line.
const NAME_CHARS: usize = 16;
const TITLE_CHARS: usize = 40;

/// A whole run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SuiteTold {
    /// [`SUITE_VERSION`].
    pub version: u32,
    /// Whether each step was answered as it should be.
    pub ok: bool,
    /// Who posted.
    pub partner: String,
    /// Where to.
    pub gate: String,
    /// When, RFC 3339 in UTC.
    pub at: String,
    /// The form each postback was signed in.
    pub form: &'static str,
    /// How the fields were written.
    pub encoding: &'static str,
    /// The secret the gate knew it by, by its name; none where it did not say.
    pub key: Option<String>,
    /// The version of the program that ran it.
    pub program: &'static str,
    /// What was sent, in its order.
    pub steps: Vec<StepTold>,
    /// Steps that were not sent, as one before them failed that all rest on.
    pub unsent: Vec<&'static str>,
    /// The line by which the operator pins the form.
    pub pin: String,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StepTold {
    /// Its stable name.
    pub name: &'static str,
    /// What was sent, in plain words.
    pub title: &'static str,
    /// Whether the answer is the expected one.
    pub ok: bool,
    /// The answer it should have had, in words.
    pub expected: String,
    /// The answer it had, in words.
    pub answer: String,
    /// The request id in the gate's log; none where nobody answered.
    pub request_id: Option<String>,
    /// The id of the delivery that was kept.
    pub delivery: Option<String>,
    /// What to do, where it is not as expected.
    pub advice: Option<&'static str>,
}

impl SuiteTold {
    /// How many steps were answered as they should be.
    #[must_use]
    pub fn passed(&self) -> usize {
        self.steps.iter().filter(|step| step.ok).count()
    }

    /// How many steps there are.
    #[must_use]
    pub fn all(&self) -> usize {
        self.steps.len() + self.unsent.len()
    }

    /// As JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Texts always have a JSON form.
        serde_json::to_string_pretty(self).unwrap_or_default()
    }
}

impl fmt::Display for StepTold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = if self.ok { '✓' } else { '✗' };
        write!(
            f,
            "{mark} {:NAME_CHARS$} {:TITLE_CHARS$} ",
            self.name, self.title
        )?;
        if self.ok {
            return f.write_str(&self.expected);
        }
        writeln!(f)?;
        writeln!(f, "    expected  {}", self.expected)?;
        write!(f, "    answer    {}", self.answer)?;
        if let Some(advice) = self.advice {
            write!(f, "\n    do        {advice}")?;
        }
        if let Some(id) = &self.request_id {
            write!(f, "\n    request   {id}")?;
        }
        Ok(())
    }
}

/// What stands below the steps.
impl fmt::Display for SuiteTold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "\n{} of {} steps are as they should be",
            self.passed(),
            self.all()
        )?;
        if !self.unsent.is_empty() {
            writeln!(
                f,
                "not sent, as they rest on what failed: {}",
                self.unsent.join(", ")
            )?;
        }
        match self.ok {
            true => write!(f, "the operator pins the form by this line: {}", self.pin),
            false => f.write_str("mend what is marked ✗ and run it again; nothing was booked"),
        }
    }
}
