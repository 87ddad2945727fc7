//! What a decision must know of a flag beyond its row, alike for every database.

use postern_protocol::event::Event;
use postern_protocol::id::PartnerId;
use postern_protocol::money::AmountUnit;
use postern_protocol::request::{Encoding, Request, body_encoding};
use uuid::Uuid;

use crate::agreement::Agreements;
use crate::ledger::{Flag, Reported, Snapshot};
use crate::store::reads::Reads;
use crate::store::row::Cells as _;
use crate::store::statement::{Argument, Statement};
use crate::store::{DeliveryRecord, StoreError, decode};

// A flag is about the conversion that its delivery opened, else about the one it was raised on. Whether
// it opened one is asked by its id: among all of a click's conversions, one after the other, two
// thousand flags took a second.
pub(in crate::store) const OTHERS: &str = "SELECT f.* FROM flags AS f \
    WHERE f.clickid = $1 AND f.open AND (f.delivery = $2 OR f.conversion = $2 AND NOT EXISTS \
        (SELECT 1 FROM conversions AS o WHERE o.id = f.delivery AND o.clickid = f.clickid)) \
    ORDER BY f.delivery, f.reason";

const LATEST_MOVE: &str = "SELECT max(c.revision) AS latest FROM changes AS c \
    WHERE c.clickid = $1 AND c.conversion = $2 AND c.revision <= $3 AND c.undoes IS NULL \
    AND NOT EXISTS (SELECT 1 FROM changes AS u \
        WHERE u.clickid = $1 AND u.conversion = $2 AND u.undoes = c.revision)";

const CONVERSION: &str = "SELECT * FROM conversions WHERE clickid = $1 AND id = $2";

pub(super) const DELIVERY: &str = "SELECT * FROM deliveries WHERE id = $1";

/// Adds a conversion of a click to the snapshot; whether there is one.
pub(in crate::store) async fn know_conversion(
    reader: &mut impl Reads,
    clickid: &str,
    id: Uuid,
    snapshot: &mut Snapshot,
) -> Result<bool, StoreError> {
    let conversion = Statement::with(CONVERSION, of_conversion(clickid, id));
    let conversion = reader.all(conversion, decode::conversion).await?.pop();
    let is_known = conversion.is_some();
    conversion
        .into_iter()
        .for_each(|it| snapshot.know_conversion(it));
    Ok(is_known)
}

/// Adds the conversion a flag is about to the snapshot, and the one its delivery opened; whether that
/// is another one.
pub(in crate::store) async fn know_conversions(
    reader: &mut impl Reads,
    flag: &Flag,
    snapshot: &mut Snapshot,
) -> Result<bool, StoreError> {
    let (clickid, delivery) = (&flag.clickid, flag.id.delivery);
    if !know_conversion(reader, clickid, flag.conversion, snapshot).await? {
        return Err(StoreError::conversion_missing(flag.conversion));
    }
    Ok(delivery != flag.conversion && know_conversion(reader, clickid, delivery, snapshot).await?)
}

/// The other open flags on the conversion that the flag holds back, or else is about.
pub(in crate::store) async fn others(
    reader: &mut impl Reads,
    flag: &Flag,
    snapshot: &Snapshot,
) -> Result<Vec<Flag>, StoreError> {
    let held = snapshot.conversion(flag.id.delivery);
    let subject = held.map_or(flag.conversion, |it| it.id);
    let statement = Statement::with(OTHERS, of_conversion(&flag.clickid, subject));
    let mut others = reader.all(statement, decode::flag).await?;
    others.retain(|it| it.id != flag.id);
    Ok(others)
}

/// Whether the flag's conversion has moved since the flag was raised, but for moves that were undone,
/// up to the revision it was loaded with. A move that was written since would otherwise be seen without its conversion.
pub(in crate::store) async fn has_moved_since(
    reader: &mut impl Reads,
    flag: &Flag,
    loaded: u32,
) -> Result<bool, StoreError> {
    let mut keys = of_conversion(&flag.clickid, flag.conversion);
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
    mut flag: Flag,
    agreements: &Agreements,
) -> Result<Flag, StoreError> {
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

pub(super) fn of_conversion(clickid: &str, id: Uuid) -> Vec<Argument> {
    vec![Argument::Text(clickid.to_owned()), Argument::Id(id)]
}

/// What a delivery says, read as when it came. Its signature was checked then.
pub(super) fn reported(delivery: &DeliveryRecord, unit: AmountUnit) -> Option<Reported> {
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
