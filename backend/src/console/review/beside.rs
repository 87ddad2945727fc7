//! What stands beside a flag, as its page shows it.

use super::flag_path;
use crate::console::words::amount;
use crate::explain::sent_fields;
use crate::partners::show_time;
use crate::store::{
    Click, ConversionRecord, DecisionRecord, DeliveryRecord, Evidence, Neighbour, WaitingFlag,
};

/// What stands beside the flag.
pub(super) struct Beside {
    pub(super) delivery: Option<Request>,
    pub(super) click: Option<ClickView>,
    pub(super) on_click: Vec<Event>,
    pub(super) decided: Vec<Decided>,
    pub(super) same_address: Vec<Near>,
    pub(super) same_amount: Vec<Event>,
}

pub(super) struct Request {
    pub(super) received_at: String,
    pub(super) address: String,
    pub(super) method: String,
    pub(super) form: String,
    pub(super) key: String,
    pub(super) request_id: String,
    pub(super) fields: Option<Vec<(String, String)>>,
}

pub(super) struct ClickView {
    pub(super) partner: String,
    pub(super) clicked_at: String,
    pub(super) cost: String,
    pub(super) geo: String,
    pub(super) sub_ids: String,
}

pub(super) struct Event {
    pub(super) id: String,
    pub(super) clickid: String,
    pub(super) occurred_at: String,
    pub(super) partner: String,
    pub(super) event: &'static str,
    pub(super) status: &'static str,
    pub(super) amount: String,
    pub(super) transaction: String,
    pub(super) is_this: bool,
}

pub(super) struct Decided {
    pub(super) href: String,
    pub(super) reason: &'static str,
    pub(super) outcome: &'static str,
    pub(super) by: String,
    pub(super) at: String,
    pub(super) note: String,
}

pub(super) struct Near {
    pub(super) id: String,
    pub(super) received_at: String,
    pub(super) clickid: String,
    pub(super) verdict: &'static str,
}

impl Beside {
    pub(super) fn of(evidence: &Evidence, flag: &WaitingFlag) -> Self {
        let event = |it: &ConversionRecord| Event::of(it, it.id == flag.conversion);
        Self {
            delivery: evidence.delivery.as_ref().map(Request::of),
            click: evidence.click.as_ref().map(ClickView::of),
            on_click: evidence.on_click.iter().map(event).collect(),
            decided: evidence.decided.iter().map(Decided::of).collect(),
            same_address: evidence.same_address.iter().map(Near::of).collect(),
            same_amount: evidence.same_amount.iter().map(event).collect(),
        }
    }
}

impl Request {
    fn of(delivery: &DeliveryRecord) -> Self {
        Self {
            received_at: show_time(delivery.received_at),
            address: delivery.address.clone(),
            method: delivery.method.clone(),
            form: delivery.form.clone(),
            key: delivery.key_id.clone(),
            request_id: delivery.request_id.clone(),
            fields: sent_fields(delivery),
        }
    }
}

impl ClickView {
    fn of(click: &Click) -> Self {
        let sub_ids = [&click.sub_id_1, &click.sub_id_2];
        let sub_ids: Vec<&str> = sub_ids.into_iter().filter_map(Option::as_deref).collect();
        Self {
            partner: click
                .partner
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
            clicked_at: click.clicked_at.map_or_else(String::new, show_time),
            cost: amount(click.cost),
            geo: click.geo.clone().unwrap_or_default(),
            sub_ids: sub_ids.join(", "),
        }
    }
}

impl Event {
    fn of(record: &ConversionRecord, is_this: bool) -> Self {
        Self {
            id: record.id.to_string(),
            clickid: record.clickid.clone(),
            occurred_at: show_time(record.occurred_at),
            partner: record.partner.clone(),
            event: record.event.name(),
            status: record.status.name(),
            amount: amount(record.money),
            transaction: record.transaction_id.clone().unwrap_or_default(),
            is_this,
        }
    }
}

impl Decided {
    fn of(record: &DecisionRecord) -> Self {
        Self {
            href: flag_path(record.flag),
            reason: record.flag.reason.name(),
            outcome: record.outcome.name(),
            by: record.decided_by.clone(),
            at: show_time(record.decided_at),
            note: record.note.clone(),
        }
    }
}

impl Near {
    fn of(neighbour: &Neighbour) -> Self {
        Self {
            id: neighbour.id.to_string(),
            received_at: show_time(neighbour.received_at),
            clickid: neighbour.clickid.clone(),
            verdict: neighbour.verdict.name(),
        }
    }
}
