//! The partners of one configuration: which of them a request is from, and what each may do.

use crate::buckets::{Bucket, Limit};
use crate::callers::listed;
use crate::counters::{Counters, RowId};
use crate::throttle::Throttle;
use ipnet::IpNet;
use postern_protocol::edge::{CertificateFingerprint, EdgePartner};
use postern_protocol::id::PartnerId;
use postern_protocol::sign::{FormSet, Keyring};
use std::net::IpAddr;
use std::rc::Rc;

/// One partner, ready for requests.
#[derive(Debug)]
pub struct Partner {
    /// Its id.
    pub id: PartnerId,
    /// Its secrets.
    pub keys: Keyring,
    /// Where it may call from.
    pub networks: Vec<IpNet>,
    /// The client certificates it must show one of; none: any caller passes.
    pub client_certificates: Vec<CertificateFingerprint>,
    /// The forms it may sign in.
    pub forms: FormSet,
    /// How far its signed time may be from our clock.
    pub clock_tolerance_seconds: u32,
    /// This Envoy's share of its rate.
    pub limit: Limit,
    /// Where its bucket lies in shared data. The name holds nothing of the configuration but the id, so a reload finds
    /// the bucket as it was.
    pub bucket: Bucket,
    /// What holds off those of its callers who keep failing.
    pub throttle: Throttle,
    /// Where its requests are counted.
    pub row: RowId,
}

impl Partner {
    fn new(
        partner: EdgePartner,
        replicas: u32,
        throttle: Throttle,
        counters: &mut Counters,
    ) -> Partner {
        let rate = partner.rate;
        Partner {
            bucket: Bucket::new(format!("bucket/{}", partner.id)),
            limit: Limit::share(rate.tokens, rate.per_seconds, rate.burst, replicas),
            throttle,
            row: counters.row(partner.id.as_str()),
            id: partner.id,
            keys: partner.keys,
            networks: partner.networks,
            client_certificates: partner.client_certificates,
            forms: partner.forms,
            clock_tolerance_seconds: partner.clock_tolerance_seconds,
        }
    }
}

/// All partners, sorted by id.
pub struct Partners(Vec<Rc<Partner>>);

impl Partners {
    /// Sorts them; `replicas` Envoys share each rate, `throttle` makes each one's throttle.
    #[must_use]
    pub fn new(
        partners: Vec<EdgePartner>,
        replicas: u32,
        throttle: impl Fn(PartnerId) -> Throttle,
        counters: &mut Counters,
    ) -> Partners {
        let ready = partners.into_iter().map(|one| {
            let throttle = throttle(one.id.clone());
            Partner::new(one, replicas, throttle, counters)
        });
        let mut all: Vec<_> = ready.map(Rc::new).collect();
        all.sort_unstable_by(|a, b| a.id.cmp(&b.id));
        Partners(all)
    }

    /// The partner of this id.
    #[must_use]
    pub fn find(&self, id: &PartnerId) -> Option<&Rc<Partner>> {
        let place = self.0.binary_search_by(|partner| partner.id.cmp(id)).ok()?;
        self.0.get(place)
    }

    /// The one partner whose networks hold this address; `None` when none or several do.
    #[must_use]
    pub fn only_one_at(&self, address: IpAddr) -> Option<&Rc<Partner>> {
        let mut holders = self
            .0
            .iter()
            .filter(|partner| listed(&partner.networks, address));
        let first = holders.next()?;
        holders.next().is_none().then_some(first)
    }
}
