//! Addresses, networks and web origins in settings.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use url::{Position, Url};

use super::reader::ParseResult;

/// A network in CIDR notation, or one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IpNetwork {
    base: u128,
    mask: u128,
}

impl IpNetwork {
    /// Reads `10.0.0.0/8`, `10.1.2.3`, `fd00::/8` or `::1`. The bits after the prefix must be zero, because `10.1.2.3/8`
    /// could mean one host or sixteen million.
    pub(super) fn parse(text: &str) -> ParseResult<Self> {
        let invalid = || "expected addresses or networks, as 10.1.2.3 or 10.0.0.0/8".to_owned();
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok().ok_or_else(invalid)?;
        let width = if address.is_ipv4() { 32 } else { 128 };
        let prefix: u32 = match prefix {
            Some(prefix) => prefix.parse().ok().ok_or_else(invalid)?,
            None => width,
        };
        let host_bits = width.checked_sub(prefix).ok_or_else(invalid)?;
        let mask = u128::MAX.checked_shl(host_bits).unwrap_or(0);
        let base = address_to_bits(address);
        if base & !mask != 0 {
            return Err("expected a network whose bits beyond the prefix are zero".to_owned());
        }
        Ok(Self { base, mask })
    }

    /// Returns `true` if the address is in this network. An IPv4-mapped IPv6 address (`::ffff:10.1.2.3`), which sockets
    /// for both protocols report, counts as the IPv4 address.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        address_to_bits(address) & self.mask == self.base
    }
}

/// Returns an address as a number of 128 bits. An IPv4 address is converted to its IPv4-mapped IPv6 form, so that one
/// comparison works for both kinds.
fn address_to_bits(address: IpAddr) -> u128 {
    let mapped: Ipv6Addr = match address {
        IpAddr::V4(address) => address.to_ipv6_mapped(),
        IpAddr::V6(address) => address,
    };
    mapped.to_bits()
}

/// Reads an IP address and a port. Host names are not accepted.
pub(super) fn parse_socket_address(text: &str) -> ParseResult<SocketAddr> {
    let invalid = || "expected an IP address and port, as 127.0.0.1:8080 or [::]:8080".to_owned();
    text.parse().ok().ok_or_else(invalid)
}

/// Reads an address and port, or `off`.
pub(super) fn parse_optional_address(text: &str) -> ParseResult<Option<SocketAddr>> {
    if text == "off" { Ok(None) } else { parse_socket_address(text).map(Some) }
}

/// Reads an origin and returns it as browsers send it: lower case, no default port, no path.
pub(super) fn parse_origin(text: &str) -> ParseResult<String> {
    let invalid = || {
        "expected the origin of a site, as https://dashboard.example or http://localhost:3000, without a path; \
         * is not accepted"
            .to_owned()
    };
    let url = Url::parse(text).ok().ok_or_else(invalid)?;
    let is_origin = matches!(url.scheme(), "https" | "http")
        && url.username().is_empty()
        && url.password().is_none()
        && !text.contains('*')
        && matches!(&url[Position::BeforePath..], "" | "/");
    if is_origin { Ok(url.origin().ascii_serialization()) } else { Err(invalid()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn network_contains_its_addresses_and_no_others() {
        let contains = |network: &str, address: &str| {
            IpNetwork::parse(network).unwrap().contains(address.parse().unwrap())
        };
        assert!(contains("10.0.0.0/8", "10.255.0.1"));
        assert!(contains("10.0.0.0/8", "::ffff:10.1.2.3"));
        assert!(!contains("10.0.0.0/8", "11.0.0.1"));
        assert!(contains("10.1.2.3", "10.1.2.3"));
        assert!(!contains("10.1.2.3", "10.1.2.4"));
        assert!(contains("0.0.0.0/0", "203.0.113.9"));
        assert!(!contains("0.0.0.0/0", "2001:db8::1"));
        assert!(contains("::/0", "2001:db8::1"));
        assert!(contains("fd00::/8", "fd12::1"));
        assert!(!contains("fd00::/8", "10.0.0.1"));
    }

    #[test]
    fn invalid_network_is_refused() {
        for text in ["", "10.0.0.0/33", "10.0.0.1/8", "::/129", "proxy.example", "10.0.0.0/-1"] {
            assert!(IpNetwork::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn origin_is_written_as_browsers_send_it() {
        assert_eq!(parse_origin("https://A.example:443/").unwrap(), "https://a.example");
        assert_eq!(parse_origin("http://localhost:3000").unwrap(), "http://localhost:3000");
        for text in ["*", "https://*.example", "a.example", "ftp://a.example", "null"] {
            assert!(parse_origin(text).is_err(), "{text}");
        }
        for text in ["https://u@a.example", "https://a.example/x", "https://a.example?x"] {
            assert!(parse_origin(text).is_err(), "{text}");
        }
    }
}
