//! testssl.sh, the tool by which others judge a listener, against the one that ships.
//!
//! Run once: `tools/test tls` does, by itself, for it takes a minute or two.

use std::process::Command;

use postern_tests::gate::Gate;
use postern_tests::programs::root;
use tokio::task::block_in_place;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes a minute or two: `tools/test tls` runs it"]
async fn testssl_finds_nothing_to_mend() {
    let gate = Gate::open().await;
    let mut check = Command::new(root().join("tools/tls-check"));
    let ran = block_in_place(|| check.arg(gate.https_addr().to_string()).output());
    let ran = ran.expect("tools/tls-check runs");
    let said = [ran.stdout, ran.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    assert!(ran.status.success(), "{said}");
    assert!(said.contains("nothing to mend"), "{said}");
}
