//! The screen: typing, resizing, ending in every way.

use std::time::Duration;

use crate::pty::Pty;
use crate::server::Server;
use crate::server::world::{self, PODS};

const PAUSED: &[&str] = &["demo", "--at", "30s"];

fn demo(size: (u16, u16)) -> Pty {
    let mut pty = Pty::open(size, PAUSED, &[]);
    pty.shows("checkout");
    pty.press(" ");
    pty.shows("paused");
    pty
}

#[test]
fn the_demo_needs_no_cluster_and_shows_the_shop() {
    let mut pty = Pty::open((120, 32), &["demo"], &[("KUBECONFIG", "/nonexistent"), ("HOME", "/nonexistent")]);
    for service in ["cart", "checkout", "payments", "legacy", "alias", "no pod has app=payments", "replay"] {
        pty.shows(service);
    }
    pty.press("q");
    assert_eq!(pty.ends().exit_code(), 0);
    assert!(pty.given_back());
}

#[test]
fn a_service_opens_down_to_its_containers_and_filters_find_it() {
    let mut pty = demo((120, 40));
    pty.press("/web");
    pty.shows("1 Service");
    pty.press("\r");
    pty.press("l");
    pty.shows("admin");
    pty.press("jjl");
    pty.press("jl");
    pty.shows("container app");
    pty.shows("sidecar proxy");
    pty.press("\u{1b}");
    pty.shows("checkout");
    pty.press("?");
    pty.shows("keys, marks and words");
    pty.press("q");
    pty.press("q");
    assert_eq!(pty.ends().exit_code(), 0);
}

#[test]
fn where_nothing_can_suspend_it_keys_that_were_typed_ahead_are_kept() {
    let mut pty = demo((120, 32));
    pty.press("\u{1a}/web");
    pty.shows("1 Service");
    pty.signal("TERM");
    assert_eq!(pty.ends().exit_code(), 143);
}

#[test]
fn every_size_is_drawn_and_none_panics() {
    let mut pty = demo((120, 32));
    for size in [(80, 24), (1, 1), (200, 50), (20, 5), (3, 60), (300, 2), (40, 10), (500, 100), (120, 32)] {
        pty.resize(size);
        pty.bytes_in(Duration::from_millis(60));
    }
    pty.shows("payments");
    pty.press("q");
    assert_eq!(pty.ends().exit_code(), 0);
}

#[test]
fn an_idle_screen_writes_nothing() {
    let mut pty = demo((120, 32));
    pty.bytes_in(Duration::from_millis(500));
    assert_eq!(pty.bytes_in(Duration::from_secs(3)), 0);
}

#[test]
fn the_path_of_a_trace_comes_onto_the_clipboard_as_mermaid_and_as_dot() {
    use base64::Engine;
    let mut pty = demo((120, 40));
    pty.press("/checkout\r");
    pty.press("t");
    pty.shows("trace checkout");
    pty.press("M");
    pty.shows("copied the path as Mermaid");
    pty.press(":dot\r");
    pty.shows("copied the path as DOT");
    let raw = String::from_utf8_lossy(&pty.bytes).into_owned();
    let copies = raw.split("\u{1b}]52;c;").skip(1).filter_map(|rest| rest.split(['\u{7}', '\u{1b}']).next());
    let decode = |text: &str| base64::engine::general_purpose::STANDARD.decode(text).unwrap();
    let copies: Vec<String> = copies.map(|text| String::from_utf8(decode(text)).unwrap()).collect();
    let [mermaid, dot] = copies.as_slice() else { panic!("{copies:?}") };
    assert!(mermaid.starts_with("flowchart LR\n") && mermaid.contains("checkout"), "{mermaid}");
    assert!(dot.starts_with("digraph path {\n") && dot.contains("checkout"), "{dot}");
}

#[test]
fn a_trace_from_no_node_in_particular_has_the_sentence_that_scripts_get() {
    let mut pty = demo((160, 40));
    pty.press("/web\r");
    pty.press("t");
    pty.shows("from a pod in shop: it depends on the client's node which of 6 endpoints it gets.");
}

#[test]
fn every_ending_gives_the_terminal_back() {
    for (signal, code) in [("INT", 130), ("TERM", 143), ("HUP", 129), ("QUIT", 131)] {
        let mut pty = demo((100, 30));
        pty.signal(signal);
        assert_eq!(pty.ends().exit_code(), code, "{signal}");
        assert!(pty.given_back(), "{signal}");
    }
    let mut pty = demo((100, 30));
    pty.press("\u{3}");
    assert_eq!(pty.ends().exit_code(), 0);
    assert!(pty.given_back());
}

#[test]
fn a_terminal_that_goes_away_ends_the_program_without_a_crash() {
    // Also while it draws as fast as it can: whether a write or the signal tells first must not matter.
    for keys in ["", " ++++", "++++", "jkjkjkjk"] {
        let mut pty = demo((100, 30));
        pty.press(keys);
        pty.bytes_in(Duration::from_millis(100));
        pty.hang_up();
        let ended = pty.ends();
        assert_eq!((ended.exit_code(), ended.signal()), (129, None), "{keys:?}");
    }
}

