//! Every error that a user can meet: input → the exact line, and nothing else.

use std::process::Command;

fn line(arguments: &[&str], kubeconfig: Option<&str>) -> String {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("config");
    if let Some(text) = kubeconfig {
        std::fs::write(&path, text).unwrap();
    }
    let output = Command::new(env!("CARGO_BIN_EXE_podpath"))
        .args(arguments)
        .env("KUBECONFIG", &path)
        .env("XDG_CONFIG_HOME", "/nonexistent")
        .env_remove("KUBERNETES_SERVICE_HOST")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "{arguments:?}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "");
    let text = String::from_utf8(output.stderr).unwrap();
    text.trim_end().replace(path.to_str().unwrap(), "CONFIG")
}

const ONE: &str = "\
contexts: [{name: prod, context: {cluster: c, user: u}}, {name: staging, context: {cluster: c, user: nobody}}]
clusters: [{name: c, cluster: {server: 'https://127.0.0.1:1'}}, {name: odd, cluster: {server: 'what is this'}}]
users: [{name: u, user: {token: t}}, {name: plugged, user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: no-such-plugin, installHint: 'install it with care'}}}]
current-context: prod
";

#[test]
fn what_is_wrong_with_a_connection_is_one_line_that_says_what_where_and_how_to_fix() {
    let cases: &[(&[&str], Option<&str>, &str)] = &[
        (
            &[],
            None,
            "podpath: no kubeconfig: looked in CONFIG, and this is no pod; set KUBECONFIG or --kubeconfig (podpath demo needs none)",
        ),
        (
            &["--kubeconfig", "/nonexistent/k"],
            None,
            "podpath: cannot read kubeconfig /nonexistent/k: No such file or directory (os error 2)",
        ),
        (
            &["--context", "prd"],
            Some(ONE),
            "podpath: no context \"prd\" in the kubeconfig (did you mean \"prod\"?); there are prod, staging",
        ),
        (
            &["--cluster", "x"],
            Some(ONE),
            "podpath: no cluster \"x\" in the kubeconfig (did you mean \"c\"?); there are c, odd",
        ),
        (&["--context", "staging"], Some(ONE), "podpath: no user \"nobody\" in the kubeconfig; there are u, plugged"),
        (
            &[],
            Some("contexts: []"),
            "podpath: no current context in the kubeconfig; choose one with --context (there is none)",
        ),
        (
            &["--cluster", "odd"],
            Some(ONE),
            "podpath: server of cluster \"odd\" \"what is this\" cannot be used: not a URL; write https://HOST:PORT",
        ),
        (
            &[],
            Some(ONE),
            "podpath: cannot reach https://127.0.0.1:1: Connection refused (os error 111); is the address right, is the network (VPN) up?",
        ),
        (
            &["--user", "plugged"],
            Some(ONE),
            "podpath: login plugin \"no-such-plugin\" is not installed; install it with care",
        ),
        (
            &["-l", "app=web,???"],
            Some(ONE),
            "podpath: --selector: \"???\" is no label requirement; write key=value, key!=value, key, !key, key in (a,b) or key notin (a,b)",
        ),
        (
            &["endpoints", "pod/web"],
            Some(ONE),
            "podpath: endpoints are shown of a Service, not of \"pod\"; write svc/NAME",
        ),
        (&["endpoints", "web", "-A"], Some(ONE), "podpath: endpoints needs one namespace: -n NAME instead of -A"),
        (
            &["replay", "/nonexistent/t"],
            None,
            "podpath: cannot read tape /nonexistent/t: No such file or directory (os error 2)",
        ),
        (
            &["replay", "/dev/null"],
            None,
            "podpath: /dev/null is no podpath tape: its first line is no header (podpath record -o FILE writes one)",
        ),
        (&["demo"], None, "podpath: standard output is no terminal; --print text, svg or ansi prints one frame"),
        (
            &["demo", "--print", "text", "--at", "9h"],
            None,
            "podpath: --at 32400s lies after the end of the tape, which is 120s long",
        ),
    ];
    let mut wrong = Vec::new();
    for (arguments, kubeconfig, expected) in cases {
        let got = line(arguments, *kubeconfig);
        if got != *expected {
            wrong.push(format!("{arguments:?}\n  {got}\n  {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_kubeconfig_that_is_no_yaml_is_named_with_its_line() {
    let got = line(&[], Some("contexts:\n  - name: a\n   context: [\n"));
    assert!(
        got.starts_with("podpath: CONFIG is not a kubeconfig: ") && got.contains('3') && got.lines().count() == 1,
        "{got}"
    );
}

#[test]
fn no_secret_is_ever_in_an_error() {
    for arguments in [
        &["--token", "s3cr3t-token", "-s", "https://127.0.0.1:1"][..],
        &["--token", "s3cr3t-token", "--context", "nope"],
    ] {
        let got = line(arguments, Some(ONE));
        assert!(!got.contains("s3cr3t"), "{got}");
    }
}
