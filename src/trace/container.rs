//! The last hop: which container of a pod a port belongs to, as far as declarations tell (§4.7).

use crate::model::{Container, ContainerKind, ContainerPort, Pod, Port, Protocol, Text};

/// A declared container port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declared {
    /// The container.
    pub container: Text,
    /// The port's name.
    pub port_name: Option<Text>,
}

/// Who is meant to listen on a port of a pod. A declaration is information, not a fact about what listens (R4.21).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Listener {
    /// This container declares it.
    Declared(Declared),
    /// No container declares it, which is no error; those that declare the same number for another protocol.
    Undeclared(Vec<(Text, Protocol)>),
    /// The pod listens on its node's addresses, beside everything else there; who declares it, if anyone does.
    HostNetwork(Option<Declared>),
}

/// The containers that run while the pod serves: the main ones, then restartable init containers.
fn running(pod: &Pod) -> impl Iterator<Item = &Container> {
    let of = |kind| pod.containers.iter().filter(move |container| container.kind == kind);
    of(ContainerKind::Main).chain(of(ContainerKind::Sidecar))
}

/// The container that declares a port of a pod.
pub fn container_for(pod: &Pod, port: Port, protocol: &Protocol) -> Listener {
    let same = |own: &&ContainerPort| own.port == port && own.protocol == *protocol;
    let declared = running(pod).find_map(|container| {
        let found = container.ports.iter().find(same)?;
        Some(Declared { container: container.name.clone(), port_name: found.name.clone() })
    });
    match declared {
        declared if pod.host_network() => Listener::HostNetwork(declared),
        Some(declared) => Listener::Declared(declared),
        None => {
            let number = running(pod).flat_map(|container| container.ports.iter().map(move |own| (container, own)));
            let number = number.filter(|(_, own)| own.port == port);
            Listener::Undeclared(
                number.map(|(container, own)| (container.name.clone(), own.protocol.clone())).collect(),
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::PodRare;

    fn container(name: &str, kind: ContainerKind, ports: &[(&str, u16, Protocol)]) -> Container {
        let ports = ports.iter().map(|(name, port, protocol)| ContainerPort {
            name: Some((*name).into()),
            port: Port(*port),
            protocol: protocol.clone(),
        });
        Container { name: name.into(), kind, image: Text::default(), ports: ports.collect(), readiness_probe: false }
    }

    fn declared(container: &str, port: &str) -> Declared {
        Declared { container: container.into(), port_name: Some(port.into()) }
    }

    #[test]
    fn a_port_belongs_to_the_container_that_declares_number_and_protocol() {
        let pod = Pod {
            containers: vec![
                container("setup", ContainerKind::Init, &[("setup", 9999, Protocol::Tcp)]),
                container(
                    "mesh",
                    ContainerKind::Sidecar,
                    &[("in", 15006, Protocol::Tcp), ("dup", 8080, Protocol::Tcp)],
                ),
                container("app", ContainerKind::Main, &[("http", 8080, Protocol::Tcp), ("dns", 53, Protocol::Udp)]),
            ]
            .into(),
            ..Pod::default()
        };
        let find = |port, protocol: &Protocol| container_for(&pod, Port(port), protocol);
        assert_eq!(find(8080, &Protocol::Tcp), Listener::Declared(declared("app", "http")), "main ones come first");
        assert_eq!(find(15006, &Protocol::Tcp), Listener::Declared(declared("mesh", "in")));
        assert_eq!(find(53, &Protocol::Udp), Listener::Declared(declared("app", "dns")));
        assert_eq!(find(53, &Protocol::Tcp), Listener::Undeclared(vec![("app".into(), Protocol::Udp)]));
        assert_eq!(find(9999, &Protocol::Tcp), Listener::Undeclared(Vec::new()), "it has ended by then");
        assert_eq!(find(81, &Protocol::Tcp), Listener::Undeclared(Vec::new()));
        let rare = Some(Box::new(PodRare { host_network: true, ..PodRare::default() }));
        let pod = Pod { rare, ..pod };
        assert_eq!(
            container_for(&pod, Port(8080), &Protocol::Tcp),
            Listener::HostNetwork(Some(declared("app", "http")))
        );
        assert_eq!(container_for(&pod, Port(81), &Protocol::Tcp), Listener::HostNetwork(None));
    }
}
