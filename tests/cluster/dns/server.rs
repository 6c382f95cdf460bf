//! CoreDNS on a free port.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream};
use std::path::PathBuf;
use std::time::Duration;

use podpath::trace::dns::config::Config;
use podpath::trace::dns::corefile::Surroundings;

use super::ask::{Question, ask};
use super::corefiles::HOSTS;
use super::upstream::Upstream;
use super::wire::Reply;
use crate::harness::namespace::{Namespace, within};
use crate::harness::options::program;
use crate::harness::process::Process;
use crate::harness::{Cluster, User, ports};

/// A running server; it ends when this is dropped.
pub(super) struct CoreDns {
    process: Process,
    pub(super) address: SocketAddr,
    /// The namespace that it runs in, if not our own.
    pub(super) link: Option<PathBuf>,
    /// Its Corefile, as podpath reads it.
    pub(super) config: Config,
    ready: SocketAddr,
}

/// The resolvers that Corefiles forward to.
pub(super) struct Upstreams {
    pub up: Upstream,
    pub stub: Upstream,
}

impl Upstreams {
    pub(super) async fn start() -> Self {
        Self { up: Upstream::start(1).await, stub: Upstream::start(2).await }
    }
}

/// Where a server runs.
pub(super) enum Place<'a> {
    /// Beside us.
    Loopback,
    /// As a pod in the network of a node, at the node's address.
    Node(&'a Namespace, IpAddr),
}

impl Place<'_> {
    fn link(&self) -> Option<PathBuf> {
        match self {
            Self::Loopback => None,
            Self::Node(namespace, _) => Some(namespace.link()),
        }
    }
}

impl CoreDns {
    /// Starts one and does not wait.
    pub(super) fn start(
        cluster: &Cluster,
        place: &Place<'_>,
        upstreams: &Upstreams,
        number: usize,
        text: &str,
    ) -> Self {
        let port = ports::free(2);
        let ip = match place {
            Place::Loopback => Ipv4Addr::LOCALHOST.into(),
            Place::Node(_, ip) => *ip,
        };
        let ready = SocketAddr::from((Ipv4Addr::LOCALHOST, port + 1));
        let kubeconfig = cluster.kubeconfig();
        let hosts = kubeconfig.with_file_name("hosts");
        std::fs::write(&hosts, HOSTS).expect("a file can be written");
        let hosts = hosts.display().to_string();
        let corefile = text
            .replace("@BIND", &format!("bind {ip}"))
            .replace("@KUBE", &format!("kubeconfig {} {}", kubeconfig.display(), User::Admin.name()))
            .replace("@UP", &upstreams.up.address.to_string())
            .replace("@STUB", &upstreams.stub.address.to_string())
            .replace("@HOSTS", &hosts)
            .replace("@READY", &ready.to_string());
        let file = kubeconfig.with_file_name(format!("Corefile-{number}"));
        std::fs::write(&file, &corefile).expect("a Corefile can be written");
        // Keys without a port stand for this one, so that the text is that of a server on port 53.
        let arguments = ["-conf".to_owned(), file.display().to_string(), "-dns.port".to_owned(), port.to_string()];
        let process = match place {
            Place::Loopback => cluster.beside(&format!("coredns-{number}"), &program("coredns"), &arguments),
            Place::Node(namespace, _) => namespace.start(cluster, "coredns", program("coredns"), &arguments),
        };
        let surroundings =
            Surroundings { files: BTreeMap::from([(hosts.into(), HOSTS.into())]), ..Surroundings::default() };
        let config = Config::read(&corefile, &surroundings).expect("our own Corefile");
        Self { process, address: SocketAddr::from((ip, port)), link: place.link(), config, ready }
    }

    /// Waits until it knows the cluster and answers.
    pub(super) async fn ready(&mut self) {
        let end = tokio::time::Instant::now() + Duration::from_secs(60);
        while !self.says_ok() || !self.answers().await {
            self.process.check();
            assert!(tokio::time::Instant::now() < end, "CoreDNS is not ready after a minute:\n{:?}", self.config);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn answers(&self) -> bool {
        let any = Question { name: "cluster.local.".to_owned(), kind: "A" };
        ask(self.address, self.link.clone(), [any].into()).await != [Reply::none()]
    }

    fn says_ok(&self) -> bool {
        let ready = self.ready;
        let get = move || {
            let mut stream = TcpStream::connect(ready)?;
            stream.write_all(b"GET /ready HTTP/1.0\r\n\r\n")?;
            let mut answer = String::new();
            stream.read_to_string(&mut answer)?;
            Ok::<_, std::io::Error>(answer)
        };
        let answer = self.link.clone().map_or_else(get, |link| within(link, get));
        answer.is_ok_and(|answer| answer.contains("200 OK"))
    }
}