#[test]
fn clicks_and_the_wheel_move_the_cursor() {
    let mut pty = demo((120, 32));
    let at = |text: &str| text.lines().position(|line| line.contains('▌'));
    pty.says("a cursor", |text| at(text).is_some());
    let first = at(&pty.text()).unwrap();
    pty.press(&format!("\u{1b}[<0;20;{}M", first + 3));
    pty.says("the cursor where it was clicked", |text| at(text) == Some(first + 2));
    pty.press("\u{1b}[<65;20;10M");
    pty.says("the cursor below", |text| at(text) > Some(first + 2));
    assert!(
        !String::from_utf8_lossy(&pty.bytes).contains("?1003h"),
        "every move of the pointer would wake the program"
    );
}

#[test]
fn a_dumb_terminal_gets_no_screen() {
    let mut pty = Pty::open((120, 32), PAUSED, &[("TERM", "dumb")]);
    assert_eq!(pty.ends().exit_code(), 1);
    pty.shows("the terminal is dumb; --print text, svg or ansi prints one frame");
}

#[test]
fn without_colours_or_utf8_it_still_says_everything() {
    let mut pty = Pty::open((120, 32), PAUSED, &[("NO_COLOR", "1"), ("LANG", "C"), ("LC_ALL", "C")]);
    pty.shows("payments");
    pty.shows("no pod has app=payments");
    assert!(pty.text().is_ascii(), "{}", pty.text());
    let text = String::from_utf8_lossy(&pty.bytes).into_owned();
    assert!(!text.contains("38;2;") && !text.contains("38;5;"), "colours without leave");
}

#[test]
fn hostile_names_reach_the_terminal_as_words_only() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let server = runtime.block_on(Server::start(world::of_pods(20)));
    let hostile =
        world::pod(3, true).replace("registry.example/web:1.4.2", r"evil\u001b]0;owned\u0007\u001b[2J\u202etxt");
    server.put(PODS, ("team-00", "web-00000-6c9f7d-000003"), &hostile);
    let dir = tempfile::tempdir().unwrap();
    let config = server.kubeconfig(dir.path());
    let mut pty = Pty::open((160, 50), &["-A"], &[("KUBECONFIG", config.to_str().unwrap())]);
    pty.shows("live");
    pty.press("/000003\r");
    pty.press("lj");
    pty.press("ljl");
    pty.shows("evil");
    let raw = String::from_utf8_lossy(&pty.bytes).into_owned();
    assert!(!raw.contains("\u{1b}]0;owned") && !raw.contains('\u{202e}'), "the cluster wrote to the terminal");
}

#[test]
fn a_lost_server_is_stale_at_once_and_live_again_by_itself() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let server = runtime.block_on(Server::start(world::of_pods(100)));
    let dir = tempfile::tempdir().unwrap();
    let config = server.kubeconfig(dir.path());
    let mut pty = Pty::open((140, 40), &["-A"], &[("KUBECONFIG", config.to_str().unwrap())]);
    pty.shows("● live");
    server.fault("watch=1", crate::server::Fault::api(503, "ServiceUnavailable"), 10);
    server.cut();
    pty.shows("stale");
    pty.shows("web-00000");
    pty.shows("● live");
    pty.press("q");
    assert_eq!(pty.ends().exit_code(), 0);
}

#[test]
fn a_namespace_that_does_not_exist_is_refused_and_everything_stays() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let server = runtime.block_on(Server::start(world::of_pods(40)));
    let dir = tempfile::tempdir().unwrap();
    let config = server.kubeconfig(dir.path());
    let mut pty = Pty::open((140, 40), &["-n", "team-01"], &[("KUBECONFIG", config.to_str().unwrap())]);
    pty.shows("● live");
    pty.press(":ns team-1\r");
    pty.shows("no namespace \"team-1\"");
    pty.shows("web-00001");
    pty.press(":ns team-02\r");
    pty.shows("web-00002");
    pty.press("q");
    assert_eq!(pty.ends().exit_code(), 0);
}

#[test]
fn a_tape_is_of_one_cluster_and_its_namespaces() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let server = runtime.block_on(Server::start(world::of_pods(40)));
    let dir = tempfile::tempdir().unwrap();
    let config = server.kubeconfig(dir.path());
    let tape = dir.path().join("a.tape");
    let arguments = ["-n", "team-01", "--record", tape.to_str().unwrap()];
    let mut pty = Pty::open((160, 40), &arguments, &[("KUBECONFIG", config.to_str().unwrap())]);
    pty.shows("● live");
    pty.shows("a.tape");
    pty.press(":ns team-02\r");
    pty.shows("the recording has ended");
    pty.shows("web-00002");
    let recorded = std::fs::read_to_string(&tape).unwrap();
    assert!(recorded.contains("web-00001") && !recorded.contains("web-00002"), "{recorded}");
    pty.press("q");
    assert_eq!(pty.ends().exit_code(), 0);
}
