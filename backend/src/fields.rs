//! Reading a table a person wrote, field by field.
//!
//! Both `postern.toml` and `partners.toml` go through here. Each field is taken once; what is
//! wrong is noted with its place and reading goes on, so that one run shows every mistake. What
//! nobody took is an unknown key, and a mistake as well: a misspelt key must not be ignored.

use std::ops::{Range, RangeInclusive};

use postern_protocol::mistakes::Mistakes;
use toml::{Table, Value};

/// One table while it is read.
pub(crate) struct Fields<'n> {
    path: String,
    table: Table,
    known: Vec<&'static str>,
    taken: Vec<&'static str>,
    notes: &'n mut Mistakes,
}

impl<'n> Fields<'n> {
    /// Starts to read `table`, which stands at `path` (empty for the file itself).
    pub(crate) fn new(path: impl Into<String>, table: Table, notes: &'n mut Mistakes) -> Self {
        Self {
            path: path.into(),
            table,
            known: Vec::new(),
            taken: Vec::new(),
            notes,
        }
    }

    /// The place of the field `name` in words a person finds in the file.
    fn place(&self, name: &str) -> String {
        if self.path.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.path)
        }
    }

    /// Notes a mistake at the field `name`.
    pub(crate) fn wrong(&mut self, name: &str, message: impl Into<String>) {
        let place = self.place(name);
        self.notes.add(place, message);
    }

    fn take(&mut self, name: &'static str) -> Option<Value> {
        self.known.push(name);
        let value = self.table.remove(name)?;
        self.taken.push(name);
        Some(value)
    }

    /// Whether one of `names` was there when it was taken, good or bad.
    pub(crate) fn had_any(&self, names: &[&str]) -> bool {
        self.taken.iter().any(|name| names.contains(name))
    }

    /// Says that `name` is missing, with `what` to write. Call it before the field is taken.
    pub(crate) fn require(&mut self, name: &'static str, what: &str) {
        if !self.table.contains_key(name) {
            self.wrong(name, format!("is missing: {what}"));
        }
    }

    /// A value that any of TOML's types may hold; `read` says what it expects.
    pub(crate) fn value<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&Value) -> Result<T, String>,
    ) -> Option<T> {
        let value = self.take(name)?;
        read(&value)
            .map_err(|message| self.wrong(name, message))
            .ok()
    }

    /// A text, checked by `read`.
    pub(crate) fn text<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        self.value(name, |value| read(as_text(value)?))
    }

    /// A whole number inside `range`.
    pub(crate) fn whole(&mut self, name: &'static str, range: RangeInclusive<u32>) -> Option<u32> {
        self.value(name, |value| {
            let number = value.as_integer().and_then(|n| u32::try_from(n).ok());
            number.filter(|n| range.contains(n)).ok_or_else(|| {
                format!(
                    "must be a whole number from {} to {}",
                    range.start(),
                    range.end()
                )
            })
        })
    }

    /// A list; `read` gets each element in its turn, and each that is wrong is noted by its
    /// number, counted from 1. `None` when the field is missing or anything is wrong with it.
    pub(crate) fn list<T>(
        &mut self,
        name: &'static str,
        read: impl Fn(&Value) -> Result<T, String>,
    ) -> Option<Vec<T>> {
        let Value::Array(values) = self.take(name)? else {
            self.wrong(name, "must be a list: [ … ]");
            return None;
        };
        let mut good = Vec::with_capacity(values.len());
        for (index, value) in values.iter().enumerate() {
            match read(value) {
                Ok(value) => good.push(value),
                Err(message) => self.wrong(&format!("{name}[{}]", index + 1), message),
            }
        }
        (good.len() == values.len()).then_some(good)
    }

    /// A table inside this one.
    pub(crate) fn table(&mut self, name: &'static str) -> Option<Table> {
        self.value(name, |value| {
            value
                .as_table()
                .cloned()
                .ok_or_else(|| "must be a table: { … }".to_owned())
        })
    }

    /// The tables of a list of tables.
    pub(crate) fn tables(&mut self, name: &'static str) -> Option<Vec<Table>> {
        self.list(name, |value| {
            value
                .as_table()
                .cloned()
                .ok_or_else(|| "must be a table: { … }".to_owned())
        })
    }

    /// Where mistakes inside a nested table go.
    pub(crate) fn notes(&mut self) -> &mut Mistakes {
        self.notes
    }

    /// Ends the reading: every key that nobody took is unknown.
    pub(crate) fn finish(self) {
        for key in self.table.keys() {
            let place = self.place(key);
            self.notes.add(
                place,
                format!("is not a known key; known are {}", self.known.join(", ")),
            );
        }
    }
}

/// Reads TOML. What is wrong is told by line and column, without the text that stands there: it
/// may be a secret.
pub(crate) fn parse(text: &str) -> Result<Table, String> {
    text.parse::<Table>()
        .map_err(|error| placed(text, error.span(), error.message()))
}

/// A mistake in `text` by line and column, without the text that stands there.
pub(crate) fn placed(text: &str, span: Option<Range<usize>>, message: &str) -> String {
    let before = span
        .and_then(|span| text.get(..span.start))
        .unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
    format!("line {line}, column {column}: {message}")
}

/// A text, or what to write instead.
pub(crate) fn as_text(value: &Value) -> Result<&str, String> {
    value
        .as_str()
        .ok_or_else(|| "must be a text in quotes".to_owned())
}

#[cfg(test)]
mod tests {
    use postern_protocol::mistakes::Mistakes;

    use super::Fields;

    fn read(text: &str) -> Vec<String> {
        let mut notes = Mistakes::default();
        let table = text.parse().expect("the test's table is TOML");
        let mut fields = Fields::new("gate", table, &mut notes);
        fields.require("width", "the width in metres");
        fields.whole("width", 1..=9);
        fields.text("name", |name| {
            if name.is_empty() {
                Err("is empty".into())
            } else {
                Ok(())
            }
        });
        fields.list("bolts", |bolt| {
            bolt.as_integer().ok_or("must be a number".to_owned())
        });
        fields.finish();
        notes
            .list()
            .iter()
            .map(|m| format!("{}: {}", m.path, m.message))
            .collect()
    }

    #[test]
    fn a_good_table_has_no_mistakes() {
        assert!(read("width = 3\nname = \"east\"\nbolts = [1, 2]").is_empty());
    }

    #[test]
    fn every_mistake_is_told_at_once() {
        assert_eq!(
            read("name = \"\"\nbolts = [1, \"two\", \"three\"]\ncolour = \"red\""),
            [
                "gate.width: is missing: the width in metres",
                "gate.name: is empty",
                "gate.bolts[2]: must be a number",
                "gate.bolts[3]: must be a number",
                "gate.colour: is not a known key; known are width, name, bolts",
            ]
        );
    }

    #[test]
    fn numbers_outside_the_range_and_wrong_types_say_what_to_write() {
        assert_eq!(
            read("width = 10\nname = 7\nbolts = 1"),
            [
                "gate.width: must be a whole number from 1 to 9",
                "gate.name: must be a text in quotes",
                "gate.bolts: must be a list: [ … ]",
            ]
        );
    }
}
