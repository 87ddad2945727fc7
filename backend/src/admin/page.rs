//! Lists, a page at a time.

use serde::Serialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::cursor;
use super::query::Parameters;
use crate::store::Slice;

/// Rows on a page where nothing else is asked.
pub(super) const LIMIT_DEFAULT: u32 = 50;

/// Rows on a page at most.
pub(super) const LIMIT_MAX: u32 = 500;

/// Which page is asked for.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct PageParams {
    /// Rows at most.
    #[param(minimum = 1, maximum = 500, default = 50)]
    #[expect(dead_code, reason = "says in the document what `Paging` reads")]
    limit: Option<u32>,
    /// `next` of the page before; without it the list starts.
    #[expect(dead_code, reason = "says in the document what `Paging` reads")]
    cursor: Option<String>,
}

/// What a list goes on behind: the place of its last row.
pub(crate) trait Place: Sized {
    fn to_bytes(&self) -> Vec<u8>;
    fn from_bytes(bytes: &[u8]) -> Option<Self>;
}

impl Place for Uuid {
    fn to_bytes(&self) -> Vec<u8> {
        self.as_bytes().to_vec()
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Self::from_slice(bytes).ok()
    }
}

impl Place for String {
    fn to_bytes(&self) -> Vec<u8> {
        self.as_bytes().to_vec()
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Self::from_utf8(bytes.to_vec()).ok()
    }
}

/// The page that is asked for.
#[derive(Debug)]
pub(crate) struct Paging<P = Uuid> {
    limit: u32,
    /// Where the page before ended.
    pub(crate) after: Option<P>,
    scope: String,
}

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Page<T> {
    /// The rows.
    items: Vec<T>,
    /// What to send as `cursor` for the next page; null where the list ends.
    next: Option<String>,
}

impl<P: Place> Paging<P> {
    pub(crate) fn read(query: &mut Parameters<'_>) -> Option<Self> {
        let scope = query.scope(&["limit", "cursor"]);
        let limit = query.take("limit", |text| {
            let number = text.parse().ok().filter(|n| (1..=LIMIT_MAX).contains(n));
            number.ok_or_else(|| format!("must be a whole number from 1 to {LIMIT_MAX}"))
        });
        let after = query.take("cursor", |text| {
            let place = cursor::read(&scope, text)?;
            P::from_bytes(&place).ok_or_else(cursor::foreign)
        });
        Some(Self {
            limit: limit.unwrap_or(LIMIT_DEFAULT),
            after,
            scope,
        })
    }

    /// How many rows a page shows.
    pub(crate) const fn limit(&self) -> u32 {
        self.limit
    }

    /// What to send as `cursor` to go on behind a place.
    pub(crate) fn cursor(&self, place: &P) -> String {
        cursor::write(&self.scope, &place.to_bytes())
    }

    /// How many rows to ask the store for: one more than is shown tells whether the list goes on.
    pub(super) const fn limit_and_one(&self) -> u32 {
        self.limit + 1
    }

    /// The page of what the store gave when asked for [`Paging::limit_and_one`] rows.
    pub(super) fn page<R, T: From<R>>(&self, mut rows: Vec<R>, place: impl Fn(&R) -> P) -> Page<T> {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let goes_on = rows.len() > limit;
        rows.truncate(limit);
        let last = rows.last().filter(|_| goes_on);
        let next = last.map(|row| self.cursor(&place(row)));
        Page {
            items: rows.into_iter().map(T::from).collect(),
            next,
        }
    }
}

impl Paging {
    /// What to ask the store for, where ids are the places.
    pub(super) const fn slice(&self) -> Slice {
        Slice {
            after: self.after,
            limit: self.limit_and_one(),
        }
    }
}
