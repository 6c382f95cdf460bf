//! `trace`, `who` and `why` of the built program: exit codes, text, pictures, JSON against its schema.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::schema::{fits, schema};

/// A small cluster in which everything works.
const WORLD: &str = "tests/scenarios/world.yaml";

fn ask(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_podpath"));
    command
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("KUBECONFIG", "/nonexistent")
        .env("XDG_CONFIG_HOME", "/nonexistent");
    command.args(arguments).args(["-f", WORLD, "-n", "shop"]).output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn the_first_line_answers_and_the_exit_code_tells() {
    let cases: &[(&[&str], i32, &str)] = &[
        (&["trace", "web", "--from", "cart"], 0, "web from cart: 2 endpoints answer this client, 50 % each."),
        (
            &["trace", "svc/web:http", "--from", "cart"],
            0,
            "web.shop:http from cart: 2 endpoints answer this client, 50 % each.",
        ),
        (&["trace", "db-0.db.data:5432"], 0, "db-0.db.data:5432 from a pod in shop: 1 endpoint answers this client."),
        (
            &["trace", "weeb", "--from", "cart"],
            3,
            "weeb from cart: NXDOMAIN. There is no Service weeb in shop. There is web in shop (1 letter away).",
        ),
        (
            &["trace", "web:81", "--from", "cart"],
            3,
            "web:81 from cart: connection refused. web has no port 81/TCP. It has http 80/TCP. The connection is refused.",
        ),
        (
            &["trace", "example.com", "--from", "shop/cart"],
            5,
            "example.com from cart: cannot be told from the queries on: the query is forwarded to 192.0.2.53, outside of the cluster.",
        ),
        (&["who", "10.96.0.5"], 0, "Service shop/web, as its cluster IP"),
        (&["why", "svc/web"], 0, "Service shop/web: 2 of 2 endpoints usable"),
        (&["why", "pod", "web-a"], 0, "pod shop/web-a: selected by web"),
    ];
    for (arguments, code, first) in cases {
        let output = ask(arguments);
        let text = out(&output);
        assert_eq!(text.lines().next(), Some(*first), "{arguments:?}");
        assert_eq!(output.status.code(), Some(*code), "{arguments:?}");
    }
}

#[test]
fn json_of_every_answer_has_the_form_that_its_schema_gives() {
    let trace = schema("trace");
    for name in [
        "web",
        "weeb",
        "web:81",
        "db.data",
        "db-0.db.data:5432",
        "_sql._tcp.db.data.svc",
        "example.com",
        "10.244.1.5:8080",
    ] {
        for client in [&[][..], &["--from", "cart"], &["--from", "node/n2"], &["--from", "outside"]] {
            let output = ask(&[&["trace", name, "-o", "json"], client].concat());
            let document: Value = serde_json::from_slice(&output.stdout).unwrap();
            fits(&document, &trace, &format!("{name} {client:?} $"));
            let code = document["verdict"]["exitCode"].as_i64();
            assert_eq!(code, output.status.code().map(i64::from), "{name} {client:?}");
        }
    }
    for (answer, what) in
        [("who", "10.244.1.5"), ("who", "web"), ("who", "nobody"), ("why", "svc/web"), ("why", "pod/cart")]
    {
        let output = ask(&[answer, what, "-o", "json"]);
        fits(&serde_json::from_slice(&output.stdout).unwrap(), &schema(answer), &format!("{answer} {what} $"));
    }
}

#[test]
fn the_path_is_drawn_as_mermaid_and_as_dot() {
    let mermaid = out(&ask(&["trace", "web", "--from", "cart", "-o", "mermaid"]));
    for line in ["flowchart LR", "  n0([\"cart<br>n1, a\"])", "  n2 -->|\"50 %\"| n3", "  n4(\"web-a\")"] {
        assert!(mermaid.lines().any(|own| own == line), "{line} in\n{mermaid}");
    }
    let dot = out(&ask(&["trace", "web", "--from", "cart", "-o", "dot"]));
    assert!(dot.starts_with("digraph path {\n") && dot.ends_with("}\n"), "{dot}");
    assert!(dot.contains("n2 -> n3 [label=\"50 %\"];"), "{dot}");
}

#[test]
fn an_unreadable_corefile_is_named_with_its_place_and_the_rest_goes_on() {
    let world = std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(WORLD)).unwrap();
    let broken = world.replace("pods insecure", "pods perhaps");
    let mut command = Command::new(env!("CARGO_BIN_EXE_podpath"));
    command.args(["trace", "web", "--from", "shop/cart", "-f", "-"]).env("XDG_CONFIG_HOME", "/nonexistent");
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(broken.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = out(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.contains("the Corefile cannot be read (line 6, column 13)"), "{text}");
}

#[test]
fn a_recording_answers_at_its_times() {
    let ask = |at: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_podpath"));
        command.current_dir(env!("CARGO_MANIFEST_DIR")).env("XDG_CONFIG_HOME", "/nonexistent");
        command.args(["why", "svc/payments", "--tape", "assets/demo.tape.gz", "--at", at]).output().unwrap()
    };
    let output = ask("00:20");
    assert_eq!(output.status.code(), Some(3), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(out(&output).contains("[labels-differ D37]"), "{}", out(&output));
}

/// An answer from the bundled tape: the code, what was printed, and what was said beside.
fn demo(arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_podpath"));
    command.current_dir(env!("CARGO_MANIFEST_DIR")).env("XDG_CONFIG_HOME", "/nonexistent").env("TZ", "UTC");
    let output = command.args(arguments).args(["--tape", "assets/demo.tape.gz"]).output().unwrap();
    (output.status.code(), out(&output), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn the_beginning_of_a_pods_name_is_enough_where_only_one_begins_so() {
    let trace = |from: &str| demo(&["trace", "web.shop:80", "--from", from]);
    let (code, told, words) = trace("cart-78865cb6d8-5");
    let expected = "web.shop:80 from cart-78865cb6d8-56c79: 3 of 6 endpoints answer this client, 33 % each; from zone a \
        you get only those there.";
    assert_eq!((code, told.lines().next()), (Some(0), Some(expected)));
    assert_eq!(words, "podpath: --from cart-78865cb6d8-5 is pod shop/cart-78865cb6d8-56c79\n");
    let (code, told, words) = trace("shop/cart");
    let expected = "podpath: --from shop/cart: 4 pods of shop begin so: cart-78865cb6d8-56c79, cart-78865cb6d8-mz8ds, \
        cart-78865cb6d8-n2qhk, cart-78865cb6d8-s5hmm; write more of the name\n";
    assert_eq!((code, told.as_str(), words.as_str()), (Some(1), "", expected));
}

#[test]
fn what_depends_on_the_clients_node_is_not_told_without_one_and_it_is_said_how_to_name_one() {
    let (code, told, words) = demo(&["trace", "web.shop:80"]);
    let expected = "web.shop:80 from a pod in shop: it depends on the client's node which of 6 endpoints it gets.";
    assert_eq!((code, told.lines().next()), (Some(5), Some(expected)));
    assert!(told.contains(" ?  web-") && !told.contains("0 %"), "{told}");
    assert!(words.starts_with("podpath: --from POD says which pod asks") && words.contains("--from shop/"), "{words}");
}

#[test]
fn the_name_of_an_address_is_told_as_far_as_the_namespaces_of_a_recording_reach() {
    const BOUNDS: &str =
        "podpath: only shop, and kube-system for the DNS, is on this recording; podpath record -A keeps all\n";
    let (code, told, words) = demo(&["trace", "10.244.1.7", "--type", "PTR"]);
    let expected = "10.244.1.7 from a pod in shop: 7.1.244.10.in-addr.arpa is 10-244-1-7.web.shop.svc.cluster.local.";
    assert_eq!((code, told.lines().next()), (Some(0), Some(expected)));
    assert_eq!(told.lines().nth(1), Some("(assumed: endpointslices of other namespaces do not matter)"));
    assert_eq!(words, BOUNDS);
    // A Service of another namespace may have it.
    let (code, _, words) = demo(&["trace", "10.96.1.200", "--type", "PTR"]);
    assert_eq!((code, words.as_str()), (Some(5), BOUNDS));
}

#[test]
fn a_hop_of_a_trace_opens_in_the_tree() {
    let crumbs = |keys: &str| {
        let keys = format!(":trace checkout from shop/cart-78865cb6d8-56c79<enter>{keys}<enter>");
        let arguments = ["demo", "--at", "57s", "--size", "150x45", "--print", "text", "--keys", &keys];
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_podpath"))
            .args(arguments)
            .env("XDG_CONFIG_HOME", "/nonexistent")
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).unwrap();
        let line = text.lines().nth(2).unwrap_or_default().trim_matches(['│', ' ']);
        line.split("   ").next().unwrap_or_default().to_owned()
    };
    // The client, the Service, an endpoint, the container's pod.
    assert_eq!(crumbs(""), "Services › cart › 10.244.2.2");
    assert_eq!(crumbs("jjjjj"), "Services › checkout");
    assert_eq!(crumbs("jjjjjjj"), "Services › checkout › 10.244.0.4");
    assert_eq!(crumbs("<end>"), "Services › checkout › 10.244.1.6");
}
