//! Logging in: plugins, kubeconfigs of several files, other contexts.

use std::time::Duration;

use serde_json::json;

use crate::pty::Pty;
use crate::server::Server;
use crate::server::world::{self, SERVICES};

#[test]
fn a_login_plugin_runs_once_and_before_the_screen_is_taken() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let server = runtime.block_on(Server::start(world::of_pods(20)));
    let dir = tempfile::tempdir().unwrap();
    let config = server.kubeconfig(dir.path());
    let runs = dir.path().join("runs");
    let api = "client.authentication.k8s.io/v1";
    let credential = json!({"apiVersion": api, "kind": "ExecCredential", "status": {"token": "from-plugin"}});
    let script = format!("echo run >> {}; echo plugin asks >&2; echo '{credential}'", runs.display());
    let plugin = json!({"apiVersion": api, "interactiveMode": "IfAvailable", "command": "sh", "args": ["-c", script]});
    let text = std::fs::read_to_string(&config).unwrap();
    std::fs::write(&config, text.replace("{token: secret-token}", &json!({ "exec": plugin }).to_string())).unwrap();
    let mut pty = Pty::open((140, 40), &["-A"], &[("KUBECONFIG", config.to_str().unwrap())]);
    pty.shows("● live");
    let raw = String::from_utf8_lossy(&pty.bytes).into_owned();
    let (asked, taken) = (raw.find("plugin asks"), raw.find("\u{1b}[?1049h"));
    assert!(asked.is_some() && asked < taken, "it asked at {asked:?}, the screen was taken at {taken:?}");
    assert_eq!(std::fs::read_to_string(runs).unwrap(), "run\n");
}

#[test]
fn another_context_shows_its_own_cluster_and_nothing_of_the_one_before() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let one = runtime.block_on(Server::start(world::of_pods(20)));
    let other = runtime.block_on(Server::start(world::of_pods(0)));
    other.put(SERVICES, ("team-00", "elsewhere"), &world::service("team-00", "elsewhere", "elsewhere"));
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (first, second) = (one.kubeconfig(here.path()), other.kubeconfig(there.path()));
    let text = std::fs::read_to_string(&second).unwrap();
    std::fs::write(&second, text.replace("loopback", "other").replace("tester", "other-tester")).unwrap();
    let both = format!("{}:/nonexistent:{}", first.display(), second.display());
    let mut pty = Pty::open((140, 40), &["-A"], &[("KUBECONFIG", &both)]);
    pty.shows("● live");
    pty.shows("web-00000");
    pty.press(":ctx other\r");
    pty.says("the other cluster", |text| {
        text.contains("other ›") && text.contains("elsewhere") && text.contains("● live")
    });
    assert!(!pty.text().contains("web-0000"), "{}", pty.text());
    one.put(SERVICES, ("team-00", "late"), &world::service("team-00", "late", "late"));
    pty.bytes_in(Duration::from_millis(500));
    assert!(!pty.text().contains("late"), "a stream of the old cluster is still heard:\n{}", pty.text());
    pty.press("q");
    assert_eq!(pty.ends().exit_code(), 0);
}
