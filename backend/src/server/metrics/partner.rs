//! What is counted of one partner's deliveries.

use metrics::{Counter, Histogram, Key, Label, Recorder};
use metrics_exporter_prometheus::PrometheusRecorder;
use postern_protocol::answer::Verdict;
use postern_protocol::currency::Currency;
use postern_protocol::id::PartnerId;
use postern_protocol::money::Money;

use super::{METADATA, exposed};
use crate::delivery::Delivery;
use crate::ledger::{Entry, FlagReason};

/// The figures of one partner. Each is made when it first counts something, but for the verdicts.
pub(super) struct PartnerFigures {
    partner: Label,
    /// In the order of [`Verdict::ALL`], all there from the start: a rate needs a zero to begin at.
    verdicts: [Counter; Verdict::ALL.len()],
    amounts: Vec<(Currency, Histogram)>,
    delay: Option<Histogram>,
}

impl PartnerFigures {
    pub(super) fn new(recorder: &PrometheusRecorder, partner: &PartnerId) -> Self {
        let partner = Label::new("partner", partner.as_str().to_owned());
        let verdicts = Verdict::ALL.map(|verdict| {
            let verdict = Label::from_static_parts("verdict", verdict.name());
            let key = Key::from_parts(exposed::DELIVERIES, vec![partner.clone(), verdict]);
            recorder.register_counter(&key, &METADATA)
        });
        Self {
            partner,
            verdicts,
            amounts: Vec::new(),
            delay: None,
        }
    }

    pub(super) fn count(
        &mut self,
        recorder: &PrometheusRecorder,
        delivery: &Delivery,
        entry: &Entry,
    ) {
        let counters = Verdict::ALL.iter().zip(&self.verdicts);
        for (_, counter) in counters.filter(|(verdict, _)| **verdict == entry.verdict) {
            counter.increment(1);
        }
        for reason in &entry.flags {
            self.flag_raised(recorder, *reason);
        }
        let Ok(event) = &delivery.event else { return };
        if entry.verdict == Verdict::Duplicate {
            return; // a repeat tells nothing of how the partner reports
        }
        if let Some(money) = event.money {
            self.amount(recorder, money.currency()).record(major(money));
        }
        if let Some(at) = event.timestamp {
            let seconds = delivery.received_at.0.saturating_sub(at.0);
            self.delay(recorder).record(as_f64(seconds));
        }
    }

    fn flag_raised(&self, recorder: &PrometheusRecorder, reason: FlagReason) {
        let reason = Label::from_static_parts("reason", reason.name());
        let key = Key::from_parts(exposed::FLAGS_RAISED, vec![self.partner.clone(), reason]);
        recorder.register_counter(&key, &METADATA).increment(1);
    }

    fn amount(&mut self, recorder: &PrometheusRecorder, currency: Currency) -> &Histogram {
        let known = self.amounts.iter().position(|(it, _)| *it == currency);
        let place = known.unwrap_or_else(|| {
            let code = Label::from_static_parts("currency", currency.code());
            let key = Key::from_parts(exposed::REPORTED_AMOUNT, vec![self.partner.clone(), code]);
            self.amounts
                .push((currency, recorder.register_histogram(&key, &METADATA)));
            self.amounts.len() - 1
        });
        &self.amounts[place].1
    }

    fn delay(&mut self, recorder: &PrometheusRecorder) -> &Histogram {
        self.delay.get_or_insert_with(|| {
            let key = Key::from_parts(exposed::EVENT_DELAY, vec![self.partner.clone()]);
            recorder.register_histogram(&key, &METADATA)
        })
    }
}

/// The amount in the currency's major unit, to look at and not to reckon with.
fn major(money: Money) -> f64 {
    as_f64(money.minor()) / 10_f64.powi(money.currency().exponent().into())
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a figure to look at: fifteen digits are more than a histogram shows"
)]
fn as_f64(number: i64) -> f64 {
    number as f64
}
