//! Which addresses are public: everything that the registries of special addresses (RFC 6890) do
//! not give to somebody or something else.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Not public, by the IPv4 registry, multicast and reserved space.
const SPECIAL_V4: [([u8; 4], u32); 16] = [
    ([0, 0, 0, 0], 8),
    ([10, 0, 0, 0], 8),
    ([100, 64, 0, 0], 10),
    ([127, 0, 0, 0], 8),
    ([169, 254, 0, 0], 16),
    ([172, 16, 0, 0], 12),
    ([192, 0, 0, 0], 24),
    ([192, 0, 2, 0], 24),
    ([192, 88, 99, 0], 24),
    ([192, 168, 0, 0], 16),
    ([198, 18, 0, 0], 15),
    ([198, 51, 100, 0], 24),
    ([203, 0, 113, 0], 24),
    ([224, 0, 0, 0], 4),
    ([240, 0, 0, 0], 4),
    ([255, 255, 255, 255], 32),
];

/// All that is given out as global unicast lies in 2000::/3. Not public in there:
const SPECIAL_V6: [([u16; 8], u32); 4] = [
    ([0x2001, 0, 0, 0, 0, 0, 0, 0], 23),
    ([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32),
    ([0x2002, 0, 0, 0, 0, 0, 0, 0], 16),
    ([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20),
];
const GLOBAL_UNICAST: ([u16; 8], u32) = ([0x2000, 0, 0, 0, 0, 0, 0, 0], 3);

/// Whether anybody on the internet may be asked at this address.
pub(super) fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => !SPECIAL_V4.iter().any(|(network, length)| is_in_v4(ip, *network, *length)),
        // 2000::/3 leaves out what carries an IPv4 address: mapped, NAT64, link-local, unique local.
        IpAddr::V6(ip) => {
            is_in_v6(ip, GLOBAL_UNICAST.0, GLOBAL_UNICAST.1)
                && !SPECIAL_V6.iter().any(|(network, length)| is_in_v6(ip, *network, *length))
        }
    }
}

fn is_in_v4(ip: Ipv4Addr, network: [u8; 4], length: u32) -> bool {
    (ip.to_bits() ^ Ipv4Addr::from(network).to_bits()) >> (32 - length) == 0
}

fn is_in_v6(ip: Ipv6Addr, network: [u16; 8], length: u32) -> bool {
    (ip.to_bits() ^ Ipv6Addr::from(network).to_bits()) >> (128 - length) == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use ipnet::IpNet;

    fn ends(network: &str) -> [IpAddr; 2] {
        let network: IpNet = network.parse().unwrap();
        [network.network(), network.broadcast()]
    }

    #[test]
    fn trust_e03_no_address_of_the_special_registries_is_public() {
        for network in [
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",
            "240.0.0.0/4",
            "255.255.255.255/32",
            "::/128",
            "::1/128",
            "::ffff:0:0/96",
            "64:ff9b::/96",
            "64:ff9b:1::/48",
            "100::/64",
            "100:0:0:1::/64",
            "2001::/23",
            "2001::/32",
            "2001:2::/48",
            "2001:10::/28",
            "2001:20::/28",
            "2001:db8::/32",
            "2002::/16",
            "3fff::/20",
            "5f00::/16",
            "fc00::/7",
            "fe80::/10",
            "fec0::/10",
            "ff00::/8",
        ] {
            for ip in ends(network) {
                assert!(!is_public(ip), "{ip} of {network}");
            }
        }
    }

    #[test]
    fn what_lies_beside_them_is_public() {
        for ip in [
            "1.0.0.0",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.0",
            "169.253.255.255",
            "169.255.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.0",
            "192.0.3.0",
            "192.88.98.0",
            "192.88.100.0",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "198.51.99.255",
            "203.0.114.0",
            "223.255.255.255",
            "2000::",
            "2001:200::",
            "2001:db7::1",
            "2001:db9::",
            "2003::",
            "2606:4700::1111",
            "3ffe::",
            "3fff:1000::",
        ] {
            assert!(is_public(ip.parse().unwrap()), "{ip}");
        }
    }
}
