//! What scripts get of the past: from a tape of one minute in the life of a Service.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::schema::{fits, schema};
use crate::server::world::{self, SERVICES};
use crate::server::{Fault, Server};

/// 2026-03-02 14:03:10 to 14:04:10, UTC.
const SHOP: &str = "tests/program/shop.tape";

fn ask(zone: &str, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_podpath"));
    command.args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).env("TZ", zone);
    command.env("KUBECONFIG", "/nonexistent").env("XDG_CONFIG_HOME", "/nonexistent").output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn one_moment_has_many_names() {
    let endpoints = |zone, at| {
        let output = ask(zone, &["endpoints", "web", "--tape", SHOP, "--at", at]);
        text(&output.stdout) + &text(&output.stderr)
    };
    let expected = "\
ADDRESS   PORT  STATE        POD               NODE  ZONE
10.0.0.1  8080  TERMINATING  web-59f7c8-k9qtz  n1    a
10.0.0.2  8080  ready        web-59f7c8-p4wxn  n1    a
10.0.0.3  8080  ready        web-6c9d4b-r7fvh  n1    a
";
    for at in ["14s", "00:14", "0:00:14", "14:03:24", "-46s", "2026-03-02T14:03:24Z", "2026-03-02T15:03:24+01:00"] {
        assert_eq!(endpoints("UTC", at), expected, "{at}");
    }
    let central = "CET-1CEST,M3.5.0,M10.5.0/3";
    assert_eq!(endpoints(central, "15:03:24"), expected);
    assert_eq!(endpoints(central, "00:14"), expected);
}

fn out(arguments: &[&str]) -> (String, String, Option<i32>) {
    let output = ask("UTC", arguments);
    (text(&output.stdout), text(&output.stderr), output.status.code())
}

fn json(arguments: &[&str], name: &str) -> Value {
    let document = serde_json::from_str(&out(arguments).0).unwrap();
    fits(&document, &schema(name), "$");
    document
}

#[test]
fn a_tape_tells_what_happened_why_and_how_late() {
    let (table, words, code) = out(&["events", "svc/web", "--tape", SHOP, "--since", "47s", "--at", "34s"]);
    assert_eq!(
        table,
        "\
TIME          SERVER    ON                        WHAT                        WHY                               LAG
14:03:20.040  14:03:20  pod/web-6c9d4b-r7fvh      created                     rollout of web: 59f7c8 → 6c9d4b
14:03:20.040  -         svc/web web-6c9d4b-r7fvh  selected, not in the slice  rollout of web: 59f7c8 → 6c9d4b
14:03:20.060  14:03:20  pod/web-6c9d4b-r7fvh      scheduled on n1             rollout of web: 59f7c8 → 6c9d4b
14:03:21.200  -         pod/web-6c9d4b-r7fvh      got 10.0.0.3                rollout of web: 59f7c8 → 6c9d4b
14:03:21.250  -         svc/web web-6c9d4b-r7fvh  joined, not ready           rollout of web: 59f7c8 → 6c9d4b
14:03:23.100  14:03:23  pod/web-6c9d4b-r7fvh      became Ready                rollout of web: 59f7c8 → 6c9d4b
14:03:23.420  -         svc/web web-6c9d4b-r7fvh  ready in the slice          rollout of web: 59f7c8 → 6c9d4b   in slice 0.3s after Ready
14:03:23.480  14:03:23  pod/web-59f7c8-k9qtz      being deleted               rollout of web: 59f7c8 → 6c9d4b
14:03:23.510  -         svc/web web-59f7c8-k9qtz  terminating, still serves   rollout of web: 59f7c8 → 6c9d4b   not ready in slice at once after deletion
14:03:25.200  -         pod/web-59f7c8-k9qtz      gone                        rollout of web: 59f7c8 → 6c9d4b
14:03:25.260  -         svc/web web-59f7c8-k9qtz  left the slice              rollout of web: 59f7c8 → 6c9d4b   out of slice at once after its pod's end
14:03:40.150  -         pod/web-59f7c8-p4wxn      restarted, 3 so far         app CrashLoopBackOff
14:03:40.150  14:03:40  pod/web-59f7c8-p4wxn      no longer Ready             app CrashLoopBackOff, 3 restarts
14:03:43.900  -         svc/web web-59f7c8-p4wxn  not ready in the slice      app CrashLoopBackOff, 3 restarts
"
    );
    assert_eq!((words.as_str(), code), ("", Some(0)));
    let all = json(&["events", "--tape", SHOP, "-o", "json"], "events");
    let events = all["events"].as_array().unwrap();
    let causes: Vec<&str> = events.iter().filter_map(|event| event["cause"]["id"].as_str()).collect();
    assert!(causes.contains(&"ip-reused") && !causes.contains(&"unknown"), "{causes:?}");
    let (_, words, code) = out(&["events", "--tape", SHOP, "--since", "2s"]);
    let expected = "podpath: nothing happened from 2026-03-02 14:04:08 to 14:04:10 (2.0s)\n";
    assert_eq!((words.as_str(), code), (expected, Some(0)));
}

