//! What kube-proxy does with a packet on one node: the endpoints it may choose from, or why none (§4).
//!
//! Each step is a pure function: what is seen (`endpoints`), what is chosen (`choice`), what a destination makes of it
//! (`route`). To follow a new release: its row of §0.2 in [`ProxyConfig::at_least`]'s callers, a vector, a table row.

mod choice;
mod config;
mod detect;
mod endpoints;
mod facts;
mod frozen;
mod left_out;
mod node_port;
mod packet;
mod release;
mod route;
#[cfg(test)]
mod tests;
mod zones;

pub use choice::{
    Choice, Chosen, Missing, Off, Policy, Preference, Standing, Standpoint, Zone, categorize, health_check_passes,
};
pub use config::{ConfigError, DetectLocal, Mode, NodePortRange, Origin, ProxyConfig};
pub use detect::{ServiceProxy, kube_proxy_release, service_proxy};
pub use endpoints::{
    Backend, HEADLESS_LABEL, PROXY_NAME_LABEL, Rival, SliceUnseen, Unseen, backends, cluster_ip, endpoints_map, sees,
};
pub use facts::{Balancer, Collision, annotation_rules, balancer, collisions, untranslated};
pub use frozen::{Frozen, frozen};
pub use left_out::{LeftOut, Outside, left_out};
pub use node_port::{Served, node_port_ranges, serves_node_ports};
pub use packet::{
    Assumption, Decision, EntryNode, Loss, Masquerade, Match, Packet, Pass, Pick, Refusal, Routed, Source, Via,
};
pub use release::Release;
pub use route::route;
pub use zones::{Imbalance, ZoneLoad, ZoneMatrix, ZoneRow, zone_matrix, zones};
