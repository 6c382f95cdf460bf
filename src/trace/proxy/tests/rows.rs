//! One packet, one sentence: each decision row of §4.4 and what surrounds it.

use super::world::*;
use crate::model::{IpMode, LoadBalancerIngress, Service, ServiceKind, TrafficPolicy};
use crate::trace::proxy::*;

#[test]
fn a_cluster_ip_goes_to_its_endpoints_with_the_pods_address_kept() {
    assert_eq!(plain().send(POD, VIP), "1, 2");
    assert_eq!(plain().send(FAR, VIP), "1, 2");
    assert_eq!(Case { config: NFTABLES, ..plain() }.send(POD, VIP), "1, 2");
    assert_eq!(Case { config: IPVS, ..plain() }.send(POD, VIP), "1, 2");
}

#[test]
fn a_cluster_ip_under_policy_local_goes_only_to_the_nodes_own_endpoints() {
    assert_eq!(with(local_inside, plain()).send(POD, VIP), "1");
    assert_eq!(Case { entry: Some("n2"), ..with(local_inside, plain()) }.send(POD, VIP), "2");
}

#[test]
fn a_cluster_ip_without_any_usable_endpoint_refuses() {
    for endpoints in [vec![], vec![endpoint(1, "n1", "waiting"), endpoint(2, "n1", "leaving")]] {
        assert_eq!(of(endpoints.clone()).send(POD, VIP), "Reject NoEndpoint");
        assert_eq!(with(local_inside, of(endpoints.clone())).send(POD, VIP), "Reject NoEndpoint");
        assert_eq!(Case { config: NFTABLES, ..of(endpoints) }.send(POD, VIP), "Reject NoEndpoint");
    }
}

#[test]
fn a_cluster_ip_under_policy_local_without_an_endpoint_here_drops() {
    let case = || with(local_inside, of(vec![endpoint(2, "n2", "ready")]));
    assert_eq!(case().send(POD, VIP), "Drop InternalLocal");
    assert_eq!(Case { config: NFTABLES, ..case() }.send(POD, VIP), "Drop InternalLocal");
    assert_eq!(Case { config: IPVS, ..case() }.send(POD, VIP), "2", "ipvs falls back to all");
}

#[test]
fn external_addresses_under_policy_cluster_hide_the_client_from_the_endpoint() {
    for to in [EXTERNAL, BALANCER, NODE_PORT, "192.168.1.1:30080"] {
        for from in [POD, NODE, OUTSIDE] {
            assert_eq!(plain().send(from, to), "1 ExternalPolicy, 2 ExternalPolicy", "{from} {to}");
        }
    }
    let gate = "{mode: iptables, featureGates: {AllowServiceExternalIPs: false}}";
    let gate = Case { config: gate, release: "1.36.0", ..plain() };
    assert_eq!(gate.send(OUTSIDE, EXTERNAL), "Pass NoService");
}

#[test]
fn external_addresses_without_any_usable_endpoint_refuse() {
    for to in [EXTERNAL, BALANCER, NODE_PORT] {
        for case in [of(vec![]), with(local_outside, of(vec![endpoint(1, "n1", "waiting")]))] {
            assert_eq!(case.send(OUTSIDE, to), "Reject NoEndpoint", "{to}");
        }
    }
}

#[test]
fn a_load_balancer_drops_sources_outside_its_ranges_and_pods_are_no_exception() {
    let narrow = |case| with(|service| ranges(service, &["203.0.113.0/25", "fd00::/8"]), case);
    assert_eq!(narrow(plain()).send(OUTSIDE, BALANCER), "Drop SourceRanges");
    assert_eq!(narrow(plain()).send(POD, BALANCER), "Drop SourceRanges");
    assert_eq!(narrow(plain()).send("203.0.113.7", BALANCER), "1 ExternalPolicy, 2 ExternalPolicy");
    assert_eq!(narrow(plain()).send(OUTSIDE, NODE_PORT), "1 ExternalPolicy, 2 ExternalPolicy", "not NodePorts");
    assert_eq!(narrow(plain()).send(OUTSIDE, EXTERNAL), "1 ExternalPolicy, 2 ExternalPolicy", "not external IPs");
    for open in [&["203.0.113.0/25", "0.0.0.0/0"][..], &["fd00::/8"]] {
        let case = with(|service| ranges(service, open), plain());
        assert_eq!(case.send(OUTSIDE, BALANCER), "1 ExternalPolicy, 2 ExternalPolicy", "{open:?}");
    }
}