#[test]
fn a_pod_a_node_and_a_bare_name_have_a_story_too() {
    let events = |what: &[&str]| out(&[&["events", "--tape", SHOP], what].concat());
    let (story, words, code) = events(&["pod/web-59f7c8-k9qtz"]);
    assert_eq!((words.as_str(), code), ("", Some(0)));
    let what: Vec<&str> = story.lines().skip(1).filter_map(|line| line.get(24..)).collect();
    assert_eq!(what.len(), 4, "{story}");
    assert!(what.iter().all(|line| line.contains("web-59f7c8-k9qtz")), "its own entries and its endpoint's: {story}");
    // It is gone at the end of the tape, and its name alone is enough.
    assert_eq!(events(&["web-59f7c8-k9qtz"]).0, story);
    assert_eq!(events(&["web"]).0, events(&["svc", "web"]).0);
    assert_eq!(events(&["node/n1"]).2, Some(0));
    let document = json(&["events", "pod/web-59f7c8-k9qtz", "--tape", SHOP, "-o", "json"], "events");
    assert_eq!((&document["about"]["kind"], &document["service"]), (&"pod".into(), &Value::Null));
    let (told, _, code) = out(&["why", "web", "--tape", SHOP]);
    assert_eq!((told.lines().next(), code), (Some("Service shop/web: 1 of 2 endpoints usable"), Some(3)));
    let (told, _, _) = out(&["why", "web-6c9d4b-r7fvh", "--tape", SHOP]);
    assert_eq!(told.lines().next(), Some("pod shop/web-6c9d4b-r7fvh: selected by web"));
}

#[test]
fn an_address_has_a_history_on_a_tape() {
    let (told, _, code) = out(&["who", "10.0.0.1", "--tape", SHOP, "--at", "22s"]);
    assert_eq!(
        told,
        "\
pod shop/batch-84b5d9-m2hjl on n1

HELD BY                  FROM             TO        AT 14:03:32  TAKEN
shop/web-59f7c8-k9qtz    before 14:03:10  14:03:25  no           -
shop/batch-84b5d9-m2hjl  14:03:30         14:03:55  yes          4.8s after web-59f7c8-k9qtz
"
    );
    assert_eq!(code, Some(0));
    assert_eq!(out(&["who", "10.0.0.1", "--tape", SHOP]).2, Some(3), "nobody has it at the end");
    let document = json(&["who", "10.0.0.1", "--tape", SHOP, "--at", "22s", "-o", "json"], "who");
    assert_eq!(document["history"][1]["reused"]["before"], "web-59f7c8-k9qtz");
}

#[test]
fn of_a_recording_of_some_namespaces_it_is_said_which_they_are() {
    const DEMO: &str = "assets/demo.tape.gz";
    const BOUNDS: &str =
        "(only shop, and kube-system for the DNS, is on this recording; podpath record -A keeps all)\n";
    let who = |what: &str| {
        let (told, words, code) = out(&["who", what, "--tape", DEMO]);
        assert_eq!(words, "", "{what}");
        (told, code)
    };
    let (told, code) = who("10.244.1.7");
    let mut lines = told.lines();
    assert_eq!(lines.next(), Some("pod shop/web-7db84ffdb5-25zn6 on node-a1"));
    let entry = "  endpoint of Service web for web-7db84ffdb5-25zn6 in EndpointSlice shop/web-njv2r";
    assert_eq!((lines.next(), code), (Some(entry), Some(0)), "a pod and its endpoint are one holder");
    assert!(told.contains(BOUNDS), "{told}");
    assert_eq!(who("nope"), (format!("nobody in kube-system, shop has nope\n{BOUNDS}"), Some(5)));
    // What is asked of a namespace that was recorded is known for certain.
    assert_eq!(who("shop/nope"), ("nobody has shop/nope\n".to_owned(), Some(3)));
    assert_eq!(who("shop/web"), ("Service shop/web\n".to_owned(), Some(0)));
    let document = json(&["who", "10.244.1.7", "--tape", DEMO, "-o", "json"], "who");
    let spots = document["blindSpots"].as_array().unwrap();
    assert!(spots.iter().any(|spot| BOUNDS.contains(spot.as_str().unwrap())), "{spots:?}");
}

