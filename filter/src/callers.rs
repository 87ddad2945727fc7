//! Who is calling, by Envoy's word (never by a header the caller wrote), and from where a partner may call.

use ipnet::IpNet;
use postern_protocol::edge::CertificateFingerprint;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// The address in Envoy's `source.address`: `192.0.2.1:443` or `[2001:db8::1]:443`, a v4 address mapped into v6
/// unmapped. `None` for anything else, a Unix socket's path for one: what cannot be judged is not let in.
#[must_use]
pub fn address(source: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(source).ok()?;
    let socket: SocketAddr = text.parse().ok()?;
    Some(socket.ip().to_canonical())
}

/// True when one of the networks holds the address.
#[must_use]
pub fn listed(networks: &[IpNet], address: IpAddr) -> bool {
    networks.iter().any(|network| network.contains(&address))
}

/// Whether Envoy's word on the client certificate, empty for none, names one of these.
///
/// # Errors
/// Why not, for the access log.
pub fn certified(registered: &[CertificateFingerprint], sent: &[u8]) -> Result<(), &'static str> {
    if sent.is_empty() {
        return Err("certificate_missing");
    }
    let sent = std::str::from_utf8(sent).ok();
    let sent = sent.and_then(|sent| CertificateFingerprint::parse(sent).ok());
    let known = sent.is_some_and(|sent| registered.contains(&sent));
    known.then_some(()).ok_or("certificate_unknown")
}

/// What counts as one caller: a v4 address, or the /64 that one v6 subscriber holds at least.
#[must_use]
pub fn household(address: IpAddr) -> [u8; 16] {
    const V6_HOST_BITS: u32 = 64;
    match address {
        IpAddr::V4(v4) => v4.to_ipv6_mapped().octets(),
        IpAddr::V6(v6) => {
            Ipv6Addr::from_bits(v6.to_bits() >> V6_HOST_BITS << V6_HOST_BITS).octets()
        }
    }
}
