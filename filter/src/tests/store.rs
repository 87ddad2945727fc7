//! Shared data with exact compare-and-swap, that tells who asked for what.

use crate::host::{Shared, SharedData};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;

/// Shared data as Envoy keeps it.
#[derive(Default)]
pub(crate) struct Store {
    values: RefCell<HashMap<String, Shared>>,
    writes: Cell<u32>,
    reads: RefCell<Vec<String>>,
    /// So many swaps from now on come too late: another worker writes the same value just before.
    pub(crate) rivals: Cell<u32>,
}

impl Store {
    fn write(&self, key: &str, value: &[u8]) {
        self.writes.set(self.writes.get() + 1);
        let (value, ticket) = (value.to_vec(), self.writes.get());
        self.values
            .borrow_mut()
            .insert(key.to_owned(), Shared { value, ticket });
    }

    /// How often keys that start so were read.
    pub(crate) fn asked_for(&self, start: &str) -> usize {
        let reads = self.reads.borrow();
        reads.iter().filter(|key| key.starts_with(start)).count()
    }

    pub(crate) fn keys(&self) -> usize {
        self.values.borrow().len()
    }
}

impl SharedData for Store {
    fn read(&self, key: &str) -> Option<Shared> {
        self.reads.borrow_mut().push(key.to_owned());
        self.values.borrow().get(key).cloned()
    }

    fn swap(&self, key: &str, value: &[u8], ticket: Option<u32>) -> bool {
        if let Some(left) = self.rivals.get().checked_sub(1) {
            self.rivals.set(left);
            let stored = self.values.borrow().get(key).cloned();
            let same = stored.map_or_else(|| value.to_vec(), |shared| shared.value);
            self.write(key, &same);
        }
        let fits = self.values.borrow().get(key).map(|shared| shared.ticket) == ticket;
        if fits {
            self.write(key, value);
        }
        fits
    }
}
