//! What scripts get of the past: from a tape of one minute in the life of a Service.

use std::process::{Command, Output};

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
