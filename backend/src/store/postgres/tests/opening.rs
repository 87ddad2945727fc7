//! Which servers a store is opened on.

use std::path::Path;

use postern_test_postgres::Server;

use crate::store::Store;
use crate::store::postgres::PostgresStore;

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_does_not_sync_is_refused_with_the_reason() {
    let server = Server::start_with(&["fsync=off"]).unwrap();
    let refused = Store::open(&server.url()).await.unwrap_err().to_string();
    assert!(
        refused.contains("fsync = off") && refused.contains("turn it on"),
        "{refused}"
    );
}

/// The server's URL by which only a server with a certificate of this authority, for its own name,
/// is taken.
fn verified(server: &Server, mode: &str, authority: &Path) -> String {
    let authority = authority.display();
    format!("{}?sslmode={mode}&sslrootcert={authority}", server.url())
}

async fn is_encrypted(url: &str) -> bool {
    let store = PostgresStore::open(url).await.unwrap();
    let asked = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    let mut writing = store.writers.begin().await.unwrap();
    let writes: bool = sqlx::query_scalar(asked)
        .fetch_one(&mut *writing)
        .await
        .unwrap();
    let reads: bool = sqlx::query_scalar(asked)
        .fetch_one(&store.readers)
        .await
        .unwrap();
    writes && reads
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_server_whose_certificate_is_trusted_is_talked_to() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, pem: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, pem).unwrap();
        path
    };
    let (server, authority) = Server::start_with_tls("127.0.0.1").unwrap();
    let trusted = file("trusted.pem", &authority);
    assert!(is_encrypted(&verified(&server, "verify-full", &trusted)).await);

    let (elsewhere, authority) = Server::start_with_tls("db.example").unwrap();
    let stranger = file("stranger.pem", &authority);
    let told = async |url: String| Store::open(&url).await.unwrap_err().to_string();
    let wrong_authority = told(verified(&server, "verify-full", &stranger)).await;
    let wrong_name = told(verified(&elsewhere, "verify-full", &stranger)).await;
    for refused in [wrong_authority, wrong_name] {
        assert!(
            refused.contains("check the server's certificate")
                && refused.contains("sslrootcert")
                && !refused.contains("only-for-tests"),
            "{refused}"
        );
    }
    // By its authority alone it would be taken: it was the name that was wrong.
    assert!(is_encrypted(&verified(&elsewhere, "verify-ca", &stranger)).await);
    let plain = Server::start().unwrap();
    let no_tls = told(verified(&plain, "verify-full", &trusted)).await;
    assert!(no_tls.contains("certificate"), "{no_tls}");
}
