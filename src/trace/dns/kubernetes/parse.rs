//! What a name below a zone asks for, before anything is looked up (§2.3).

use crate::model::Text;
use crate::trace::dns::{Name, Why};

/// A name taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::trace::dns) enum Parsed {
    /// The zone, `svc` or `pod`.
    Apex,
    /// `ns.svc`, `ns.pod`
    Namespace { namespace: Text, pods: bool },
    /// `10-0-0-1.ns.pod`; what stands left of it is ignored.
    Pod { namespace: Text, label: Text },
    /// `[…].svc.ns.svc`
    Service { namespace: Text, service: Text, part: Part },
}

/// What stands left of a Service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::trace::dns) enum Part {
    /// Nothing.
    Whole,
    /// One label is always an endpoint.
    Endpoint(Text),
    /// Two labels are a port's name and protocol, with or without underscores; empty means any.
    Port { name: Text, protocol: Text },
    /// `zone.pin._zone`, `zone.prefer._zone`
    Zone { zone: Text, prefer: bool },
}

/// Takes apart a name within `zone`.
///
/// # Errors
/// Where the name has a shape that no record has.
pub(in crate::trace::dns) fn parse_request(name: &Name, zone: &Name, zonal: bool) -> Result<Parsed, Why> {
    let left = name.below(zone).unwrap_or_default();
    let labels: Vec<&str> = left.split('.').filter(|label| !label.is_empty()).collect();
    let (kind, labels) = match labels.as_slice() {
        [] | ["svc" | "pod"] => return Ok(Parsed::Apex),
        [rest @ .., kind @ ("svc" | "pod")] => (*kind, rest),
        [.., other] => return Err(Why::NotSvcNorPod((*other).into())),
    };
    match (kind, labels) {
        (_, []) => Ok(Parsed::Apex),
        (kind, [namespace]) => Ok(Parsed::Namespace { namespace: (*namespace).into(), pods: kind == "pod" }),
        (kind, [part @ .., service, namespace]) => {
            let part = part_of(part, zonal && kind == "svc")?;
            let (namespace, service) = (Text::from(*namespace), Text::from(*service));
            Ok(match kind {
                "pod" => Parsed::Pod { namespace, label: service },
                _ => Parsed::Service { namespace, service, part },
            })
        }
    }
}

fn part_of(labels: &[&str], zonal: bool) -> Result<Part, Why> {
    let bare = |label: &str| Text::from(label.strip_prefix('_').unwrap_or(label));
    match labels {
        [] => Ok(Part::Whole),
        [endpoint] => Ok(Part::Endpoint((*endpoint).into())),
        [name, protocol] => Ok(Part::Port { name: bare(name), protocol: bare(protocol) }),
        [zone @ .., directive @ ("pin" | "prefer"), "_zone"] if zonal => {
            Ok(Part::Zone { zone: zone.join(".").into(), prefer: *directive == "prefer" })
        }
        more => Err(Why::TooDeep { extra: more.len() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(left: &str, zonal: bool) -> Result<Parsed, Why> {
        let zone = Name::new("cluster.local").unwrap();
        let name = if left.is_empty() { zone.clone() } else { zone.child(left).unwrap() };
        parse_request(&name, &zone, zonal)
    }

    fn service(part: Part) -> Result<Parsed, Why> {
        Ok(Parsed::Service { namespace: "a".into(), service: "web".into(), part })
    }

    fn port(name: &str, protocol: &str) -> Part {
        Part::Port { name: name.into(), protocol: protocol.into() }
    }

    #[test]
    fn each_shape_of_a_name_is_told_apart() {
        for (left, expected) in [
            ("", Ok(Parsed::Apex)),
            ("svc", Ok(Parsed::Apex)),
            ("pod", Ok(Parsed::Apex)),
            ("foo", Err(Why::NotSvcNorPod("foo".into()))),
            ("web.a", Err(Why::NotSvcNorPod("a".into()))),
            ("a.svc", Ok(Parsed::Namespace { namespace: "a".into(), pods: false })),
            ("a.pod", Ok(Parsed::Namespace { namespace: "a".into(), pods: true })),
            ("web.a.svc", service(Part::Whole)),
            ("WEB.A.SVC", service(Part::Whole)),
            ("h0.web.a.svc", service(Part::Endpoint("h0".into()))),
            ("_tcp.web.a.svc", service(Part::Endpoint("_tcp".into()))),
            ("_http._tcp.web.a.svc", service(port("http", "tcp"))),
            ("http.tcp.web.a.svc", service(port("http", "tcp"))),
            ("__http._.web.a.svc", service(port("_http", ""))),
            ("x.y.z.web.a.svc", Err(Why::TooDeep { extra: 3 })),
            ("x.pin._zone.web.a.svc", Err(Why::TooDeep { extra: 3 })),
            ("1-2-3-4.a.pod", Ok(Parsed::Pod { namespace: "a".into(), label: "1-2-3-4".into() })),
            ("x.y.1-2-3-4.a.pod", Ok(Parsed::Pod { namespace: "a".into(), label: "1-2-3-4".into() })),
            ("x.y.z.1-2-3-4.a.pod", Err(Why::TooDeep { extra: 3 })),
        ] {
            assert_eq!(parse(left, false), expected, "{left}");
        }
    }

    #[test]
    fn zonal_names_need_a_directive_and_the_option() {
        let zone = |zone: &str, prefer| service(Part::Zone { zone: zone.into(), prefer });
        assert_eq!(parse("eu-1.pin._zone.web.a.svc", true), zone("eu-1", false));
        assert_eq!(parse("eu.west-1.prefer._zone.web.a.svc", true), zone("eu.west-1", true));
        assert_eq!(parse("eu-1.any._zone.web.a.svc", true), Err(Why::TooDeep { extra: 3 }));
        assert_eq!(parse("eu-1.pin.zone.web.a.svc", true), Err(Why::TooDeep { extra: 3 }));
        assert_eq!(parse("pin._zone.web.a.svc", true), service(port("pin", "zone")));
        assert_eq!(parse("eu-1.pin._zone.web.a.pod", true), Err(Why::TooDeep { extra: 3 }));
    }
}
