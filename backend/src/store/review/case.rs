//! What a decision must know of a flag beyond its row, alike for every database.

use postern_protocol::event::Event;
use postern_protocol::id::PartnerId;
use postern_protocol::money::AmountUnit;
use postern_protocol::request::{Encoding, Request, body_encoding};

use crate::agreement::Agreements;
use crate::ledger::{FlagId, OpenFlag, Reported};
use crate::store::reads::Reads;
use crate::store::row::Cells as _;
use crate::store::statement::{Argument, Statement};
use crate::store::{DeliveryRecord, StoreError, decode};

const OTHERS: &str = "SELECT delivery, reason FROM flags \
    WHERE clickid = $1 AND conversion = $2 AND open ORDER BY delivery, reason";

const LATEST_MOVE: &str = "SELECT max(revision) AS latest FROM changes \
    WHERE clickid = $1 AND conversion = $2 AND revision <= $3";

const DELIVERY: &str = "SELECT * FROM deliveries WHERE id = $1";

/// The other open flags on the flag's conversion.
pub(in crate::store) async fn others(
    reader: &mut impl Reads,
    flag: &OpenFlag,
) -> Result<Vec<FlagId>, StoreError> {
    let mut others = reader
        .all(
            Statement::with(OTHERS, of_conversion(flag)),
            decode::flag_id,
        )
        .await?;
    others.retain(|id| *id != flag.id);
    Ok(others)
}

/// Whether the flag's conversion has moved since the flag was raised, up to the revision it was
/// loaded with. A move that was written since would otherwise be seen without its conversion.
pub(in crate::store) async fn has_moved_since(
    reader: &mut impl Reads,
    flag: &OpenFlag,
    loaded: u32,
) -> Result<bool, StoreError> {
    let mut keys = of_conversion(flag);
    keys.push(Argument::Number(loaded.into()));
    let statement = Statement::with(LATEST_MOVE, keys);
    let moves = reader.all(statement, |row| row.number_or_null("latest"));
    let latest = moves.await?.into_iter().flatten().next();
    Ok(latest.is_some_and(|latest| latest > i64::from(flag.revision)))
}

/// The flag with what its delivery reported. Flags of the first schema keep none of it: there it is
/// read once more from the request as it came, as long as that is kept, in the unit that is agreed
/// now. What cannot be read stays open.
pub(in crate::store) async fn with_report(
    reader: &mut impl Reads,
    mut flag: OpenFlag,
    agreements: &Agreements,
) -> Result<OpenFlag, StoreError> {
    if flag.reported.is_some() || flag.id.delivery == flag.conversion {
        return Ok(flag);
    }
    let statement = Statement::with(DELIVERY, [Argument::Id(flag.id.delivery)]);
    let kept = reader.all(statement, decode::delivery).await?.pop();
    flag.reported = kept.and_then(|delivery| {
        let partner = PartnerId::parse(&delivery.partner).ok()?;
        reported(&delivery, agreements.get(&partner)?.amount_unit)
    });
    Ok(flag)
}

fn of_conversion(flag: &OpenFlag) -> Vec<Argument> {
    let clickid = Argument::Text(flag.clickid.clone());
    vec![clickid, Argument::Id(flag.conversion)]
}

/// What a delivery says, read as when it came. Its signature was checked then.
fn reported(delivery: &DeliveryRecord, unit: AmountUnit) -> Option<Reported> {
    let content_type = delivery.content_type.as_deref().map(str::as_bytes);
    let encoding = match delivery.method.as_str() {
        "GET" => Encoding::Query,
        _ => body_encoding(content_type, None).ok()?,
    };
    let request = Request {
        encoding,
        query: &delivery.query,
        body: &delivery.body,
        sign_header: None,
        time_header: None,
    };
    let postback = request.read().ok()?;
    let event = Event::read(&postback, unit).ok()?;
    Some(Reported::of(&event, delivery.received_at))
}
