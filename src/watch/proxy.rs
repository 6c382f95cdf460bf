//! Which proxy to use: the kubeconfig's, else the environment's, as Go programs decide it.
//!
//! Own code because kube 5.0.0 matches `NO_PROXY` against the proxy's own address and refuses odd lists.

use std::net::IpAddr;

/// The environment's proxy settings.
#[derive(Clone, Debug, Default)]
pub(super) struct Environment {
    pub(super) https: Option<String>,
    pub(super) http: Option<String>,
    pub(super) no: String,
}

impl Environment {
    pub(super) fn read() -> Self {
        let get =
            |names: [&str; 2]| names.iter().find_map(|name| std::env::var(name).ok()).filter(|text| !text.is_empty());
        Self {
            https: get(["HTTPS_PROXY", "https_proxy"]),
            http: get(["HTTP_PROXY", "http_proxy"]),
            no: get(["NO_PROXY", "no_proxy"]).unwrap_or_default(),
        }
    }

    /// The proxy for a server, if any.
    pub(super) fn for_server(&self, https: bool, host: &str, port: u16) -> Option<&str> {
        let proxy = if https { self.https.as_deref() } else { self.http.as_deref() }?;
        (!self.exempt(host, port)).then_some(proxy)
    }

    /// Whether `NO_PROXY` names the server. Loopback is always exempt.
    fn exempt(&self, host: &str, port: u16) -> bool {
        let host = host.trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
        let ip: Option<IpAddr> = host.parse().ok();
        if host == "localhost" || ip.is_some_and(|ip| ip.is_loopback()) {
            return true;
        }
        let items = self.no.split(',').map(str::trim).filter(|item| !item.is_empty());
        items.into_iter().any(|item| names(&item.to_ascii_lowercase(), &host, ip, port))
    }
}

fn names(item: &str, host: &str, ip: Option<IpAddr>, port: u16) -> bool {
    if item == "*" {
        return true;
    }
    if let (Some((network, bits)), Some(ip)) = (item.split_once('/'), ip) {
        return network.parse().is_ok_and(|network: IpAddr| within(network, bits, ip));
    }
    let (name, wanted) = match item.rsplit_once(':') {
        Some((name, digits)) if !name.contains(':') => (name, digits.parse::<u16>().ok()),
        Some(_) | None => (item, None),
    };
    if wanted.is_some_and(|wanted| wanted != port) {
        return false;
    }
    if let (Some(ip), Ok(named)) = (ip, name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>()) {
        return ip == named;
    }
    let suffix = name.trim_start_matches("*.").trim_start_matches('.');
    let bare = !name.starts_with('.') && !name.starts_with("*.");
    (bare && host == suffix) || host.strip_suffix(suffix).is_some_and(|rest| rest.ends_with('.'))
}

fn within(network: IpAddr, bits: &str, ip: IpAddr) -> bool {
    let Ok(bits) = bits.parse::<u32>() else { return false };
    match (network, ip) {
        (IpAddr::V4(network), IpAddr::V4(ip)) if bits <= 32 => {
            let mask = u32::MAX.checked_shl(32 - bits).unwrap_or(0);
            network.to_bits() & mask == ip.to_bits() & mask
        }
        (IpAddr::V6(network), IpAddr::V6(ip)) if bits <= 128 => {
            let mask = u128::MAX.checked_shl(128 - bits).unwrap_or(0);
            network.to_bits() & mask == ip.to_bits() & mask
        }
        (IpAddr::V4(_) | IpAddr::V6(_), _) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::Environment;

    fn exempt(no: &str, host: &str) -> bool {
        let environment = Environment { https: Some("http://proxy:3128".into()), http: None, no: no.into() };
        environment.for_server(true, host, 6443).is_none()
    }

    #[test]
    fn no_proxy_is_matched_against_the_server_as_go_does() {
        for (no, host, expected) in [
            ("", "api.corp", false),
            ("corp", "api.corp", true),
            (".corp", "api.corp", true),
            (".corp", "corp", false),
            ("*.corp", "api.corp", true),
            ("api.corp:6443", "api.corp", true),
            ("api.corp:443", "api.corp", false),
            ("10.0.0.0/8", "10.1.2.3", true),
            ("10.0.0.0/8", "11.1.2.3", false),
            ("10.1.2.3", "10.1.2.3", true),
            ("fd00::/8", "[fd00::1]", true),
            ("*", "anything", true),
            ("a,,b,", "b", true),
            ("orp", "api.corp", false),
            ("", "127.0.0.1", true),
            ("", "localhost", true),
            ("not a list, ???", "api.corp", false),
        ] {
            assert_eq!(exempt(no, host), expected, "NO_PROXY={no} host={host}");
        }
    }
}