#[test]
fn two_moments_differ_and_the_exit_code_says_so() {
    let (table, words, code) = out(&["diff", "--tape", SHOP, "--from", "12s"]);
    assert_eq!(
        table,
        "\
SERVICE   CHANGE   ADDRESS   POD               BEFORE     AFTER
shop/web  left     10.0.0.1  web-59f7c8-k9qtz  ready      -
shop/web  changed  10.0.0.2  web-59f7c8-p4wxn  ready      NOT-READY
shop/web  changed  10.0.0.3  web-6c9d4b-r7fvh  NOT-READY  ready
"
    );
    assert_eq!((words.as_str(), code), ("", Some(3)));
    let (table, words, code) = out(&["diff", "web", "--tape", SHOP, "--from", "50s"]);
    assert_eq!((table.as_str(), code), ("", Some(0)));
    assert_eq!(words, "podpath: nothing differs from 2026-03-02 14:04:00 to 14:04:10 (10s)\n");
    let document = json(&["diff", "--tape", SHOP, "-o", "json"], "diff");
    let service = &document["services"][0];
    let count = |key: &str| service[key].as_array().map(Vec::len);
    assert_eq!((count("joined"), count("left"), count("changed")), (Some(1), Some(1), Some(1)));
}

#[test]
fn of_a_newer_tape_what_can_be_read_is_told_and_the_rest_is_counted() {
    let tape = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(SHOP)).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("newer.tape");
    let newer = tape.replacen("\"podpath_tape\":2", "\"podpath_tape\":9", 1);
    std::fs::write(&path, newer.replace("{\"pod\":{\"deleted\":", "{\"route\":{\"deleted\":")).unwrap();
    let path = path.to_str().unwrap();
    let (table, words, code) = out(&["endpoints", "web", "--tape", path, "--at", "14s"]);
    assert_eq!((table.lines().count(), code), (4, Some(0)));
    let expected = "newer.tape is a tape of version 9, this podpath knows up to 2: 2 changes in it could not be read\n";
    assert!(words.ends_with(expected) && words.lines().count() == 1, "{words}");
}

#[test]
fn a_recording_without_a_single_list_says_that_nothing_is_known() {
    let tape = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(SHOP)).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("header.tape");
    std::fs::write(&path, tape.lines().next().unwrap().to_owned() + "\n").unwrap();
    for command in ["who", "events", "why", "endpoints", "trace"] {
        let (told, words, code) = out(&[command, "web", "--tape", path.to_str().unwrap()]);
        assert_eq!((told.as_str(), code), ("", Some(1)), "{command}");
        let expected =
            "header.tape: no Service is known on this recording, not even at its end: waiting for services\n";
        assert!(words.ends_with(expected) && words.lines().count() == 1, "{command}: {words}");
    }
}

#[test]
fn an_answer_is_the_same_where_nobody_reads_what_is_said_beside_it() {
    let run = |arguments: &[&str], deaf: bool| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_podpath"));
        command.args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).env("XDG_CONFIG_HOME", "/nonexistent");
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        if deaf {
            command.stderr(writer);
        } else {
            command.stdout(writer);
        }
        command.output().unwrap()
    };
    let asked = ["trace", "web.shop:80", "--tape", "assets/demo.tape.gz"];
    let deaf = run(&asked, true);
    assert_eq!(deaf.status.code(), Some(5));
    assert!(text(&deaf.stdout).starts_with("web.shop:80 from a pod in shop: "));
    // And where nobody reads the answer, nothing is said of it.
    let unread = run(&["events", "--tape", SHOP], false);
    assert_eq!((unread.status.code(), text(&unread.stderr).as_str()), (Some(1), ""));
}

