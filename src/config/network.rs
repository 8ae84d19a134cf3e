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
    /// Reads `10.0.0.0/8`, `10.1.2.3`, `fd00::/8` or `::1`. Bits beyond the prefix must be zero,
    /// since `10.1.2.3/8` may be meant as one host or as sixteen million.
    pub(super) fn parse(text: &str) -> ParseResult<Self> {
        let wrong = || "expected addresses or networks, as 10.1.2.3 or 10.0.0.0/8".to_owned();
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok().ok_or_else(wrong)?;
        let width = if address.is_ipv4() { 32 } else { 128 };
        let prefix: u32 = match prefix {
            Some(prefix) => prefix.parse().ok().ok_or_else(wrong)?,
            None => width,
        };
        let host_bits = width.checked_sub(prefix).ok_or_else(wrong)?;
        let mask = u128::MAX.checked_shl(host_bits).unwrap_or(0);
        let base = address_to_bits(address);
        if base & !mask != 0 {
            return Err("expected a network whose bits beyond the prefix are zero".to_owned());
        }
        Ok(Self { base, mask })
    }

    /// Tells whether an address lies in this network; an IPv4 address in IPv6 clothes
    /// (`::ffff:10.1.2.3`, as sockets for both give it) is the IPv4 address.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        address_to_bits(address) & self.mask == self.base
    }
}

/// Returns an address as a number of 128 bits, IPv4 in its mapped form.
fn address_to_bits(address: IpAddr) -> u128 {
    let mapped: Ipv6Addr = match address {
        IpAddr::V4(address) => address.to_ipv6_mapped(),
        IpAddr::V6(address) => address,
    };
    mapped.to_bits()
}

pub(super) fn parse_socket_address(text: &str) -> ParseResult<SocketAddr> {
    let wrong = || "expected an IP address and port, as 127.0.0.1:8080 or [::]:8080".to_owned();
    text.parse().ok().ok_or_else(wrong)
}

/// Reads an address and port, or `off`.
pub(super) fn parse_optional_address(text: &str) -> ParseResult<Option<SocketAddr>> {
    if text == "off" { Ok(None) } else { parse_socket_address(text).map(Some) }
}

/// Reads an origin and returns it as browsers send it: lower case, no default port, no path.
pub(super) fn parse_origin(text: &str) -> ParseResult<String> {
    let wrong = || {
        "expected the origin of a site, as https://dashboard.example or http://localhost:3000, without a path; \
         * is not accepted"
            .to_owned()
    };
    let url = Url::parse(text).ok().ok_or_else(wrong)?;
    let bare = matches!(url.scheme(), "https" | "http")
        && url.username().is_empty()
        && url.password().is_none()
        && !text.contains('*')
        && matches!(&url[Position::BeforePath..], "" | "/");
    if bare { Ok(url.origin().ascii_serialization()) } else { Err(wrong()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_holds_its_addresses_and_no_others() {
        let holds = |network: &str, address: &str| {
            IpNetwork::parse(network).unwrap().contains(address.parse().unwrap())
        };
        assert!(holds("10.0.0.0/8", "10.255.0.1"));
        assert!(holds("10.0.0.0/8", "::ffff:10.1.2.3"));
        assert!(!holds("10.0.0.0/8", "11.0.0.1"));
        assert!(holds("10.1.2.3", "10.1.2.3"));
        assert!(!holds("10.1.2.3", "10.1.2.4"));
        assert!(holds("0.0.0.0/0", "203.0.113.9"));
        assert!(!holds("0.0.0.0/0", "2001:db8::1"));
        assert!(holds("::/0", "2001:db8::1"));
        assert!(holds("fd00::/8", "fd12::1"));
        assert!(!holds("fd00::/8", "10.0.0.1"));
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for text in ["", "10.0.0.0/33", "10.0.0.1/8", "::/129", "proxy.example", "10.0.0.0/-1"] {
            assert!(IpNetwork::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_origin_is_what_a_browser_sends() {
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
