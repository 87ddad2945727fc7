//! From where this machine's own requests reach a container: its network's gateway.

use std::fs;
use std::net::Ipv4Addr;

/// The gateway of the default route; `None` outside of a network that has one.
pub(super) fn address() -> Option<Ipv4Addr> {
    default_route(&fs::read_to_string("/proc/net/route").ok()?)
}

/// Destination and gateway are eight hex digits each, as the kernel holds them: the first part last.
fn default_route(table: &str) -> Option<Ipv4Addr> {
    let gateway = table.lines().skip(1).find_map(|line| {
        let mut words = line.split_whitespace().skip(1);
        (words.next()? == "00000000").then(|| words.next())?
    })?;
    let bits = u32::from_str_radix(gateway, 16).ok()?;
    Some(Ipv4Addr::from(bits.swap_bytes())).filter(|address| !address.is_unspecified())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\n";

    #[test]
    fn the_default_routes_gateway_is_read() {
        let table =
            format!("{HEAD}eth0\t000012AC\t00000000\t0001\neth0\t00000000\t010012AC\t0003\n");
        assert_eq!(default_route(&table), Some(Ipv4Addr::new(172, 18, 0, 1)));
    }

    #[test]
    fn without_a_default_route_there_is_none() {
        assert_eq!(default_route(HEAD), None);
        assert_eq!(
            default_route(&format!("{HEAD}eth0\t000012AC\t00000000\t0001\n")),
            None
        );
        assert_eq!(
            default_route(&format!("{HEAD}eth0\t00000000\t00000000\t0001\n")),
            None
        );
        assert_eq!(default_route(&format!("{HEAD}eth0\t00000000\n")), None);
    }
}
