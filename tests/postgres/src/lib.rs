//! A real PostgreSQL for tests: started in a folder of its own from the programs that are
//! installed, with its durability as it ships, and gone when the tests are.
//!
//! Most tests want [`Schema::create`]: tables of their own on the server that all share.
//! [`Database::create`] is for those that change the database itself. `with-postgres COMMAND…` starts that server and names it in [`SERVER_VARIABLE`] while the
//! command runs; where the variable is missing, each process starts one when it first needs it.
//! Tests that break a server start one by [`Server::start`]; [`SmallDisk`] is a database whose disk can be full,
//! and [`Disk`] such a disk alone.

mod server;
mod disk;
mod small;
mod certificate;
mod schema;
mod database;
mod shared;

mod error;
mod guarded;
mod installed;
mod statement;

pub use database::Database;
pub use disk::Disk;
pub use error::PostgresError;
pub use schema::Schema;
pub use server::Server;
pub use shared::SERVER_VARIABLE;
pub use small::SmallDisk;
