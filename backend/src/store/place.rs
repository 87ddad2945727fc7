//! Where tests keep a store: a place of its own for each, of every kind there is.

use postern_test_postgres::Schema;

use super::Store;
use crate::testing::Folder;

/// A kind of store.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    Sqlite,
    Postgres,
}

/// A place for one store. What it holds goes with it.
pub(crate) enum Place {
    Sqlite(Folder),
    Postgres(Schema),
}

impl Kind {
    /// A new, empty place.
    pub(crate) async fn place(self) -> Place {
        match self {
            Self::Sqlite => Place::Sqlite(Folder::new()),
            Self::Postgres => Place::Postgres(Schema::create()),
        }
    }

    /// A place with its store.
    pub(crate) async fn store(self) -> (Place, Store) {
        let place = self.place().await;
        let store = place.open().await;
        (place, store)
    }
}

impl Place {
    /// Opens the store that is kept here; a second one shares what the first has written.
    pub(crate) async fn open(&self) -> Store {
        Store::open(&self.url()).await.unwrap()
    }

    pub(crate) fn url(&self) -> String {
        match self {
            Self::Sqlite(folder) => folder.url(),
            Self::Postgres(schema) => schema.url(),
        }
    }

    /// Runs a statement past the store.
    pub(crate) async fn run(&self, statement: &'static str) {
        match self {
            Self::Sqlite(folder) => folder.run(statement).await,
            Self::Postgres(schema) => schema.run(statement),
        }
    }
}

/// Runs each story, an `async fn(Kind)`, as a test of its own on every kind of store.
macro_rules! on_every_store {
    ($($story:ident,)+) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $story() {
                super::$story($crate::store::place::Kind::Sqlite).await;
            })+
        }
        mod postgres {
            $(#[tokio::test]
            async fn $story() {
                super::$story($crate::store::place::Kind::Postgres).await;
            })+
        }
    };
}
pub(crate) use on_every_store;