#[test]
fn a_blocked_source_without_endpoints_is_refused_in_iptables_and_dropped_in_nftables() {
    let narrow = || with(|service| ranges(service, &["203.0.113.0/25"]), of(vec![]));
    assert_eq!(narrow().send(OUTSIDE, BALANCER), "Reject NoEndpoint");
    assert_eq!(Case { config: NFTABLES, ..narrow() }.send(OUTSIDE, BALANCER), "Drop SourceRanges");
    assert_eq!(Case { config: NFTABLES, ..narrow() }.send("203.0.113.7", BALANCER), "Reject NoEndpoint");
}

#[test]
fn external_policy_local_keeps_the_clients_address_and_drops_where_no_endpoint_is() {
    for to in [EXTERNAL, BALANCER, NODE_PORT] {
        assert_eq!(with(local_outside, plain()).send(OUTSIDE, to), "1", "{to}");
        let elsewhere = || with(local_outside, of(vec![endpoint(2, "n2", "ready")]));
        assert_eq!(elsewhere().send(OUTSIDE, to), "Drop ExternalLocal", "{to}");
        assert_eq!(Case { config: NFTABLES, ..elsewhere() }.send(OUTSIDE, to), "Drop ExternalLocal", "{to}");
        assert_eq!(elsewhere().send(POD, to), "2", "pods get round the policy: {to}");
        assert_eq!(elsewhere().send(FAR, to), "2", "wherever they run: {to}");
        assert_eq!(elsewhere().send(NODE, to), "2 NodeItself", "and so does the node: {to}");
    }
    let ipvs = Case { config: IPVS, ..with(local_outside, of(vec![endpoint(2, "n2", "ready")])) };
    assert_eq!(ipvs.send(OUTSIDE, BALANCER), "2");
}

#[test]
fn external_policy_counts_only_where_the_outside_can_reach_the_service() {
    let inner = |service: &mut Service| {
        service.kind = ServiceKind::ClusterIp;
        service.external_policy = TrafficPolicy::Local;
    };
    assert_eq!(with(inner, plain()).send(OUTSIDE, EXTERNAL), "1", "external IPs make it reachable");
    let bare = |service: &mut Service| {
        inner(service);
        service.external_ips.clear();
    };
    assert_eq!(with(bare, plain()).send(OUTSIDE, BALANCER), "1 ExternalPolicy, 2 ExternalPolicy");
}

#[test]
fn who_counts_as_a_pod_depends_on_how_the_node_detects_it() {
    let elsewhere = || with(local_outside, of(vec![endpoint(2, "n2", "ready")]));
    let config = |config| Case { config, ..elsewhere() };
    for word in ["NodeCIDR", "BridgeInterface", "InterfaceNamePrefix"] {
        let text = format!("{{mode: iptables, detectLocalMode: {word}}}");
        let case = Case { config: &text, ..elsewhere() };
        assert_eq!(case.send(POD, BALANCER), "2", "{word}");
        assert_eq!(case.send(FAR, BALANCER), "Drop ExternalLocal", "{word}");
        assert_eq!(case.send(NODE, BALANCER), "2 NodeItself", "{word}");
        assert_eq!(case.send(POD, VIP), "2", "{word}");
        assert_eq!(case.send(NODE, VIP), "2 OutsidePodNetwork", "{word}");
        assert_eq!(Case { entry: None, ..case }.send(POD, BALANCER), "EntryNode? 2", "{word}");
    }
    let none = config("{mode: iptables, detectLocalMode: ClusterCIDR}");
    assert_eq!(none.send(POD, BALANCER), "Drop ExternalLocal", "no range, no way round");
    assert_eq!(none.send(OUTSIDE, VIP), "2", "and nobody is outside");
    let moon = config("{mode: iptables, detectLocalMode: Moon, clusterCIDR: 10.0.0.0/16}");
    assert_eq!(moon.send(POD, BALANCER), "Drop ExternalLocal");
    let v6 = config("{mode: iptables, clusterCIDR: 'fd00::/48'}");
    assert_eq!(v6.send(POD, BALANCER), "Drop ExternalLocal", "a range of the other family is none");
}

