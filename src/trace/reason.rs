//! Why a name does not lead to pods, or not the way one expects: a row of the diagnosis table (§5) each, with its data.
//!
//! Sentences live in `view`. To add a reason: a variant here with its id and rule, where it is found, its sentence there,
//! and a scenario that produces it.

use std::net::IpAddr;

use super::finding::{Held, Near, PreferenceOff, SliceIgnored};
use crate::model::{Family, Key, Phase, Port, Protocol, Text};

macro_rules! reasons {
    ($($(#[doc = $doc:literal])* $name:ident $({ $($(#[doc = $field_doc:literal])* $field:ident: $type:ty),* $(,)? })? = $id:literal, $rule:literal;)*) => {
        /// A reason. The comment of each is what holds when it is given.
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[expect(missing_docs, reason = "a field that says what it is by its name needs no second word")]
        pub enum Reason {
            $($(#[doc = $doc])* $name $({ $($(#[doc = $field_doc])* $field: $type),* })?),*
        }

        impl Reason {
            /// Every reason's id and the row of the diagnosis table that it is, in the table's order.
            pub const ALL: &'static [(&'static str, &'static str)] = &[$(($id, $rule)),*];

            /// Its name in JSON and scenarios; stable.
            pub fn id(&self) -> &'static str {
                match self { $(Self::$name $({ $($field: _),* })? => $id),* }
            }

            /// The row of the diagnosis table (§5); empty where none fits.
            pub fn rule(&self) -> &'static str {
                match self { $(Self::$name $({ $($field: _),* })? => $rule),* }
            }
        }
    };
}

reasons! {
    // The name does not resolve, or to something else (§5.1).
    /// No Service of that name where the search list looks; it exists in other namespaces.
    OtherNamespace {
        name: String,
        /// Where it was looked for.
        searched: Text,
        /// Where such Services are.
        found: Vec<Text>,
    } = "other-namespace", "D01";
    /// No Service of that name anywhere.
    NoService {
        /// What was looked for.
        service: Key,
        near: Vec<Near>,
    } = "no-service", "D01";
    /// The namespace in the name does not exist.
    NoNamespace {
        namespace: Text,
        near: Vec<Near>,
    } = "no-namespace", "D02";
    /// The name has a shape that no record has.
    NoSuchShape {
        /// The name as it was queried.
        name: String,
    } = "no-such-shape", "D03";
    /// hostNetwork with ClusterFirst: the node's resolver is used.
    HostNetwork = "host-network-dns", "D04";
    /// dnsPolicy Default: the node's resolver is used.
    DefaultPolicy = "dns-policy-default", "D05";
    /// dnsPolicy None with nameservers that are not the cluster's.
    ForeignNameservers {
        servers: Vec<String>,
    } = "foreign-nameservers", "D06";
    /// The kubelet's cluster domain is not a zone of the DNS server.
    DomainMismatch {
        /// Under which pods search.
        kubelet: String,
        /// What the DNS server serves.
        zones: Vec<String>,
    } = "domain-mismatch", "D07";
    /// The client's nameserver is the address of no Service (any more).
    StaleNameserver {
        server: String,
    } = "stale-nameserver", "D08";
    /// The DNS Service has no ready endpoint.
    DnsDown {
        service: Key,
        /// Pods that it selects.
        selected: usize,
        /// Those that are ready.
        ready: usize,
    } = "dns-down", "D09";
    /// musl does not use the search list for a name with so many dots.
    MuslNdots {
        /// ndots of the client.
        ndots: u8,
        /// The name that would have answered.
        would: String,
    } = "musl-ndots", "D12";
    /// musl stops at a candidate that exists without an address.
    MuslNoData {
        /// Where it stops.
        candidate: String,
        /// Where the answer is.
        later: String,
    } = "musl-nodata", "D13";
    /// musl ignores the search line, because it is too long.
    MuslLongSearch {
        /// Its length in characters.
        length: usize,
    } = "musl-long-search", "D14";
    /// The kubelet drops a part of the search list or of the nameservers.
    SearchCut {
        /// What it drops.
        dropped: Vec<String>,
    } = "search-cut", "D15";
    /// /etc/hosts of the client answers; DNS is never asked.
    HostsFile {
        address: IpAddr,
        /// By a line of hostAliases; otherwise the pod's own name.
        alias: bool,
    } = "hosts-file", "D16";
    /// A headless Service without a ready endpoint is NXDOMAIN.
    HeadlessEmpty {
        service: Key,
        /// How many endpoints are not ready.
        unready: usize,
    } = "headless-empty", "D17";
    /// All endpoints of a headless Service are terminating, though still serving.
    HeadlessDraining {
        service: Key,
    } = "headless-draining", "D18";
    /// Records of the other family only.
    OtherFamily {
        /// The family that is there.
        has: Family,
    } = "other-family", "D19";
    /// A pod's name below a Service, where the pod has no hostname with that subdomain.
    PodWithoutHostname {
        pod: Key,
        hostname: Option<Text>,
        subdomain: Option<Text>,
        service: Text,
    } = "pod-without-hostname", "D20";
    /// The Service that a StatefulSet names its pods under is missing or not headless.
    GoverningService {
        /// The StatefulSet.
        owner: Text,
        service: Key,
        /// It exists, but has a cluster IP.
        exists: bool,
    } = "governing-service", "D21";
    /// An endpoint with a hostname is not found under its address.
    PublishedAs {
        hostname: String,
    } = "published-as", "D22";
    /// The DNS server answers no pod records.
    PodsDisabled = "pods-disabled", "D23";
    /// A pod record for an address that no pod has.
    PodRecordOfNobody {
        address: IpAddr,
        /// `pods verified`: it is not answered; otherwise it is answered all the same.
        verified: bool,
    } = "pod-record-of-nobody", "D24";
    /// The Service has no port of that name and protocol.
    NoSuchPort {
        service: Key,
        /// The port name asked for.
        port: String,
        /// The protocol asked for.
        protocol: String,
        near: Vec<Near>,
    } = "no-such-port", "D25";
    /// externalName is an address: no record is served.
    AliasToAddress {
        service: Key,
        target: String,
    } = "alias-to-address", "D26";
    /// externalName is a name of the cluster that has no address.
    AliasToNothing {
        service: Key,
        target: String,
    } = "alias-to-nothing", "D27";
    /// ExternalNames point at each other.
    AliasLoop {
        service: Key,
        chain: Vec<String>,
    } = "alias-loop", "D28";
    /// externalName lies outside the cluster.
    AliasOutside {
        service: Key,
        target: String,
    } = "alias-outside", "D29";
    /// externalName is a single label, looked up as a top-level name.
    AliasSingleLabel {
        service: Key,
        target: String,
    } = "alias-single-label", "D30";
    /// The DNS server's configuration leaves it out.
    HiddenByCorefile {
        /// What: a namespace, a Service.
        what: String,
    } = "hidden-by-corefile", "D31";
    /// Another server block or plugin answers before the kubernetes plugin.
    Shadowed {
        /// Which.
        by: String,
    } = "shadowed", "D32";
    /// Not a name of the cluster: forwarded.
    ForwardedName {
        /// To whom.
        to: Vec<String>,
    } = "forwarded", "D34";
    /// The name costs many queries, because it has few dots.
    Amplified {
        /// Queries that go out.
        queries: usize,
        /// Those that find nothing.
        wasted: usize,
        /// ndots of the client.
        ndots: u8,
    } = "amplified", "D35";
    /// Clients and caches may go on for so long with an answer that holds no more.
    Cached {
        /// Which.
        held: Held,
        /// Seconds from when they asked.
        seconds: u32,
    } = "cached", "D36";
    /// A reverse lookup that CoreDNS never answers.
    SilentReverse {
        address: IpAddr,
        /// The slice without a Service that is to blame.
        slice: Key,
    } = "silent-reverse", "D106";

    // The pod is not an endpoint (§5.2).
    /// Slices of a Service that lost its selector, or became an alias: never updated again.
    FrozenSlices {
        service: Key,
        /// Endpoints in them.
        endpoints: usize,
    } = "frozen-slices", "D33";
    /// Nothing has the labels; the nearest miss.
    LabelsDiffer {
        service: Key,
        /// A pod that comes near.
        pod: Key,
        label: Text,
        /// The value wanted.
        wanted: Text,
        /// The value that it has.
        found: Option<Text>,
        /// How many pods miss in the same way.
        pods: usize,
    } = "labels-differ", "D37";
    /// Pods of another namespace have the labels.
    SelectsElsewhere {
        service: Key,
        namespace: Text,
        pods: usize,
    } = "selects-elsewhere", "D38";
    /// The selector matches nothing, and nothing comes near.
    SelectsNothing {
        service: Key,
    } = "selects-nothing", "D37";
    /// No selector, and nobody wrote a slice.
    NoSelector {
        service: Key,
    } = "no-selector", "D39";
    /// The pod has ended.
    PodEnded {
        pod: Key,
        phase: Phase,
    } = "pod-ended", "D40";
    /// The pod has no IP yet.
    PodWithoutIp {
        pod: Key,
    } = "pod-without-ip", "D41";
    /// The pod's Node does not exist.
    NodeGone {
        pod: Key,
        node: Option<Text>,
    } = "node-gone", "D42";
    /// The pod has no address of the Service's family.
    PodOfOtherFamily {
        pod: Key,
        /// The families of the Service.
        wanted: Vec<Family>,
    } = "pod-of-other-family", "D43";
    /// A container runs, but its readiness probe fails.
    ProbeFails {
        pod: Key,
        container: Text,
    } = "probe-fails", "D44";
    /// A container does not run.
    ContainerDown {
        pod: Key,
        container: Text,
        /// Why, in the kubelet's word.
        why: Text,
    } = "container-down", "D45";
    /// A readiness gate is not True.
    GateClosed {
        pod: Key,
        gate: Text,
    } = "gate-closed", "D46";
    /// An init container has not finished.
    InitUnfinished {
        pod: Key,
        container: Text,
    } = "init-unfinished", "D47";
    /// The pod's node is not ready.
    NodeNotReady {
        pod: Key,
        node: Text,
    } = "node-not-ready", "D48";
    /// The pod is not Ready, for a reason that its objects do not tell.
    NotReady {
        pod: Key,
        /// The condition's reason.
        why: Text,
    } = "not-ready", "D44";
    /// The pod is shutting down.
    ShuttingDown {
        pod: Key,
    } = "shutting-down", "D49";
    /// The named target port is not declared by this pod.
    TargetPortMissing {
        pod: Key,
        port: Text,
        /// It is declared, with this protocol instead.
        instead: Option<Protocol>,
    } = "target-port-missing", "D50";
    /// The named target port belongs to an init container.
    TargetPortInInit {
        pod: Key,
        port: Text,
        container: Text,
    } = "target-port-in-init", "D51";
    /// No container declares the target port's number.
    Undeclared {
        pod: Key,
        port: Port,
    } = "undeclared", "D52";
    /// The named target port means several numbers.
    SeveralNumbers {
        service: Key,
        port: Text,
        numbers: Vec<(Port, usize)>,
    } = "several-numbers", "D53";
    /// The slices are not what the pods say they should be.
    ControllerLags {
        service: Key,
        /// Rows that are behind.
        rows: usize,
    } = "controller-lags", "D54";
    /// A slice seems meant for the Service, but is not bound to it.
    SliceUnbound {
        slice: Key,
        service: Key,
    } = "slice-unbound", "D55";
    /// Whether a hand-written Endpoints object was not mirrored is not seen: Endpoints are not read.
    EndpointsUnread {
        service: Key,
    } = "endpoints-unread", "D56";
    /// Unready pods get traffic, because the Service publishes them.
    PublishedUnready {
        service: Key,
        pods: usize,
    } = "published-unready", "D57";

    // The endpoint exists, but this client does not reach it (§5.3).
    /// No usable endpoint at all.
    NoEndpoint {
        service: Key,
        /// Endpoints that are not ready.
        unready: usize,
    } = "no-endpoint", "D58";
    /// The slices name their port otherwise than the Service.
    SlicePortName {
        service: Key,
        wanted: Text,
        /// The names in the slices.
        found: Vec<Text>,
    } = "slice-port-name", "D59";
    /// The port exists with another protocol.
    OtherProtocol {
        service: Key,
        port: Port,
        /// Its protocols.
        has: Vec<Protocol>,
    } = "other-protocol", "D60";
    /// The Service has no such port.
    PortUndefined {
        service: Key,
        /// What was asked for.
        asked: String,
        near: Vec<Near>,
        /// The connection is refused; otherwise it times out; `None`: by a name that leads to no number to connect to.
        refused: Option<bool>,
    } = "port-undefined", "D61";
    /// internalTrafficPolicy Local, and no endpoint on the client's node.
    NoLocalEndpoint {
        service: Key,
        node: Text,
        /// Nodes that have one.
        elsewhere: Vec<Text>,
    } = "no-local-endpoint", "D62";
    /// externalTrafficPolicy Local, and no endpoint on the node that gets the packet.
    NoLocalEndpointOutside {
        service: Key,
        node: Text,
    } = "no-local-endpoint-outside", "D63";
    /// Hints keep the client's traffic in its zone or on its node.
    KeptNear {
        service: Key,
        /// The client's zone, where that decides; otherwise its node.
        zone: Option<Text>,
        /// Endpoints that it may get.
        kept: usize,
        /// Ready endpoints that it does not get.
        left_out: usize,
    } = "kept-near", "D64";
    /// A preference for near endpoints is set, but not in force here.
    PreferenceOff {
        service: Key,
        /// Why.
        why: PreferenceOff,
    } = "preference-off", "D65";
    /// The topology annotation disables trafficDistribution.
    AnnotationWins {
        service: Key,
    } = "annotation-wins", "D66";
    /// Only terminating endpoints are left; they are used.
    DrainingOnly {
        service: Key,
        endpoints: usize,
    } = "draining-only", "D67";
    /// One client address stays with one endpoint.
    Affinity {
        service: Key,
        /// For so many seconds.
        seconds: u32,
    } = "affinity", "D68";
    /// The Service has no address of a family.
    NoFamily {
        service: Key,
        /// The family that the client asked.
        family: Family,
    } = "no-family", "D69";
    /// A headless Service does not map its port to the target port.
    PortNotMapped {
        service: Key,
        /// The port asked for.
        port: Port,
        /// Where the pods listen.
        targets: Vec<Port>,
    } = "port-not-mapped", "D70";
    /// kube-proxy ignores the Service.
    IgnoredByProxy {
        service: Key,
        /// The label's value.
        proxy: Text,
    } = "ignored-by-proxy", "D71";
    /// kube-proxy ignores a slice.
    SliceIgnored {
        slice: Key,
        /// Why.
        why: SliceIgnored,
    } = "slice-ignored", "D72";
    /// A load balancer's address leads straight to the pods from inside.
    ShortCircuit {
        address: IpAddr,
    } = "short-circuit", "D73";
    /// The client is outside loadBalancerSourceRanges.
    SourceRange {
        service: Key,
    } = "source-range", "D74";
    /// The load balancer has no address yet.
    BalancerPending {
        service: Key,
        /// Its loadBalancerClass.
        class: Option<Text>,
    } = "balancer-pending", "D75";
    /// The client may be sent to itself.
    Hairpin {
        /// In one of so many cases.
        of: usize,
    } = "hairpin", "D76";
    /// Two pods claim one address.
    TwoClaims {
        address: IpAddr,
        pods: Vec<Key>,
    } = "two-claims", "D77";
    /// An address in a slice belongs to no pod.
    OrphanAddress {
        address: IpAddr,
        slice: Key,
    } = "orphan-address", "D78";
    /// Node ports are not served on that address.
    NodePortElsewhere {
        /// The address asked.
        address: IpAddr,
    } = "node-port-elsewhere", "D79";
    /// An external IP is something else's address too.
    ExternalIpCollides {
        service: Key,
        address: IpAddr,
        /// Whose it is.
        with: String,
    } = "external-ip-collides", "D80";
    /// An address of nobody: no Service, no pod, no node.
    NobodysAddress {
        address: IpAddr,
    } = "nobodys-address", "D78";

    // What cannot be known (§5.6).
    /// A kind of object may not be read.
    Unreadable {
        /// Its resource.
        resource: &'static str,
    } = "unreadable", "D101";
    /// The node's resolv.conf is not visible.
    NodeResolvConf = "node-resolv-conf", "D102";
    /// Another service proxy may run.
    OtherProxy = "other-proxy", "D103";
    /// What is known is old.
    OldData {
        /// Its resource.
        resource: &'static str,
        /// Milliseconds.
        age: u64,
    } = "old-data", "D105";
}
