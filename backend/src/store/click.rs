//! A click of the traffic log: what conversions are checked against.

use postern_protocol::id::PartnerId;
use postern_protocol::money::Money;
use postern_protocol::time::UnixSeconds;

/// One click that was sent to a partner. Only the id is certain; logs differ in the rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Click {
    /// The id in the tracking link, as partners send it back.
    pub clickid: String,
    /// To whom the visitor was sent. `None`: the log does not say, so any partner may claim it.
    pub partner: Option<PartnerId>,
    /// When the visitor clicked.
    pub clicked_at: Option<UnixSeconds>,
    /// What the click cost, where it was bought.
    pub cost: Option<Money>,
    /// Two-letter country of the visitor, as logged.
    pub geo: Option<String>,
    /// First sub id of the tracking link.
    pub sub_id_1: Option<String>,
    /// Second sub id of the tracking link.
    pub sub_id_2: Option<String>,
}

impl Click {
    /// Takes over what a later line says; what that leaves open stays. Says whether anything is
    /// another now.
    pub(super) fn fill_in(&mut self, later: &Self) -> bool {
        let mut is_changed = fill_in(&mut self.partner, later.partner.as_ref());
        is_changed |= fill_in(&mut self.clicked_at, later.clicked_at.as_ref());
        is_changed |= fill_in(&mut self.cost, later.cost.as_ref());
        is_changed |= fill_in(&mut self.geo, later.geo.as_ref());
        is_changed |= fill_in(&mut self.sub_id_1, later.sub_id_1.as_ref());
        is_changed | fill_in(&mut self.sub_id_2, later.sub_id_2.as_ref())
    }
}

fn fill_in<T: Clone + PartialEq>(known: &mut Option<T>, said: Option<&T>) -> bool {
    let is_news = said.is_some() && known.as_ref() != said;
    if is_news {
        *known = said.cloned();
    }
    is_news
}
