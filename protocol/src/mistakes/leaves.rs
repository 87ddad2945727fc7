//! Turning leaves into values, each mistake noted with its path.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use zeroize::Zeroizing;

use super::{Lenient, Mistakes};

/// A required text that a type parses; the error reads as what follows the path.
pub fn text<T, E: ToString>(
    leaf: Lenient<String>,
    path: &str,
    parse: impl FnOnce(&str) -> Result<T, E>,
    mistakes: &mut Mistakes,
) -> Option<T> {
    let text = Zeroizing::new(leaf.required(path, "a text", mistakes)?);
    parse(&text)
        .map_err(|why| mistakes.add(path, why.to_string()))
        .ok()
}

/// A required whole number within bounds, both included.
pub fn whole(
    leaf: Lenient<u64>,
    path: &str,
    range: RangeInclusive<u32>,
    mistakes: &mut Mistakes,
) -> Option<u32> {
    let expected = format!("a whole number from {} to {}", range.start(), range.end());
    let number = u32::try_from(leaf.required(path, &expected, mistakes)?);
    let number = number.ok().filter(|number| range.contains(number));
    if number.is_none() {
        mistakes.add(path, format!("is out of range; give {expected}"));
    }
    number
}

/// A whole number within bounds, or a default where the key is not there.
pub fn whole_or(
    leaf: Lenient<u64>,
    path: &str,
    range: RangeInclusive<u32>,
    default: u32,
    mistakes: &mut Mistakes,
) -> Option<u32> {
    match leaf {
        Lenient::Absent => Some(default),
        leaf => whole(leaf, path, range, mistakes),
    }
}

/// A required list whose length is within bounds, both included; empty where it is none.
pub fn list<T>(
    leaf: Lenient<Vec<T>>,
    path: &str,
    count: RangeInclusive<usize>,
    mistakes: &mut Mistakes,
) -> Vec<T> {
    let Some(items) = leaf.required(path, "a list", mistakes) else {
        return Vec::new();
    };
    if items.len() < *count.start() {
        mistakes.add(path, "is empty; give at least one");
    }
    if items.len() > *count.end() {
        mistakes.add(path, format!("has more than {} items", count.end()));
    }
    items
}

/// Checks each item under its own path and keeps the good ones.
pub fn each<L, T>(
    items: Vec<Lenient<L>>,
    path: &str,
    expected: &str,
    mistakes: &mut Mistakes,
    check: impl Fn(L, &str, &mut Mistakes) -> Option<T>,
) -> Vec<(String, T)> {
    let mut good = Vec::with_capacity(items.len());
    for (n, item) in items.into_iter().enumerate() {
        let path = format!("{path}[{n}]");
        let item = item.required(&path, expected, mistakes);
        if let Some(item) = item.and_then(|item| check(item, &path, mistakes)) {
            good.push((path, item));
        }
    }
    good
}

/// Notes each id that another item of the list has already; the path is that of the item.
pub fn refuse_repeated<'i>(
    ids: impl Iterator<Item = (&'i String, &'i str)>,
    mistakes: &mut Mistakes,
) {
    let mut seen = BTreeSet::new();
    for (path, id) in ids {
        if !seen.insert(id) {
            mistakes.add(
                format!("{path}.id"),
                format!("`{id}` is there already; give each id once"),
            );
        }
    }
}