#[test]
fn a_cluster_ip_hides_sources_from_outside_the_pod_network_or_all_of_them() {
    assert_eq!(plain().send(OUTSIDE, VIP), "1 OutsidePodNetwork, 2 OutsidePodNetwork");
    assert_eq!(plain().send(NODE, VIP), "1 OutsidePodNetwork, 2 OutsidePodNetwork");
    let all = Case { config: "{mode: iptables, clusterCIDR: 10.0.0.0/16, iptables: {masqueradeAll: true}}", ..plain() };
    assert_eq!(all.send(POD, VIP), "1 All, 2 All");
}

#[test]
fn a_pod_that_meets_itself_is_seen_as_the_node() {
    assert_eq!(plain().send(SAME, VIP), "1 Hairpin, 2");
    assert_eq!(with(local_outside, plain()).send(SAME, BALANCER), "1 Hairpin, 2");
}

#[test]
fn an_undefined_port_is_refused_in_nftables_and_ipvs_and_left_alone_in_iptables() {
    for to in ["10.96.0.1:81", "10.96.0.1:80 UDP", "10.96.0.1:8080"] {
        assert_eq!(plain().send(POD, to), "Pass [(Port(80), Tcp)]", "{to}");
        for config in [NFTABLES, IPVS] {
            assert_eq!(Case { config, ..plain() }.send(POD, to), "Reject [(Port(80), Tcp)]", "{to}");
        }
    }
    for to in ["198.51.100.1:81", "203.0.113.1:80 UDP", "192.168.0.1:30081", "192.168.0.1:30080 UDP"] {
        assert_eq!(Case { config: NFTABLES, ..plain() }.send(POD, to), "Pass NoService", "only cluster IPs: {to}");
    }
}

#[test]
fn an_unallocated_cluster_ip_is_dropped_in_nftables_and_left_alone_elsewhere() {
    assert_eq!(Case { config: NFTABLES, ..plain() }.send(POD, "10.96.7.7:80"), "Drop Unallocated");
    assert_eq!(plain().send(POD, "10.96.7.7:80"), "Pass Unallocated");
    assert_eq!(Case { config: IPVS, ..plain() }.send(POD, "10.96.7.7:80"), "Pass Unallocated");
    assert_eq!(Case { config: NFTABLES, ..plain() }.send(POD, "1.1.1.1:80"), "Pass NoService");
    let unknown = Case { config: NFTABLES, cidrs: None, ..plain() };
    assert_eq!(unknown.send(POD, "10.96.7.7:80"), "ServiceCidrs?");
    assert_eq!(unknown.send(POD, "192.168.0.1:9"), "Pass NoService", "a node's address is no cluster IP");
    let nowhere = Case { config: NFTABLES, cidrs: None, entry: None, ..plain() };
    assert_eq!(nowhere.send(POD, "10.96.7.7:80"), "ServiceCidrs?");
    assert_eq!(unknown.send(POD, "127.0.0.1:9"), "Pass NoService", "nor is loopback");
    assert_eq!(unknown.send(POD, "198.51.100.1:81"), "ServiceCidrs?", "an external IP might be one");
    assert_eq!(Case { cidrs: None, ..plain() }.send(POD, "10.96.7.7:80"), "Pass NoService");
}

#[test]
fn a_hidden_service_is_an_unallocated_address_and_its_other_addresses_are_nobodys() {
    let nftables = Case { config: NFTABLES, ..with(hidden, plain()) };
    assert_eq!(nftables.send(POD, VIP), "Drop Hidden");
    let unknown = Case { cidrs: None, ..nftables };
    assert_eq!(unknown.send(POD, VIP), "Drop Hidden");
    assert_eq!(unknown.send(POD, EXTERNAL), "Pass Hidden");
    assert_eq!(Case { cidrs: None, ..with(hidden, plain()) }.send(POD, VIP), "Pass Hidden");
    assert_eq!(with(hidden, plain()).send(POD, VIP), "Pass Hidden");
    for to in [EXTERNAL, BALANCER] {
        assert_eq!(Case { config: NFTABLES, ..with(hidden, plain()) }.send(POD, to), "Pass Hidden", "{to}");
    }
    assert_eq!(with(hidden, plain()).send(POD, NODE_PORT), "Pass NoService");
}

