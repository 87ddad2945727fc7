//! The store goes away and comes back: senders are told to come again, and then it works.

use postern_tests::gate::{Gate, UNDER_NO_FILE_SIGNAL};
use postern_tests::postback::registration;
use postern_tests::waiting::eventually;

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_store_gives_503_and_recovers_by_itself() {
    let gate = Gate::open().await;
    gate.send(&registration("click-1"))
        .await
        .recorded("accepted");
    let lock = gate.ledger().await.locks_the_store().await;
    let answer = gate.send(&registration("click-2")).await;
    answer.refused(503, "unavailable");
    let seconds = answer
        .header("retry-after")
        .and_then(|value| value.parse::<u64>().ok());
    assert!(seconds.is_some_and(|seconds| seconds > 0), "{answer:?}");
    lock.is_released().await;
    let later = gate
        .send_until(
            "the store takes again",
            &registration("click-2"),
            |answer| answer.status == 200,
        )
        .await;
    assert!(
        ["accepted", "duplicate"].contains(&later.text("result").as_str()),
        "{later:?}"
    );
    assert_eq!(gate.ledger().await.booked_twice().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_store_gives_503_and_recovers_by_itself() {
    let gate = Gate::of(|stand| stand.run_backend_under(&UNDER_NO_FILE_SIGNAL)).await;
    gate.send(&registration("click-1"))
        .await
        .recorded("accepted");
    gate.limits_file_growth(64 * 1024);
    let mut number = 0;
    let full = eventually("the store is full", async || {
        number += 1;
        let answer = gate.send(&registration(&format!("fill-{number}"))).await;
        (answer.status != 200).then_some(answer)
    })
    .await;
    full.refused(503, "unavailable");
    assert!(full.header("retry-after").is_some(), "{full:?}");
    gate.lifts_file_limit();
    let again = registration(&format!("fill-{number}"));
    gate.send_until("the store takes again", &again, |answer| {
        answer.status == 200
    })
    .await;
    let ledger = gate.ledger().await;
    ledger.is_sound().await;
    assert_eq!(
        ledger.deliveries().await,
        number + 1,
        "each acknowledged one, and no other"
    );
}
