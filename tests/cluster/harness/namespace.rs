//! A network namespace beside a cluster: it lives as long as the processes in it, so nothing is left of it.

use std::fs::File;
use std::os::fd::AsFd;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use super::Cluster;
use super::process::Process;

/// Inside: a node's addresses, and the API server at the address it has outside, through a unix socket, which is the one
/// thing that crosses namespaces. `$1` socket, `$2` port, `$3` and `$4` addresses, `$5` pid file.
const INSIDE: &str = r#"set -e
ip link set lo up
ip link add eth0 type bridge
ip link set eth0 addrgenmode none
ip address add "$3/24" dev eth0
ip address add "$4/64" dev eth0 nodad
ip link set eth0 up
sysctl -qw net.ipv4.ip_forward=1
echo $$ >"$5.new"; mv "$5.new" "$5"
exec socat "TCP-LISTEN:$2,bind=127.0.0.1,fork,reuseaddr,backlog=128" "UNIX-CONNECT:$1""#;

/// What the machine must have, and the Debian package that gives it.
const TOOLS: [(&str, &str); 6] = [
    ("ip", "iproute2"),
    ("nft", "nftables"),
    ("conntrack", "conntrack"),
    ("socat", "socat"),
    ("unshare", "util-linux"),
    ("nsenter", "util-linux"),
];

/// Where the machine cannot do this: why.
pub(crate) fn impossible() -> Option<String> {
    for (tool, package) in TOOLS {
        if find(tool).is_none() {
            return Some(format!("{tool} is not installed (package {package})"));
        }
    }
    let made = Command::new("unshare").args(["--net", "nft", "list", "ruleset"]).output();
    match made {
        Ok(output) if output.status.success() => None,
        Ok(output) => Some(format!("needs root: {}", String::from_utf8_lossy(&output.stderr).trim())),
        Err(error) => Some(format!("unshare: {error}")),
    }
}

fn find(tool: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(tool)).find(|file| file.exists())
}

fn found(tool: &str) -> PathBuf {
    find(tool).unwrap_or_else(|| panic!("{tool} is not installed"))
}

/// The way from namespaces to the API server.
pub(crate) struct Door {
    process: Process,
    socket: PathBuf,
}

impl Door {
    pub(crate) fn open(cluster: &Cluster) -> Self {
        let socket = cluster.kubeconfig().with_file_name("api.sock");
        let listen = format!("UNIX-LISTEN:{},fork,mode=600,backlog=128", socket.display());
        let arguments = [listen, format!("TCP:127.0.0.1:{}", cluster.port())];
        Self { process: cluster.beside("door", &found("socat"), &arguments), socket }
    }
}

/// A namespace that stands for a node.
pub(crate) struct Namespace {
    name: &'static str,
    inside: Process,
    /// `/proc/PID/ns/net` of a process in it.
    link: PathBuf,
}

impl Namespace {
    /// Makes one with these addresses.
    pub(crate) async fn open(cluster: &Cluster, door: &mut Door, name: &'static str, addresses: [String; 2]) -> Self {
        let file = cluster.kubeconfig().with_file_name(format!("{name}.pid"));
        let [four, six] = addresses;
        let arguments = ["--net", "sh", "-c", INSIDE, "sh"].map(str::to_owned).into_iter();
        let socket = door.socket.display().to_string();
        let own = [socket, cluster.port().to_string(), four, six, file.display().to_string()];
        let arguments: Vec<String> = arguments.chain(own).collect();
        let mut inside = cluster.beside(&format!("{name}-inside"), &found("unshare"), &arguments);
        let end = tokio::time::Instant::now() + Duration::from_secs(20);
        while !file.exists() {
            inside.check();
            door.process.check();
            assert!(tokio::time::Instant::now() < end, "the namespace of {name} is not there after 20 s");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let pid = std::fs::read_to_string(file).expect("just seen");
        Self { name, inside, link: format!("/proc/{}/ns/net", pid.trim()).into() }
    }

    /// Starts a program in it.
    pub(crate) fn start(&self, cluster: &Cluster, what: &str, program: PathBuf, arguments: &[String]) -> Process {
        let enter = [format!("--net={}", self.link.display()), program.display().to_string()];
        let arguments: Vec<String> = enter.into_iter().chain(arguments.iter().cloned()).collect();
        cluster.beside(&format!("{}-{what}", self.name), &found("nsenter"), &arguments)
    }

    /// What a command prints in it.
    pub(crate) fn run(&mut self, command: &[&str]) -> Vec<u8> {
        self.inside.check();
        let enter = format!("--net={}", self.link.display());
        let output = Command::new("nsenter").arg(enter).args(command).output().expect("nsenter can be run");
        assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }

    /// The way in for [`within`].
    pub(crate) fn link(&self) -> PathBuf {
        self.link.clone()
    }
}

/// Does something in a namespace, in a thread of its own: sockets made there belong there, whoever uses them.
pub(crate) fn within<T: Send + 'static>(link: PathBuf, act: impl FnOnce() -> T + Send + 'static) -> T {
    let inside = std::thread::spawn(move || {
        let link = File::open(link).expect("a process is in the namespace");
        let kind = Some(rustix::thread::LinkNameSpaceType::Network);
        rustix::thread::move_into_link_name_space(link.as_fd(), kind).expect("root may enter namespaces");
        act()
    });
    inside.join().expect("it does not panic")
}
