//! What scripts get: tables, JSON, exit codes.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use crate::schema::{fits, schema};
use tempfile::TempDir;

use crate::server::world::{self, SERVICES};
use crate::server::{Fault, Server};

struct Cluster {
    server: Server,
    config: PathBuf,
    _runtime: tokio::runtime::Runtime,
    _dir: TempDir,
}

fn cluster() -> Cluster {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let server = runtime.block_on(Server::start(world::of_pods(40)));
    let dir = tempfile::tempdir().unwrap();
    let config = server.kubeconfig(dir.path());
    Cluster { server, config, _runtime: runtime, _dir: dir }
}

fn podpath(config: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_podpath"));
    command.args(arguments).env("KUBECONFIG", config).env("XDG_CONFIG_HOME", "/nonexistent").output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn without_a_terminal_the_table_of_services_is_printed() {
    let cluster = cluster();
    let output = podpath(&cluster.config, &["-n", "team-01"]);
    assert_eq!(
        text(&output.stdout),
        "NAME       ADDRESS    READY  PORTS     WORST\nweb-00001  10.96.0.7  10/10  80->8080  -\n"
    );
    assert_eq!(output.status.code(), Some(0));
    let output = podpath(&cluster.config, &["-n", "team-19"]);
    assert_eq!(text(&output.stdout), "NAME  ADDRESS  READY  PORTS  WORST\n");
    assert_eq!(text(&output.stderr), "podpath: no Services in team-19\n");
}

#[test]
fn several_namespaces_are_named_with_commas_or_one_by_one() {
    let cluster = cluster();
    for arguments in [&["-n", "team-01,team-02"][..], &["-n", "team-02", "-n", "team-01"]] {
        let table = text(&podpath(&cluster.config, arguments).stdout);
        let named: Vec<&str> = table.lines().skip(1).filter_map(|line| line.split_whitespace().next()).collect();
        assert_eq!(named, ["team-01", "team-02"], "{table}");
    }
}

#[test]
fn endpoints_are_printed_as_a_table_and_the_exit_code_tells() {
    let cluster = cluster();
    for spelling in [&["svc/web-00001"][..], &["services", "web-00001"], &["web-00001"]] {
        let output = podpath(&cluster.config, &[&["endpoints", "-n", "team-01"], spelling].concat());
        let table = text(&output.stdout);
        assert_eq!((table.lines().count(), output.status.code()), (11, Some(0)), "{table}");
        assert!(table.starts_with("ADDRESS"), "{table}");
    }
    cluster.server.put(SERVICES, ("team-01", "lonely"), &world::service("team-01", "lonely", "nobody"));
    let output = podpath(&cluster.config, &["endpoints", "svc/lonely", "-n", "team-01"]);
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(text(&output.stderr), "podpath: no pod has app=nobody\n");
    let output = podpath(&cluster.config, &["endpoints", "svc/web-0001", "-n", "team-01"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(text(&output.stderr), "podpath: no Service web-0001 in namespace team-01; did you mean web-00001?\n");
}

#[test]
fn of_a_cluster_it_is_said_which_namespaces_were_read() {
    let cluster = cluster();
    let who = |arguments: &[&str]| {
        let output = podpath(&cluster.config, &[&["who"], arguments].concat());
        (text(&output.stdout), text(&output.stderr), output.status.code())
    };
    let bounds = "(only team-01 was read; -A reads all namespaces)";
    for name in [&["web-00001"][..], &["svc", "web-00001"]] {
        let expected = format!("Service team-01/web-00001\n{bounds}\n");
        assert_eq!(who(&[name, &["-n", "team-01"]].concat()), (expected, String::new(), Some(0)));
    }
    let (told, _, code) = who(&["nobody", "-n", "team-01"]);
    assert_eq!((told, code), (format!("nobody in team-01 has nobody\n{bounds}\n"), Some(5)));
    // Without a namespace all are read, and nothing is left to say.
    let (told, words, code) = who(&["web-00001"]);
    assert!(told.contains("Service team-01/web-00001\n") && !told.contains('('), "{told}");
    assert_eq!((words.as_str(), code), ("", Some(0)));
}

#[test]
fn where_pods_may_not_be_listed_everywhere_the_own_namespace_answers() {
    let cluster = cluster();
    let text_of = std::fs::read_to_string(&cluster.config).unwrap();
    std::fs::write(&cluster.config, text_of.replace("context: {", "context: {namespace: team-01, ")).unwrap();
    for everywhere in ["/api/v1/pods", "/apis/discovery.k8s.io/v1/endpointslices"] {
        cluster.server.fault(everywhere, Fault::api(403, "Forbidden"), 1_000);
        let output = podpath(&cluster.config, &["who", &world::ip(10)]);
        let told = text(&output.stdout);
        assert!(told.starts_with("pod team-01/web-00001-"), "{everywhere}: {told}{}", text(&output.stderr));
        assert!(told.ends_with("(only team-01 was read; listing all namespaces is not allowed)\n"), "{told}");
        assert_eq!((text(&output.stderr).as_str(), output.status.code()), ("", Some(0)));
    }
}

#[test]
fn json_has_the_form_that_its_schema_gives() {
    let cluster = cluster();
    let output = podpath(&cluster.config, &["endpoints", "svc/web-00001", "-n", "team-01", "-o", "json"]);
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    fits(&document, &schema("endpoints"), "$");
    assert_eq!((document["usable"].as_u64(), document["rows"].as_array().map(Vec::len)), (Some(10), Some(10)));
}

#[test]
fn a_recording_replays_as_it_was() {
    let cluster = cluster();
    let dir = tempfile::tempdir().unwrap();
    let tape = dir.path().join("t.tape.gz");
    let tape = tape.to_str().unwrap();
    let output = podpath(&cluster.config, &["record", "-n", "team-01", "-o", tape, "--for", "2s"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let output = podpath(&cluster.config, &["replay", tape, "--at", "1s", "--print", "text", "--size", "100x20"]);
    let frame = text(&output.stdout);
    assert!(frame.contains("web-00001") && frame.contains("10/10"), "{frame}");
    assert!(!frame.contains("secret"), "{frame}");
    // No secret, no environment, no annotation is on the tape.
    let bytes = std::fs::read(tape).unwrap();
    let mut lines = String::new();
    std::io::Read::read_to_string(&mut flate2::read::MultiGzDecoder::new(&bytes[..]), &mut lines).unwrap();
    for secret in ["SETTING_", "secret-token", "checksum/config", "managedFields"] {
        assert!(!lines.contains(secret), "{secret}");
    }
}

#[test]
fn a_tape_that_was_cut_plays_up_to_there_and_says_so() {
    let whole = podpath(Path::new("/nonexistent"), &["demo", "--print", "text", "--at", "50s"]);
    assert_eq!(whole.status.code(), Some(0), "{}", text(&whole.stderr));
    let demo = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo.tape.gz")).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("cut.tape.gz");
    std::fs::write(&path, &demo[..demo.len() / 2]).unwrap();
    let output =
        podpath(Path::new("/nonexistent"), &["replay", path.to_str().unwrap(), "--print", "text", "--at", "10s"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("checkout"));
}

#[test]
fn a_full_disk_ends_a_recording_and_says_so() {
    let cluster = cluster();
    let output = podpath(&cluster.config, &["record", "-n", "team-01", "-o", "/dev/full", "--for", "20s"]);
    assert_eq!(output.status.code(), Some(1));
    let words = text(&output.stderr);
    assert!(words.contains("/dev/full") && words.contains("No space left on device"), "{words}");
}

/// Killed without a word when it is dropped.
struct Recording(std::process::Child);

impl Drop for Recording {
    fn drop(&mut self) {
        // A test that has failed already is not helped by a second failure.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_recording_that_is_killed_plays_up_to_there() {
    let cluster = cluster();
    let dir = tempfile::tempdir().unwrap();
    for (name, change) in [("killed.tape", "one"), ("killed.tape.gz", "other")] {
        let tape = dir.path().join(name);
        let mut command = Command::new(env!("CARGO_BIN_EXE_podpath"));
        command.args(["record", "-n", "team-01", "-o"]).arg(&tape).env("KUBECONFIG", &cluster.config);
        let child = Recording(command.stderr(std::process::Stdio::null()).spawn().unwrap());
        let frame = |tape: &Path| {
            podpath(
                Path::new("/nonexistent"),
                &["replay", tape.to_str().unwrap(), "--at", "1s", "--print", "text", "--size", "100x20"],
            )
        };
        let end = std::time::Instant::now() + std::time::Duration::from_secs(20);
        // Something happens after a second, so that the tape is longer than that.
        std::thread::sleep(std::time::Duration::from_millis(1_500));
        cluster.server.put(SERVICES, ("team-01", change), &world::service("team-01", change, "nobody"));
        loop {
            let output = tape.exists().then(|| frame(&tape));
            if output.is_some_and(|output| text(&output.stdout).contains("10/10")) {
                break;
            }
            assert!(std::time::Instant::now() < end, "{name}: what was heard never reached the disk");
        }
        drop(child);
        let output = frame(&tape);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        assert!(text(&output.stdout).contains("10/10"), "{name}: {}", text(&output.stdout));
    }
}

const FILE: &str = r#"
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Service
  metadata: {name: web, namespace: shop}
  spec: {selector: {app: web}, clusterIPs: [10.96.0.7], clusterIP: 10.96.0.7, ipFamilies: [IPv4], ports: [{port: 80, targetPort: 8080, protocol: TCP}]}
- apiVersion: v1
  kind: Secret
  metadata: {name: s, namespace: shop}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata:
  name: web-1
  namespace: shop
  labels: {kubernetes.io/service-name: web, endpointslice.kubernetes.io/managed-by: endpointslice-controller.k8s.io}
addressType: IPv4
endpoints:
- addresses: [10.0.0.1]
  conditions: {ready: true}
  targetRef: {kind: Pod, name: web-a, namespace: shop}
ports: [{name: "", port: 8080, protocol: TCP}]
"#;

#[test]
fn a_file_answers_like_a_cluster_and_says_what_it_does_not_hold() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("objects.yaml");
    std::fs::write(&file, FILE).unwrap();
    let file = file.to_str().unwrap();
    let ask = |arguments: &[&str]| podpath(Path::new("/nonexistent"), arguments);
    let output = ask(&["endpoints", "web", "-n", "shop", "-f", file]);
    let (table, words) = (text(&output.stdout), text(&output.stderr));
    assert_eq!((table.lines().count(), output.status.code()), (2, Some(0)), "{table}{words}");
    assert!(table.lines().last().is_some_and(|row| row.starts_with("10.0.0.1")), "{table}");
    for expected in ["not read: 1 Secret", "no pods given (pods and reasons unknown)", "no nodes given"] {
        assert!(words.contains(expected), "{words}");
    }
    assert!(!table.contains("STALE"), "pods are not given, so the endpoint is not stale: {table}");
    // The only namespace of a file need not be named.
    assert_eq!(text(&ask(&["endpoints", "web", "-f", file]).stdout), table);
    let output = ask(&["endpoints", "web", "-f", file, "-n", "default"]);
    let expected = "podpath: nothing of namespace default is held here; -n NAME takes shop\n";
    assert!(text(&output.stderr).ends_with(expected), "{}", text(&output.stderr));
}
