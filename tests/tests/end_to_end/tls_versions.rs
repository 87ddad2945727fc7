//! What TLS is spoken at the listener: each version, cipher and group there is was offered alone, and only sound ones
//! are taken. `tls_scan` asks a tool of its own for more.

use std::collections::BTreeSet;
use std::process::Command;

use postern_tests::client_hello::{
    ClientHello, HANDSHAKE_FAILURE, PROTOCOL_VERSION, SOUND_GROUPS, SSL_3_0, TLS_1_0, TLS_1_1,
    TLS_1_2, TLS_1_3,
};
use postern_tests::gate::Gate;
use postern_tests::postback::{forged, registration};
use postern_tests::waiting::eventually;

const ECDHE_ECDSA_AES128_GCM: u16 = 0xC02B;
const ECDHE_ECDSA_AES256_GCM: u16 = 0xC02C;
const ECDHE_ECDSA_CHACHA20: u16 = 0xCCA9;
const ECDHE_ECDSA_AES128_CBC: u16 = 0xC009;
const ECDHE_RSA_AES128_GCM: u16 = 0xC02F;
const ECDHE_RSA_AES256_GCM: u16 = 0xC030;
const ECDHE_RSA_CHACHA20: u16 = 0xCCA8;
const ECDHE_RSA_AES128_CBC: u16 = 0xC013;
/// With X25519 or P-256, and AES-GCM or ChaCha20.
const OF_TLS_1_3: [u16; 3] = [0x1301, 0x1302, 0x1303];

/// Where ciphers of all versions are registered, and those that never were but are met.
const REGISTERED: [std::ops::RangeInclusive<u16>; 5] = [
    0x0000..=0x00FF,
    0x1300..=0x13FF,
    0xC000..=0xC1FF,
    0xCC00..=0xCCFF,
    0xFE00..=0xFEFF,
];

fn hello(version: u16, cipher: u16) -> ClientHello {
    ClientHello {
        version,
        cipher,
        groups: SOUND_GROUPS,
    }
}

/// All ciphers that are taken when each is offered alone.
async fn spoken(gate: &Gate, version: u16) -> BTreeSet<u16> {
    let mut spoken = BTreeSet::new();
    for cipher in REGISTERED.into_iter().flatten() {
        match hello(version, cipher).send(gate.https_addr()).await {
            Ok(chosen) => assert!(chosen == cipher && spoken.insert(cipher), "{chosen:#06x}"),
            Err(alert) => assert_eq!(alert, HANDSHAKE_FAILURE, "{cipher:#06x}"),
        }
    }
    spoken
}

#[tokio::test(flavor = "multi_thread")]
async fn only_sound_versions_and_ciphers_are_spoken() {
    let gate = Gate::open().await;
    let of_ecdsa = [
        ECDHE_ECDSA_AES128_GCM,
        ECDHE_ECDSA_AES256_GCM,
        ECDHE_ECDSA_CHACHA20,
    ];
    assert_eq!(spoken(&gate, TLS_1_2).await, of_ecdsa.into());
    assert_eq!(spoken(&gate, TLS_1_3).await, OF_TLS_1_3.into());
    for version in [SSL_3_0, TLS_1_0, TLS_1_1] {
        let old = hello(version, ECDHE_ECDSA_AES128_CBC);
        let refused = old.send(gate.https_addr()).await;
        assert_eq!(refused, Err(PROTOCOL_VERSION), "{version:#06x}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_with_an_rsa_key_is_shown_by_sound_ciphers_alone() {
    let gate = gate_with_rsa_key().await;
    let of_rsa = [
        ECDHE_RSA_AES128_GCM,
        ECDHE_RSA_AES256_GCM,
        ECDHE_RSA_CHACHA20,
    ];
    assert_eq!(spoken(&gate, TLS_1_2).await, of_rsa.into());
    let old = hello(TLS_1_1, ECDHE_RSA_AES128_CBC).send(gate.https_addr());
    assert_eq!(old.await, Err(PROTOCOL_VERSION));
}

/// A gate whose certificate has the kind of key that is most common still.
async fn gate_with_rsa_key() -> Gate {
    let gate = Gate::open().await;
    let (certificate, key) = with_rsa_key(&gate);
    gate.renews_certificate(&certificate, &key);
    eventually("the new certificate is shown", async || {
        let chosen = hello(TLS_1_2, ECDHE_RSA_AES128_GCM).send(gate.https_addr());
        chosen.await.ok()
    })
    .await;
    gate
}

/// A certificate for `localhost` and its key.
fn with_rsa_key(gate: &Gate) -> (String, String) {
    let openssl = Command::new("openssl")
        .args([
            "req", "-x509", "-newkey", "rsa:2048", "-noenc", "-days", "2",
        ])
        .args([
            "-subj",
            "/CN=localhost",
            "-addext",
            "subjectAltName=DNS:localhost",
        ])
        .args(["-keyout", "rsa.key", "-out", "rsa.crt"])
        .current_dir(gate.folder())
        .output()
        .expect("openssl runs");
    let said = String::from_utf8_lossy(&openssl.stderr);
    assert!(openssl.status.success(), "{said}");
    let read = |name: &str| std::fs::read_to_string(gate.folder().join(name)).expect("it is made");
    (read("rsa.crt"), read("rsa.key"))
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_exchanged_in_sound_groups_alone() {
    const P_384: &[u16] = &[0x0018];
    const P_521: &[u16] = &[0x0019];
    const FFDHE_2048: &[u16] = &[0x0100];
    const P_224: &[u16] = &[0x0015];
    // TLS 1.2 takes an elliptic key only from who knows its curve, whatever keys are exchanged by.
    let gate = gate_with_rsa_key().await;
    let with = |(version, cipher), groups| ClientHello {
        version,
        cipher,
        groups,
    };
    for pair in [(TLS_1_2, ECDHE_RSA_AES128_GCM), (TLS_1_3, OF_TLS_1_3[0])] {
        for group in SOUND_GROUPS.chunks(1) {
            let chosen = with(pair, group).send(gate.https_addr()).await;
            assert_eq!(chosen, Ok(pair.1), "{group:#06x?}");
        }
        for groups in [P_224, P_384, P_521, FFDHE_2048] {
            let refused = with(pair, groups).send(gate.https_addr()).await;
            assert_eq!(refused, Err(HANDSHAKE_FAILURE), "{groups:#06x?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_says_that_tls_is_all_there_is() {
    let gate = Gate::open().await;
    let elsewhere = registration("click-1").target("/");
    for (status, message) in [
        (200, registration("click-1")),
        (401, forged("click-1")),
        (404, elsewhere),
    ] {
        let answer = gate.send_tls(&message).await;
        assert_eq!(answer.status, status, "{answer:?}");
        answer.hardened();
    }
}
