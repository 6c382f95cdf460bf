//! Asks a server many questions over UDP, some at a time.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::task::JoinSet;

use super::wire::{Reply, question, reply};
use crate::harness::namespace::within;

/// A name with its final dot, and a type.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Question {
    pub name: String,
    pub kind: &'static str,
}

/// How long an answer may take; after the second wait there is none.
const PATIENCE: [Duration; 2] = [Duration::from_millis(600), Duration::from_millis(1500)];
const AT_ONCE: usize = 16;

/// The reply to each question, in their order. `link` is the namespace that is asked from, if not our own.
pub(super) async fn ask(server: SocketAddr, link: Option<PathBuf>, questions: Arc<[Question]>) -> Vec<Reply> {
    let next = Arc::new(AtomicUsize::new(0));
    let mut running = JoinSet::new();
    for _ in 0..AT_ONCE {
        let (questions, next, link) = (Arc::clone(&questions), Arc::clone(&next), link.clone());
        running.spawn(async move {
            let mut replies = Vec::new();
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                let Some(question) = questions.get(at) else { return replies };
                replies.push((at, one(server, link.clone(), question).await));
            }
        });
    }
    let mut replies: Vec<(usize, Reply)> = running.join_all().await.into_iter().flatten().collect();
    replies.sort_by_key(|(at, _)| *at);
    replies.into_iter().map(|(_, reply)| reply).collect()
}

/// A socket of its own for each try: no late answer is taken for another's.
async fn one(server: SocketAddr, link: Option<PathBuf>, wanted: &Question) -> Reply {
    for (id, patience) in (1..).zip(PATIENCE) {
        let connected = move || {
            let any: IpAddr =
                if server.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
            let socket = std::net::UdpSocket::bind((any, 0))?;
            socket.connect(server)?;
            socket.set_nonblocking(true)?;
            Ok::<_, std::io::Error>(socket)
        };
        let socket = link.clone().map_or_else(connected, |link| within(link, connected)).expect("a socket");
        let socket = UdpSocket::from_std(socket).expect("a socket");
        // A server that does not listen yet lets it be known by an error.
        if socket.send(&question(id, &wanted.name, wanted.kind)).await.is_err() {
            continue;
        }
        let mut bytes = vec![0; 65_535];
        let Ok(received) = tokio::time::timeout(patience, socket.recv(&mut bytes)).await else { continue };
        if let Some(reply) = received.ok().and_then(|length| reply(id, &bytes[..length])) {
            return reply;
        }
    }
    Reply::none()
}
