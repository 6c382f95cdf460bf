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
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("KUBECONFIG", &path)
        .env("XDG_CONFIG_HOME", "/nonexistent")
        .env("TZ", "UTC")
        // A backtrace that nobody sees takes half a second.
        .env_remove("RUST_BACKTRACE")
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
clusters: [{name: c, cluster: {server: 'https://127.0.0.1:1'}}, {name: odd, cluster: {server: 'what is this'}}, {name: bare}, {name: proxied, cluster: {server: 'https://127.0.0.1:1', proxy-url: 'http://me:secret@127.0.0.1:2'}}]
users: [{name: u, user: {token: t}}, {name: plugged, user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: no-such-plugin, installHint: 'install it with care'}}}, {name: old, user: {auth-provider: {name: gcp}}}]
current-context: prod
";

/// A small cluster in which everything works.
const WORLD: &str = "tests/scenarios/world.yaml";

/// A minute in the life of one Service: a pod is replaced, another crashes, an address is used again.
const SHOP: &str = "tests/program/shop.tape";

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
            "podpath: no cluster \"x\" in the kubeconfig (did you mean \"c\"?); there are c, odd, bare, proxied",
        ),
        (
            &["--context", "staging"],
            Some(ONE),
            "podpath: no user \"nobody\" in the kubeconfig, which context \"staging\" names; there are u, plugged, old",
        ),
        (
            &[],
            Some("contexts: []"),
            "podpath: no context in the kubeconfig (looked in CONFIG); kubectl config set-context makes one, -s and --token do without",
        ),
        (&[], Some("contexts: x"), "podpath: CONFIG is not a kubeconfig: line 1 column 11: expected sequence start"),
        (
            &["--cluster", "bare"],
            Some(ONE),
            "podpath: cluster \"bare\" of the kubeconfig has no server; write server: https://HOST:PORT, or use --server",
        ),
        (
            &["--user", "old"],
            Some(ONE),
            "podpath: user \"old\" logs in with auth-provider \"gcp\", which kubectl dropped in 1.26 and podpath does not know; use a login plugin (exec) or a token",
        ),
        (
            &["--cluster", "proxied"],
            Some(ONE),
            "podpath: cannot reach https://127.0.0.1:1 through proxy http://127.0.0.1:2: Connection refused (os error 111); is the address right, is the network (VPN) up?",
        ),
        (
            &["--token", "line\nbreak"],
            Some(ONE),
            "podpath: the credentials of user \"u\" cannot be used: the token holds characters that no token has (a line break?); check its token, client-certificate and client-key in the kubeconfig, and --as",
        ),
        (
            &["--contxt", "prod"],
            Some(ONE),
            "podpath: unexpected argument '--contxt' found; a similar argument exists: '--context' (--help lists what there is)",
        ),
        (
            &["endpoint"],
            Some(ONE),
            "podpath: unrecognized subcommand 'endpoint'; some similar subcommands exist: 'ep', 'endpoints' (--help lists what there is)",
        ),
        (
            &["--request-timeout", "soon"],
            Some(ONE),
            "podpath: invalid value 'soon' for '--request-timeout <TIME>': \"soon\" is no time; write 10s, 2m or 1h (--help lists what there is)",
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
            "podpath: a Service is meant here, not a pod; write svc/NAME; podpath why pod/web names the Services of a pod",
        ),
        (
            &["endpoints", "shop/web"],
            Some(ONE),
            "podpath: cannot read \"shop/web\"; write svc/NAME, one at a time, a namespace as -n NAMESPACE",
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
        (
            &["trace", "web:http/quic"],
            None,
            "podpath: \"web:http/quic\" cannot be traced: \"quic\" is no protocol; write TCP, UDP or SCTP",
        ),
        (
            &["trace", "web", "--type", "PTR"],
            None,
            "podpath: \"web\" cannot be traced: PTR looks an address up, and \"web\" is none",
        ),
        (
            &["trace", "web", "-f", SHOP],
            None,
            "podpath: tests/program/shop.tape is no file of objects, it looks like a recording: write --tape tests/program/shop.tape instead of -f tests/program/shop.tape",
        ),
        (
            &["trace", "web", "-f", "/dev/null"],
            None,
            "podpath: /dev/null holds nothing; kubectl get svc,endpointslices,pods,nodes,ns -A -o yaml prints what is needed",
        ),
        (
            &["wait", "web", "--for", "gone", "--tape", SHOP],
            None,
            "podpath: unexpected argument '--tape' found (--help lists what there is)",
        ),
        (
            &["wait", "web", "--for", "gone", "--timeout", "-5s"],
            None,
            "podpath: invalid value '-5s' for '--timeout <TIME>': \"-5s\" is no time; write 10s, 2m or 1h (--help lists what there is)",
        ),
        (
            &["trace", "pod/web-a", "-f", WORLD],
            None,
            "podpath: \"pod/web-a\" cannot be traced: clients look up names of Services, or dial addresses; write svc/NAME or the address of pod web-a",
        ),
        (
            &["trace", "we..b", "-f", WORLD],
            None,
            "podpath: \"we..b\" cannot be looked up: two dots stand side by side, or one at the start",
        ),
        (
            &["trace", "web", "-n", "shop", "--from", "crt", "-f", WORLD],
            None,
            "podpath: no client shop/crt; did you mean shop/cart?",
        ),
        (
            &["trace", "web", "-n", "shop", "--from", "node/n7", "-f", WORLD],
            None,
            "podpath: no client node/n7; did you mean node/n1?",
        ),
        (
            &["trace", "web", "--tape", SHOP, "--at", "9h"],
            None,
            "podpath: --at 9h lies after the end of the tape; it runs from 2026-03-02 14:03:10 to 14:04:10 (1m00s)",
        ),
        (
            &["endpoints", "web", "--tape", SHOP, "--at", "-5m"],
            None,
            "podpath: --at -5m lies before the tape begins; it runs from 2026-03-02 14:03:10 to 14:04:10 (1m00s)",
        ),
        (
            &["who", "10.0.0.1", "--tape", SHOP, "--at", "2026-03-02T14:03:09Z"],
            None,
            "podpath: --at 2026-03-02T14:03:09Z lies before the tape begins; it runs from 2026-03-02 14:03:10 to 14:04:10 (1m00s)",
        ),
        (
            &["who", "999.2.3.4", "--tape", SHOP],
            None,
            "podpath: \"999.2.3.4\" is no address; write 10.244.1.7, fd00::1, or a name such as shop/web",
        ),
        (
            &["who", "", "--tape", SHOP],
            None,
            "podpath: there is no address or name to look for; write 10.244.1.7, web or shop/web",
        ),
        (
            &["who", "web", "--tape", "assets/demo.tape.gz", "--at", "0"],
            None,
            "podpath: --at 0: at that moment of the recording not everything was known yet (waiting for services; waiting for endpointslices; waiting for pods); the first that can be asked about is --at 14ms",
        ),
        (
            &["why", "svc/web", "--tape", SHOP, "--at", "soon"],
            None,
            "podpath: --at: \"soon\" is no time; write 42s, 00:42, 14:03, 14:03:10, -5m or 2026-11-25T14:03:10Z",
        ),
        (
            &["trace", "web", "-f", "/nonexistent/o.yaml"],
            None,
            "podpath: cannot read /nonexistent/o.yaml: No such file or directory (os error 2)",
        ),
        (
            &["who", "web", "-f", ".github/workflows/ci.yml"],
            None,
            "podpath: .github/workflows/ci.yml: document 1, line 1: no API object: it has no kind; each document needs apiVersion, kind and metadata",
        ),
        (
            &["why", "wep", "-n", "shop", "-f", WORLD],
            None,
            "podpath: no Service and no pod is called wep in namespace shop; did you mean web?",
        ),
        (
            &["why", "node/n1"],
            None,
            "podpath: why is told of Services and pods; podpath events node/n1 tells what happened to a node",
        ),
        (&["why", "svc/web", "-A"], Some(ONE), "podpath: why needs one namespace: -n NAME instead of -A"),
        (
            &["events", "wep", "--tape", SHOP],
            None,
            "podpath: no Service, pod or node is called wep in namespace shop; did you mean web?",
        ),
        (
            &["events", "web", "-A", "--tape", SHOP],
            None,
            "podpath: the story of one object needs one namespace: -n NAME instead of -A",
        ),
        (&["events", "node/n7", "--tape", SHOP], None, "podpath: no node n7; did you mean n1?"),
        (
            &["diff", "--tape", SHOP, "--at", "3s"],
            None,
            "podpath: diff compares two moments: write --from TIME and --to TIME (default: the ends) instead of --at 3s",
        ),
        (
            &["why", "deploy/web"],
            None,
            "podpath: cannot read \"deploy/web\"; write svc/NAME or pod/NAME, one at a time, a namespace as -n NAMESPACE",
        ),
        (
            &["why", "svc/wep", "-n", "shop", "-f", WORLD],
            None,
            "podpath: no Service wep in namespace shop; did you mean web?",
        ),
        (
            &["endpoints", "web", "-w", "-n", "shop", "-f", WORLD],
            None,
            "podpath: --watch needs the cluster: a tape or a file does not change",
        ),
        (
            &["who", "10.0.0.1", "--at", "14:03"],
            Some(ONE),
            "podpath: --at needs a recording: nothing was recorded before this moment; podpath record -o FILE records, --tape FILE answers",
        ),
        (
            &["events", "-w", "--tape", SHOP],
            None,
            "podpath: --watch needs the cluster: a tape or a file does not change",
        ),
        (
            &["events", "-w", "--since", "10m"],
            Some(ONE),
            "podpath: --since looks back, --watch follows from now on: nothing was recorded before this moment",
        ),
        (
            &["events", "--tape", SHOP, "--since", "yesterday"],
            None,
            "podpath: --since: \"yesterday\" is no time; write 42s, 00:42, 14:03, 14:03:10, -5m or 2026-11-25T14:03:10Z",
        ),
        (
            &["events", "--tape", SHOP, "--since", "2026-03-02T13:00:00Z"],
            None,
            "podpath: --since 2026-03-02T13:00:00Z lies before the tape begins; it runs from 2026-03-02 14:03:10 to 14:04:10 (1m00s)",
        ),
        (&["events", "svc/wep", "--tape", SHOP], None, "podpath: no Service wep in namespace shop; did you mean web?"),
        (&["diff", "--tape", SHOP, "--from", "14s", "--to", "3s"], None, "podpath: --from 14s lies after --to 3s"),
        (
            &["diff", "--tape", SHOP, "--to", "2m"],
            None,
            "podpath: --to 2m lies after the end of the tape; it runs from 2026-03-02 14:03:10 to 14:04:10 (1m00s)",
        ),
        (
            &["diff", "--tape", "assets/demo.tape.gz", "--from", "1ms"],
            None,
            "podpath: --from 1ms: at that moment of the recording not everything was known yet (waiting for services; waiting for endpointslices; waiting for pods); the first that can be asked about is --from 14ms",
        ),
        (
            &["diff", "--tape", "assets/demo.tape.gz", "-n", "shop,data"],
            None,
            "podpath: nothing of namespace data is held here; -n NAME takes kube-system, shop",
        ),
        (
            &["events", "--tape", "assets/demo.tape.gz", "-n", "data"],
            None,
            "podpath: nothing of namespace data is held here; -n NAME takes kube-system, shop",
        ),
        (
            &["who", "web", "--tape", "assets/demo.tape.gz", "-n", "data"],
            None,
            "podpath: nothing of namespace data is held here; -n NAME takes kube-system, shop",
        ),
        (&["diff", "wep", "--tape", SHOP], None, "podpath: no Service wep at either time; did you mean web?"),
        (
            &["wait", "svc/web", "--for", "ready"],
            Some(ONE),
            "podpath: invalid value 'ready' for '--for <CONDITION>': \"ready\" is no condition; write ready=3, ready>=3, endpoints>0, endpoints=0, exists or gone (--help lists what there is)",
        ),
        (
            &["wait", "pod/web", "--for", "gone"],
            Some(ONE),
            "podpath: a Service is meant here, not a pod; write svc/NAME; podpath why pod/web names the Services of a pod",
        ),
        (
            &["wait", "svc/web", "--for", "gone", "-A"],
            Some(ONE),
            "podpath: wait needs one namespace: -n NAME instead of -A",
        ),
        (
            &["wait", "svc/web", "--for", "gone"],
            Some(ONE),
            "podpath: cannot reach https://127.0.0.1:1: Connection refused (os error 111); is the address right, is the network (VPN) up?",
        ),
        (&["demo"], None, "podpath: standard output is no terminal; --print text, svg or ansi prints one frame"),
        (
            &["replay", SHOP, "--print", "text", "--at", "14:05"],
            None,
            "podpath: --at 14:05 lies after the end of the tape; it runs from 2026-03-02 14:03:10 to 14:04:10 (1m00s)",
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
fn a_name_that_a_node_may_have_is_not_denied_where_nodes_are_not_known() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("objects.yaml");
    let text = "kind: List\nitems:\n- {kind: Service, metadata: {name: web}}\n- {kind: Pod, metadata: {name: web-a}}\n";
    std::fs::write(&file, format!("{text}---\nkind: EndpointSliceList\napiVersion: discovery.k8s.io/v1\nitems: []\n"))
        .unwrap();
    let file = file.to_str().unwrap();
    let cases = [
        ("node/n1", "podpath: node n1 is not known: no nodes given"),
        (
            "n1",
            "podpath: no Service and no pod is called n1 in namespace default; whether a node is, is not known: no nodes given",
        ),
        ("wbe", "podpath: no Service and no pod is called wbe in namespace default; did you mean web?"),
    ];
    for (name, said) in cases {
        let got = line(&["events", name, "-f", file], None);
        let last = got.lines().last().unwrap_or_default();
        assert!(last.starts_with(said), "{name}: {got}");
    }
    let got = line(&["why", "n1", "-f", file], None);
    assert!(got.contains("podpath: no Service and no pod is called n1 in namespace default"), "{got}");
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
    let got = line(&[], Some("users:\n- name: u\n  user: {token: s3cr3t-token\ncontexts: [\n"));
    assert!(got.contains("not a kubeconfig") && !got.contains("s3cr3t"), "{got}");
}
