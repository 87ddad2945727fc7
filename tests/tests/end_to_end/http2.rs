//! HTTP/2 ends a request in three ways, and each must reach the same decision.

use postern_tests::event::Event;
use postern_tests::gate::Gate;
use postern_tests::http2::Ending;
use postern_tests::message::Message;
use postern_tests::partner::{PARTNER, SECRET};
use postern_tests::postback::{forged, get, registration};
use postern_tests::signing::hmac_hex;

const ENDINGS: [(&str, Ending); 3] = [
    ("plain", Ending::Plain),
    ("trailers", Ending::Trailers),
    ("an empty frame", Ending::EmptyData),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_good_postback_passes_however_its_stream_ends() {
    let gate = Gate::open().await;
    let http2 = gate.http2().await;
    for (number, (name, ending)) in ENDINGS.into_iter().enumerate() {
        for (kind, piece) in [("whole", 65_536), ("one byte at a time", 1)] {
            let clickid = format!("click-{}", 2 * number + usize::from(piece == 1) + 1);
            let answer = http2.exchange(&registration(&clickid), piece, ending).await;
            answer
                .unwrap_or_else(|error| panic!("{name}, {kind}: {error}"))
                .recorded("accepted");
        }
        let clickid = format!("click-{}", 10 + number);
        let answer = http2
            .exchange(&get(&Event::registration(&clickid)), 1, ending)
            .await;
        answer
            .unwrap_or_else(|error| panic!("GET, {name}: {error}"))
            .recorded("accepted");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_postback_is_refused_however_its_stream_ends() {
    let gate = Gate::open().await;
    let http2 = gate.http2().await;

    let empty = registration("click-1")
        .without("x-rs-sign")
        .sign(&hmac_hex(SECRET, ""))
        .body("");
    let unsigned = Message::new(
        "GET",
        "/v1/event?clickid=click-1&event=registration&status=approved",
    )
    .source(PARTNER);
    let too_large = registration("click-1").body("x".repeat(65_537));
    for (name, ending) in ENDINGS {
        let send = async |message: &Message| {
            let answer = http2.exchange(message, 16_384, ending).await;
            answer.unwrap_or_else(|error| panic!("{name}: {error}"))
        };
        send(&forged("click-1")).await.refused(401, "unauthorized");
        send(&empty).await.refused(400, "unreadable");
        send(&unsigned).await.refused(401, "unauthorized");
        send(&too_large).await.refused(413, "body_too_large");
    }
    assert_eq!(gate.ledger().await.deliveries().await, 0);
    let answer = http2
        .exchange(&registration("click-1"), 16_384, Ending::Plain)
        .await
        .expect("the connection lives");
    answer.recorded("accepted");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_connection_carries_many_streams_at_once() {
    let gate = Gate::open().await;
    let http2 = std::sync::Arc::new(gate.http2().await);
    let mut streams = tokio::task::JoinSet::new();
    for number in 1..=50 {
        let http2 = std::sync::Arc::clone(&http2);
        streams.spawn(async move {
            http2
                .exchange(
                    &registration(&format!("click-{number}")),
                    10,
                    Ending::Trailers,
                )
                .await
        });
    }
    while let Some(answer) = streams.join_next().await {
        answer
            .expect("no panic")
            .expect("an answer")
            .recorded("accepted");
    }
    assert_eq!(gate.ledger().await.deliveries().await, 50);
}