/// Ten pods of `web-00001` in namespace `team-01`, and more beside.
fn cluster(runtime: &tokio::runtime::Runtime, dir: &Path) -> (Server, PathBuf) {
    let server = runtime.block_on(Server::start(world::of_pods(40)));
    let config = server.kubeconfig(dir);
    (server, config)
}

fn live(config: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_podpath"));
    command.args(arguments).args(["-n", "team-01"]).env("KUBECONFIG", config).env("TZ", "UTC");
    command.env("XDG_CONFIG_HOME", "/nonexistent").stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

#[test]
fn wait_ends_when_it_is_so_and_what_is_not_known_is_never_so() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let dir = tempfile::tempdir().unwrap();
    let (server, config) = cluster(&runtime, dir.path());
    let wait = |name: &str, condition: &str, timeout: &str| {
        let output = live(&config, &["wait", name, "--for", condition, "--timeout", timeout]).output().unwrap();
        (text(&output.stdout) + &text(&output.stderr), output.status.code())
    };
    for (name, condition, timeout, words, code) in [
        ("svc/web-00001", "ready=10", "20s", "svc/web-00001: ready is 10 after ", 0),
        ("svc/web-00001", "endpoints>0", "0", "svc/web-00001: endpoints are 10 after ", 0),
        ("svc/web-00001", "exists", "0", "svc/web-00001: exists after ", 0),
        ("svc/late", "gone", "20s", "svc/late: gone after ", 0),
        ("svc/web-00001", "ready>10", "0", "podpath: ready is 10, not ready>10\n", 3),
        (
            "svc/web-00001",
            "gone",
            "1s",
            "podpath: exists, waiting for gone\npodpath: not met after 1s: exists, not gone\n",
            3,
        ),
        (
            "svc/web-0001",
            "endpoints=0",
            "1s",
            "podpath: no Service web-0001, waiting for endpoints=0\n\
             podpath: not met after 1s: no Service web-0001 in namespace team-01; did you mean web-00001?\n",
            3,
        ),
    ] {
        let (told, left) = wait(name, condition, timeout);
        assert!(told.starts_with(words), "{name} {condition}: {told}");
        assert_eq!(left, Some(code), "{name} {condition}: {told}");
    }
    let waiting = live(&config, &["wait", "svc/late", "--for", "exists", "--timeout", "30s"]).spawn().unwrap();
    std::thread::sleep(std::time::Duration::from_millis(500));
    server.put(SERVICES, ("team-01", "late"), &world::service("team-01", "late", "nobody"));
    assert_eq!(waiting.wait_with_output().unwrap().status.code(), Some(0));
    server.fault("endpointslices", Fault::api(403, "Forbidden"), 1_000);
    let (told, left) = wait("svc/web-00001", "endpoints=0", "20s");
    assert_eq!(left, Some(1), "{told}");
    assert_eq!(told, "podpath: forbidden: list endpointslices in team-01 (endpoints unknown)\n");
}

#[test]
fn what_happens_is_followed_line_by_line_until_interrupted() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let dir = tempfile::tempdir().unwrap();
    let (server, config) = cluster(&runtime, dir.path());
    let mut child = live(&config, &["events", "-w", "-o", "json"]).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    // Nothing tells that it listens: what happens before is no news. So it happens until it is heard.
    let (heard, listens) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        heard.send(lines.next().map(Result::unwrap)).unwrap();
        // The rest is read too: nobody likes a pipe that is closed.
        lines.for_each(drop);
    });
    let first = (0..).find_map(|number: u32| {
        let name = format!("late-{number}");
        server.put(SERVICES, ("team-01", &name), &world::service("team-01", &name, "nobody"));
        assert!(number < 100, "it never listened");
        listens.recv_timeout(std::time::Duration::from_millis(300)).ok()
    });
    let line: Value = serde_json::from_str(&first.flatten().unwrap()).unwrap();
    fits(&line, &schema("events")["$defs"]["line"], "$");
    assert_eq!(
        (&line["line"], &line["on"]["kind"], &line["event"]),
        (&"heard".into(), &"service".into(), &"came".into())
    );
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let told = live(&config, &["events", "web-00001", "-o", "json"]).output().unwrap();
    fits(&serde_json::from_slice(&told.stdout).unwrap(), &schema("events"), "$");
    assert!(text(&told.stderr).starts_with("podpath: nobody was looking"), "{}", text(&told.stderr));
}