#[test]
fn an_address_through_which_a_balancer_passes_traffic_leaves_the_cluster() {
    for mode in [IpMode::Proxy, IpMode::Other("Tunnel".into())] {
        let case = with(|service| service.load_balancer[0].ip_mode = mode.clone(), plain());
        assert_eq!(case.send(POD, BALANCER), "Pass ToBalancer");
        let second = LoadBalancerIngress { ip: Some(ip("203.0.113.2")), hostname: None, ip_mode: IpMode::Vip };
        let both = with(|service| service.load_balancer.push(second.clone()), case);
        assert_eq!(both.send(POD, BALANCER), "Pass ToBalancer");
        assert_eq!(both.send(POD, "203.0.113.2:80"), "1 ExternalPolicy, 2 ExternalPolicy");
    }
}

#[test]
fn a_node_port_is_served_only_where_the_node_serves_it() {
    let nftables = || Case { config: NFTABLES, ..plain() };
    assert_eq!(nftables().send(OUTSIDE, "192.168.0.1:30080"), "1 ExternalPolicy, 2 ExternalPolicy");
    assert_eq!(nftables().send(OUTSIDE, "192.168.1.1:30080"), "Pass 192.168.0.1/32");
    assert_eq!(nftables().send(NODE, "127.0.0.1:30080"), "Pass NotOnLoopback");
    assert_eq!(plain().send(NODE, "127.0.0.1:30080"), "1 ExternalPolicy, 2 ExternalPolicy");
    let gate =
        "mode: nftables\nnodePortAddresses: [localhost]\nfeatureGates: {KubeProxyNFTablesLocalhostNodePorts: true}";
    let userspace = || Case { config: gate, ..plain() };
    assert_eq!(userspace().send(NODE, "127.0.0.1:30080"), "1 Userspace, 2 Userspace");
    assert_eq!(with(local_outside, userspace()).send(NODE, "127.0.0.1:30080"), "1 Userspace");
    let empty = Case { config: gate, ..of(vec![]) };
    assert_eq!(empty.send(NODE, "127.0.0.1:30080"), "Reject Loopback");
    let only = gate.replace("localhost]", "all]");
    assert_eq!(Case { config: &only, ..plain() }.send(NODE, "127.0.0.1:30080"), "Reject Loopback");
}

#[test]
fn a_node_port_of_another_node_is_decided_by_that_node() {
    let store = store(vec![with(local_outside, plain()).service], plain().slices);
    let (said, assumed) = plain().send_in(&store, OUTSIDE, "192.168.0.2:30080");
    assert_eq!((said.as_str(), assumed), ("2", vec![Assumption::SourceKept]));
    let (said, _) = plain().send_in(&store, NODE, "192.168.0.2:30080");
    assert_eq!(said, "2", "another node is outside there");
    let nowhere = || Case { entry: None, ..plain() };
    assert_eq!(nowhere().send_in(&store, NODE, "192.168.0.2:30080").0, "2", "the address tells the node");
    assert_eq!(nowhere().send_in(&store, NODE, NODE_PORT).0, "1 NodeItself, 2 NodeItself", "its own is its own");
}

#[test]
fn shutting_down_endpoints_are_used_when_no_ready_one_is_left_for_the_policy() {
    let case = of(vec![endpoint(1, "n1", "lingering"), endpoint(2, "n2", "ready"), endpoint(3, "n1", "leaving")]);
    assert_eq!(case.send(POD, VIP), "2");
    assert_eq!(with(local_inside, case).send(POD, VIP), "1", "none ready on this node");
    assert_eq!(of(vec![endpoint(1, "n1", "lingering"), endpoint(3, "n2", "waiting")]).send(POD, VIP), "1");
}
