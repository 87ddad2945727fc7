//! Before a contestant is timed it has to show that it does its work: a good postback passes, a forged one and one
//! from an address that is not allowed do not. Nobody wins by leaving the work out.

use std::net::{IpAddr, Ipv4Addr};

use super::Contestant;
use crate::load::ask_once;
use crate::postbacks::{PARTNER, Pool, Signature};

/// On the loopback interface, and on nobody's allow list.
const STRANGER: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 9));

/// Tries each claim of `contestant` over the wire.
pub(crate) fn check(contestant: &Contestant) -> Result<(), String> {
    let good = Pool::new(PARTNER, contestant.signature);
    let forged = Pool::new(PARTNER, Signature::Forged);
    expect(contestant, "a good postback", None, good.first(), true)?;
    let passes = !contestant.checks.signature;
    expect(contestant, "a forged sign", None, forged.first(), passes)?;
    let passes = !contestant.checks.address;
    expect(
        contestant,
        "a stranger's address",
        Some(STRANGER),
        good.first(),
        passes,
    )
}

fn expect(
    contestant: &Contestant,
    what: &str,
    source: Option<IpAddr>,
    request: &[u8],
    passes: bool,
) -> Result<(), String> {
    let (status, body) = ask_once(contestant.address, source, request)
        .map_err(|error| format!("{}: {what} had no answer: {error}", contestant.name))?;
    let as_claimed = if passes {
        status == 200
    } else {
        status == 401 || status == 403
    };
    if as_claimed {
        return Ok(());
    }
    let words: Vec<String> = contestant
        .servers
        .iter()
        .map(|server| server.last_words())
        .collect();
    Err(format!(
        "{}: {what} was answered with {status}: {}\n{}",
        contestant.name,
        String::from_utf8_lossy(&body),
        words.join("\n")
    ))
}
