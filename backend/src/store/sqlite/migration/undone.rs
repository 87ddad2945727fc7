//! Answers of the schema before answers could be undone: they stand as they were, and are undone now.

use uuid::Uuid;

use super::{OF_0004, bring_to, old_file};
use crate::ledger::{Answer, Decision, FlagId, FlagReason};
use crate::store::Store;
use crate::testing::{Folder, START, admission};

/// The last schema in which a flag had one answer.
const ONE_ANSWER: i64 = 10;

/// Ada has approved another currency on the rival's first deposit, and its lead; and rejected the lead
/// on another one's click.
const ANSWERED: &str = "
    INSERT INTO decisions (clickid, conversion, delivery, reason, id, decided_at, outcome, decided_by,
        note)
    SELECT clickid, conversion, delivery, reason, randomblob(16), raised_at + 60,
        CASE reason WHEN 'foreign_click' THEN 'rejected' ELSE 'approved' END, 'Ada', 'seen'
    FROM flags WHERE reason IN ('currency_changed', 'foreign_click');
    INSERT INTO changes (clickid, conversion, delivery, decision, changed_at, from_status,
        from_amount_minor, from_currency, to_status, to_amount_minor, to_currency, revision)
    SELECT c.clickid, c.id, d.delivery, d.id, d.decided_at, c.status, c.amount_minor, c.currency,
        CASE d.outcome WHEN 'rejected' THEN 'rejected' ELSE 'approved' END, c.amount_minor,
        CASE d.outcome WHEN 'rejected' THEN c.currency ELSE 'EUR' END, c.revision + 1
    FROM decisions AS d JOIN conversions AS c ON c.id = d.conversion WHERE d.decided_by = 'Ada';
    UPDATE conversions AS c SET revision = revision + 1, blocking_flags = 0,
        (status, currency) = (SELECT h.to_status, h.to_currency FROM changes AS h
            WHERE h.conversion = c.id AND h.revision = c.revision + 1)
    WHERE id IN (SELECT conversion FROM decisions WHERE decided_by = 'Ada');
    UPDATE flags SET open = 0 WHERE reason IN ('currency_changed', 'foreign_click')";

async fn answered_file() -> Folder {
    let folder = old_file(OF_0004).await;
    bring_to(&folder, ONE_ANSWER).await;
    folder.run(ANSWERED).await;
    folder
}

#[tokio::test]
async fn the_answers_of_an_old_file_stand_and_are_undone() {
    let folder = answered_file().await;
    let store = Store::open(&folder.url()).await.unwrap();
    let changes = store.changes("known").await.unwrap();
    assert_eq!(changes.iter().filter(|it| it.decision.is_some()).count(), 1);
    let healed = store.decisions("late").await.unwrap();
    assert_eq!((healed[0].number, healed[0].outcome.name()), (0, "healed"));
    for (clickid, reason, before) in [
        ("known", FlagReason::CurrencyChanged, "approved 50.00 USD"),
        ("of_rival", FlagReason::ForeignClick, "approved"),
    ] {
        let flags = store.flags(clickid).await.unwrap();
        let flag = flags.iter().find(|it| it.reason == reason).unwrap();
        assert!(!flag.is_open);
        let id = FlagId {
            delivery: flag.delivery,
            reason,
        };
        let undo = Decision::new(id, Answer::Undo, "Eve", "not so").unwrap();
        let agreements = admission(&["acme", "rival"]).agreements;
        let undone = store.review(&undo, &agreements, Uuid::now_v7(), START);
        let to = undone.await.unwrap().moves.unwrap().change.to;
        let money = to.money.map_or(String::new(), |it| format!(" {it}"));
        assert_eq!(format!("{}{money}", to.status), before);
        let mut told = store.decisions(clickid).await.unwrap();
        told.retain(|it| it.flag == id);
        told.sort_by_key(|it| it.number);
        let told: Vec<&str> = told.iter().map(|it| it.outcome.name()).collect();
        assert_eq!(told[1..], ["undone"], "{told:?}");
    }
}
