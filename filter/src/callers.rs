//! Who is calling, by Envoy's word (never by a header the caller wrote), and from where a partner may call.

use ipnet::IpNet;
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
