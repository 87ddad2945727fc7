//! What waits, as those who watch see it.

use postern_protocol::time::UnixSeconds;

use super::{tell, with_click_log};
use crate::ledger::FlagReason;
use crate::store::place::{Kind, on_every_store};
use crate::store::{Backlog, Click, ImportRecord, Mark, OpenFlags};
use crate::testing::{START, admission, click, delivery};

on_every_store! {
    an_empty_store_has_no_backlog,
    open_flags_are_counted_by_reason_with_the_oldest,
    the_newest_click_and_the_last_import_are_known,
}

async fn an_empty_store_has_no_backlog(kind: Kind) {
    let (_place, store) = kind.store().await;
    assert_eq!(store.backlog().await.unwrap(), Backlog::default());
}

async fn open_flags_are_counted_by_reason_with_the_oldest(kind: Kind) {
    let (_place, store) = kind.store().await;
    with_click_log(&store).await;
    let flagged = [
        delivery(5, "lead approved clickid=nobody"),
        delivery(9, "ftd approved 5USD transaction_id=A"),
        delivery(10, "ftd approved 5USD transaction_id=B"),
        delivery(90, "lead approved clickid=late"),
    ];
    tell(&store, &[&flagged]).await;
    let mut flags = store.backlog().await.unwrap().flags;
    flags.sort_by_key(|it| it.reason.name());
    let open = |reason, count, second| OpenFlags {
        reason,
        count,
        oldest_at: UnixSeconds(START.0 + second),
    };
    let double = open(FlagReason::DoubleFtd, 1, 10);
    assert_eq!(flags, [double, open(FlagReason::UnknownClick, 2, 5)]);

    // What is healed waits no more.
    store.import_clicks(&[click("nobody", None)]).await.unwrap();
    let agreements = admission(&["acme"]).agreements;
    let now = UnixSeconds(START.0 + 100);
    store.heal(&["nobody"], &agreements, now).await.unwrap();
    let mut flags = store.backlog().await.unwrap().flags;
    flags.sort_by_key(|it| it.reason.name());
    assert_eq!(flags, [double, open(FlagReason::UnknownClick, 1, 90)]);
}

async fn the_newest_click_and_the_last_import_are_known(kind: Kind) {
    let (_place, store) = kind.store().await;
    let at = |clickid, second| Click {
        clicked_at: Some(UnixSeconds(START.0 + second)),
        ..click(clickid, None)
    };
    let record = ImportRecord {
        name: "clicks.csv".to_owned(),
        mark: Mark {
            lines: 4,
            bytes: 40,
            digest: [7; 32],
        },
        imported_at: UnixSeconds(START.0 + 60),
    };
    let clicks = [at("a", 5), at("b", 50), click("of no time", None)];
    store.import_chunk(&clicks, Some(&record)).await.unwrap();
    let backlog = store.backlog().await.unwrap();
    assert_eq!(backlog.newest_click_at, Some(UnixSeconds(START.0 + 50)));
    assert_eq!(backlog.imported_at, Some(UnixSeconds(START.0 + 60)));
}
