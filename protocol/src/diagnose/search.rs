//! Which text, secret and way of signing give the signature: all within one bounded search, what
//! is wrong in one way before what is wrong in two.

use std::collections::HashSet;

use super::given::Given;
use super::mac::{self, Way};
use super::recipe::{Deviation, Recipe};
use super::secrets::Candidate;
use super::text::Sent;
use super::{Cause, deviations};

/// How much work a diagnosis may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effort {
    /// The most texts made and digests computed, together.
    pub steps: u32,
    /// The most bytes written and hashed, together.
    pub bytes: usize,
}

impl Effort {
    /// At the edge, where one request keeps a worker from others meanwhile.
    pub const EDGE: Self = Self {
        steps: 8_000,
        bytes: 2 << 20,
    };
    /// On a command line, where one person waits.
    pub const PATIENT: Self = Self {
        steps: 400_000,
        bytes: 256 << 20,
    };

    fn take(&mut self, bytes: usize) -> bool {
        let left = self.steps.checked_sub(1).zip(self.bytes.checked_sub(bytes));
        if let Some((steps, bytes)) = left {
            *self = Self { steps, bytes };
        }
        left.is_some()
    }
}

/// A text with its recipe and what is wrong with it.
struct Made {
    recipe: Recipe,
    text: Vec<u8>,
    causes: Vec<Cause>,
}

impl Made {
    fn found(&self, more: impl Iterator<Item = Cause>) -> Found {
        Found {
            text: self.text.clone(),
            causes: self.causes.iter().cloned().chain(more).collect(),
        }
    }
}

/// The text that gives the signature, and what is wrong with how it was made.
pub(super) struct Found {
    pub(super) text: Vec<u8>,
    pub(super) causes: Vec<Cause>,
}

/// What the search came to.
pub(super) enum Outcome {
    Found(Found),
    NotFound,
    /// The effort was spent first.
    Spent,
}

/// Where a signature is looked for.
pub(super) struct Search<'s> {
    pub(super) sent: &'s Sent<'s>,
    pub(super) given: &'s Given,
    pub(super) live: &'s [Candidate],
    pub(super) others: &'s [Candidate],
    pub(super) effort: Effort,
}

/// The effort was spent.
struct Spent;

type Step = Result<Option<Found>, Spent>;

impl Search<'_> {
    /// Looks under every form (`bases`) and every deviation from them.
    pub(super) fn run(mut self, bases: Vec<(Recipe, Vec<Cause>)>) -> Outcome {
        match self.stages(bases) {
            Ok(Some(found)) => Outcome::Found(found),
            Ok(None) => Outcome::NotFound,
            Err(Spent) => Outcome::Spent,
        }
    }

    fn stages(&mut self, bases: Vec<(Recipe, Vec<Cause>)>) -> Step {
        let (live, others) = (self.live, self.others);
        let mut seen = HashSet::new();
        let mut plain = Vec::new();
        for (recipe, causes) in bases {
            plain.extend(self.make(recipe, causes, &mut seen)?);
        }
        if let Some(found) = self.among(&plain, live, &[Way::Hmac])? {
            return Ok(Some(found));
        }
        let all = deviations::of(self.sent);
        let once = self.deviate(&plain, &all, &mut seen)?;
        let found = match self.among(&once, live, &[Way::Hmac])? {
            None => self.among(&plain, others, &[Way::Hmac])?,
            found => found,
        };
        if found.is_some() {
            return Ok(found);
        }
        for (texts, keys, ways) in [
            (&plain, live, &mac::OTHERS[..]),
            (&once, others, &[Way::Hmac]),
            (&plain, others, &mac::OTHERS[..]),
            (&once, live, &mac::OTHERS[..]),
        ] {
            if let Some(found) = self.among(texts, keys, ways)? {
                return Ok(Some(found));
            }
        }
        self.twice(&plain, &all, &mut seen)
    }

    /// Two deviations at once, tried as they are made: there may be thousands.
    fn twice(&mut self, plain: &[Made], all: &[Deviation], seen: &mut HashSet<Vec<u8>>) -> Step {
        for base in plain {
            for (n, first) in all.iter().enumerate() {
                let recipe = base.recipe.with(first.setting);
                for second in all
                    .iter()
                    .skip(n + 1)
                    .filter(|second| first.goes_with(second))
                {
                    let causes = [first, second].map(|deviation| deviation.cause.clone());
                    let causes = [&base.causes[..], &causes].concat();
                    let Some(made) = self.make(recipe.with(second.setting), causes, seen)? else {
                        continue;
                    };
                    if let Some(found) = self.among(&[made], self.live, &[Way::Hmac])? {
                        return Ok(Some(found));
                    }
                }
            }
        }
        Ok(None)
    }

    fn deviate(
        &mut self,
        plain: &[Made],
        all: &[Deviation],
        seen: &mut HashSet<Vec<u8>>,
    ) -> Result<Vec<Made>, Spent> {
        let mut once = Vec::new();
        for deviation in all {
            for base in plain {
                let causes = [&base.causes[..], std::slice::from_ref(&deviation.cause)].concat();
                once.extend(self.make(base.recipe.with(deviation.setting), causes, seen)?);
            }
        }
        Ok(once)
    }

    /// A recipe's text, once: the same text with more causes is passed over.
    fn make(
        &mut self,
        recipe: Recipe,
        causes: Vec<Cause>,
        seen: &mut HashSet<Vec<u8>>,
    ) -> Result<Option<Made>, Spent> {
        let Some(text) = self.sent.text(&recipe) else {
            return Ok(None);
        };
        if !self.effort.take(text.len()) {
            return Err(Spent);
        }
        if !seen.insert(text.clone()) {
            return Ok(None);
        }
        Ok(Some(Made {
            recipe,
            text,
            causes,
        }))
    }

    fn among(&mut self, texts: &[Made], keys: &[Candidate], ways: &[Way]) -> Step {
        for made in texts {
            for &way in ways {
                for key in keys {
                    if !self.effort.take(made.text.len()) {
                        return Err(Spent);
                    }
                    if mac::fits(way, &key.bytes, &made.text, &self.given.tag) {
                        let (key, way) = (key.cause.clone(), way.cause());
                        return Ok(Some(made.found(key.into_iter().chain(way))));
                    }
                }
            }
        }
        Ok(None)
    }
}
