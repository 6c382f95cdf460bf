//! The states of the screen, written down by hand.

use podpath::view::{
    Border, Cell, Crumb, Fold, Frame, Glyph, Header, HealthChip, MarkKind, Overlay, Pane, Piece, Prompt, Row, Scene,
    Table, Tone,
};

use crate::build::*;

/// Every state, with its name.
pub(crate) fn all() -> Vec<(&'static str, Scene)> {
    vec![
        ("home", home()),
        ("filter", filter()),
        ("help", help()),
        ("contexts", contexts()),
        ("replay", replay()),
        ("loading", loading()),
        ("troubled", troubled()),
        ("empty", empty()),
        ("window", window()),
        ("deep", deep()),
        ("notice", notice()),
        ("bare", Scene::default()),
    ]
}

fn endpoint(id: u64, mark: Glyph, tone: Tone, [address, port, state, target, pod, node, zone, age]: [&str; 8]) -> Row {
    let text = if tone == Tone::Good { Tone::Text } else { tone };
    let cells = vec![
        cell(vec![g(mark, tone), t(" ", Tone::Text), t(address, Tone::Text)]),
        quiet(port),
        cell(vec![t(state, if tone == Tone::Good { Tone::Dim } else { text })]),
        quiet(target),
        plain(pod),
        quiet(node),
        quiet(zone),
        quiet(age),
    ];
    row(id, 1, Fold::Leaf, cells)
}

fn service(id: u64, fold: Fold, name: &str, address: &str, ready: Cell, target: &str, age: &str) -> Row {
    let name = cell(vec![t(name, Tone::Text)]);
    let blank = Cell::default;
    row(id, 0, fold, vec![name, quiet(address), ready, quiet(target), blank(), blank(), blank(), quiet(age)])
}

fn rows() -> Vec<Row> {
    use Glyph::{Draining, Gone, NotEndpoint, NotReady, Ready};
    let mut broken = bar(2, 4, Tone::Warn);
    broken.pieces.push(t(" ", Tone::Text));
    broken.pieces.push(g(Glyph::Attention, Tone::Bad));
    let mut added = endpoint(
        3,
        Ready,
        Tone::Good,
        ["10.244.2.9", ":8080", "ready", "http → 8080", "checkout-6c-k9", "n2", "b", "3s"],
    );
    added.cells[0].tint = Some(Tone::Added);
    let mut changed = endpoint(
        5,
        NotReady,
        Tone::Bad,
        ["10.244.3.4", ":8080", "NOT-READY", "http → 8080", "checkout-6c-p1", "n3", "c", "12s"],
    );
    changed.cells[2].tint = Some(Tone::Changed);
    let gone =
        endpoint(8, Gone, Tone::Dim, ["10.244.2.3", ":8080", "left", "http → 8080", "checkout-59-aa", "n2", "b", "4s"]);
    let mut payments = service(10, Fold::Closed, "payments", "10.96.7.7", cell(vec![]), "", "5h");
    payments.cells[2] = cell(vec![t("     0/0", Tone::Bad), t(" ", Tone::Text), g(Glyph::Attention, Tone::Bad)]);
    payments.cells[3] = cell(vec![t("no pod has app=payments, 3 have app=payment", Tone::Bad)]);
    let mut legacy =
        service(9, Fold::Leaf, "legacy", "→ db.corp.example", cell(vec![t("external", Tone::Info)]), "", "40d");
    legacy.cells[1] = cell(vec![g(Glyph::Arrow, Tone::Dim), t(" db.corp.example", Tone::Dim)]);
    vec![
        service(1, Fold::Closed, "cart", "10.96.12.4", bar(4, 4, Tone::Good), "http 80 → 8080", "2m"),
        marked(
            MarkKind::Changed,
            true,
            service(2, Fold::Open, "checkout", "10.96.40.1", broken, "http 80 → http", "3s"),
        ),
        marked(MarkKind::Changed, true, changed),
        endpoint(
            6,
            NotEndpoint,
            Tone::Warn,
            ["10.244.1.8", "", "NO-PORT", "no port \"http\"", "checkout-59-zz", "n1", "a", "12m"],
        ),
        endpoint(
            7,
            Draining,
            Tone::Warn,
            ["10.244.1.14", ":8080", "TERMINATING", "http → 8080", "checkout-59-m2", "n1", "a", "8s"],
        ),
        marked(MarkKind::Added, true, added),
        endpoint(
            4,
            Ready,
            Tone::Good,
            ["10.244.1.12", ":8080", "ready", "http → 8080", "checkout-6c-x2", "n1", "a", "41s"],
        ),
        Row { struck: true, ..marked(MarkKind::Removed, false, gone) },
        service(8, Fold::Closed, "db", "headless", bar(3, 3, Tone::Good), "pg 5432 → 5432", "12d"),
        legacy,
        payments,
        service(
            11,
            Fold::Closed,
            "metrics",
            "10.96.3.3",
            cell(vec![t("custom", Tone::Info), t(" 2/2", Tone::Text)]),
            "9100 → 9100",
            "1d",
        ),
    ]
}

fn header() -> Header {
    let churn = vec![
        Piece::Spark(vec![1, 1, 2, 1, 5, 3, 1, 0, 0, 2, 6, 8, 3, 1, 1, 2], Tone::Accent),
        t("  14/min", Tone::Dim),
    ];
    let live = HealthChip { pieces: vec![g(Glyph::Live, Tone::Good), t(" live", Tone::Dim)], calm: true };
    Header {
        identity: vec![
            vec![t("kind-shop", Tone::Accent)],
            vec![t("namespace ", Tone::Dim), t("shop", Tone::Text)],
            vec![t("cluster ", Tone::Dim), t("kind-shop", Tone::Text)],
            vec![t("user ", Tone::Dim), t("admin", Tone::Text)],
            vec![t("v1.37.2", Tone::Dim)],
        ],
        health: vec![calm("services 12"), calm("slices 15"), calm("pods 41"), calm("nodes 3"), live],
        churn,
    }
}

fn detail() -> Pane {
    let label = |label: &str| t(&format!("{label:<11}"), Tone::Dim);
    Pane {
        title: vec![
            t("10.244.3.4:8080", Tone::Title),
            t("  not ready", Tone::Bad),
            t(" for 12s", Tone::Dim),
            Piece::Fill,
            t("endpoint of checkout, port http", Tone::Dim),
        ],
        explained: false,
        low: false,
        lines: vec![
            vec![
                label("why"),
                t(
                    "The pod's condition Ready is False: container \"app\" fails its readiness probe (HTTP 503), 4 restarts. The kubelet asks every 2 s and gives up after 3 failures.",
                    Tone::Bad,
                ),
            ],
            vec![
                label("conditions"),
                t("ready ", Tone::Dim),
                t("no", Tone::Bad),
                t("   serving ", Tone::Dim),
                t("no", Tone::Bad),
                t("   terminating ", Tone::Dim),
                t("no", Tone::Text),
            ],
            vec![
                label("slice"),
                t("checkout-x7k2p", Tone::Text),
                t(" by endpointslice-controller, 4 of 100 endpoints, changed 12s ago", Tone::Dim),
            ],
            vec![
                label("pod"),
                t("checkout-6c-p1", Tone::Text),
                t(" on n3, zone c, owner ReplicaSet checkout-6c", Tone::Dim),
            ],
            vec![
                label("labels"),
                t("app=checkout ", Tone::Text),
                g(Glyph::Yes, Tone::Good),
                t("   pod-template-hash=6c", Tone::Dim),
            ],
            vec![label("hints"), t("zone c", Tone::Text)],
            vec![],
            vec![t(
                "An EndpointSlice lists where a Service's traffic may go. An endpoint that is not ready gets none.",
                Tone::Dim,
            )],
        ],
        indent: 11,
        scroll: 0,
    }
}

pub(crate) fn home() -> Scene {
    let rows = rows();
    Scene {
        header: header(),
        crumbs: ["shop", "checkout", "http", "10.244.3.4"].map(|name| Crumb(name.to_owned())).into(),
        table: Table { columns: columns(), total: rows.len(), rows, cursor: Some(2), above: 0, empty: Vec::new() },
        detail: Some(detail()),
        hints: hints(&[
            ("enter", "open"),
            ("d", "detail"),
            ("s", "slices"),
            ("/", "filter"),
            ("c", "copy"),
            ("0-9", "namespace"),
            (":", "command"),
            ("?", "help"),
        ]),
        ..Scene::default()
    }
}

fn filter() -> Scene {
    let mut scene = home();
    scene.table.rows.retain(|row| [2, 3, 4].contains(&row.id));
    for row in &mut scene.table.rows {
        if row.depth == 0 {
            row.cells[0] = cell(vec![t("check", Tone::Match), t("out", Tone::Text)]);
        } else if row.id == 3 {
            row.cells[4] = cell(vec![t("check", Tone::Match), t("out-6c-k9", Tone::Text)]);
        }
    }
    scene.table.total = 3;
    scene.table.cursor = Some(0);
    scene.prompt = Some(Prompt {
        sigil: '/',
        text: "check".to_owned(),
        caret: 5,
        note: vec![t("3 of 41 rows: names, addresses, nodes, labels", Tone::Dim)],
    });
    scene.detail = None;
    scene
}

fn help() -> Scene {
    let mut lines = Vec::new();
    for (group, keys) in [
        (
            "Move",
            &[
                ("j ↓", "next row"),
                ("k ↑", "row before"),
                ("g G", "first, last row"),
                ("enter →", "open"),
                ("esc ←", "close, one level up"),
            ][..],
        ),
        ("Look", &[("d", "detail"), ("e", "explain what this is"), ("s", "slices as a level"), ("/", "filter")]),
        ("Go", &[("0-9", "namespace"), (":", "command"), ("q", "quit")]),
    ] {
        if !lines.is_empty() {
            lines.push(Vec::new());
        }
        lines.push(vec![t(group, Tone::Title)]);
        for (key, action) in keys {
            lines.push(vec![t(&format!("{key:<12}"), Tone::Accent), t(action, Tone::Text)]);
        }
    }
    Scene { overlay: Some(Overlay { title: vec![t("Keys", Tone::Title)], lines, cursor: None, scroll: 0 }), ..home() }
}

fn contexts() -> Scene {
    let lines = ["kind-shop", "prod-eu-west-1", "prod-us-east-1", "staging"]
        .map(|name| vec![t(name, Tone::Text), Piece::Fill, t("cluster", Tone::Dim)])
        .into();
    let title = vec![t("Switch context", Tone::Title)];
    let prompt = Prompt { sigil: '>', text: "pr".to_owned(), caret: 2, note: vec![t("2 of 4", Tone::Dim)] };
    Scene { overlay: Some(Overlay { title, lines, cursor: Some(1), scroll: 0 }), prompt: Some(prompt), ..home() }
}

fn replay() -> Scene {
    let label = vec![g(Glyph::Playing, Tone::Info), t(" replay ", Tone::Info), t("×4  00:42 / 02:10", Tone::Text)];
    let foot = vec![
        t("00:00 ", Tone::Dim),
        Piece::Spark(vec![8, 0, 0, 1, 2, 0, 4, 1, 0, 0, 1], Tone::Dim),
        t("│", Tone::Accent),
        Piece::Spark(vec![0, 3, 1, 0, 0, 2, 2, 1], Tone::Dim),
        t(" 02:10", Tone::Dim),
    ];
    Scene { frame: Frame::Other(Border { label, foot, tone: Tone::Info }), ..home() }
}

fn loading() -> Scene {
    let mut scene = home();
    scene.detail = None;
    scene.table.rows.clear();
    scene.table.cursor = None;
    scene.table.total = 0;
    scene.table.empty =
        vec![vec![t("loading Services…", Tone::Text)], vec![t("connected to 10.0.0.1:6443; 0.4 s", Tone::Dim)]];
    scene.header.health =
        vec![HealthChip { pieces: vec![t("loading pods 4,200…", Tone::Info)], calm: false }, calm("services 12")];
    scene.header.churn = Vec::new();
    scene
}

fn troubled() -> Scene {
    let mut scene = home();
    let chip = |glyph, text: &str, tone| HealthChip { pieces: vec![g(glyph, tone), t(text, tone)], calm: false };
    scene.header.health = vec![
        calm("services 12"),
        calm("slices 15"),
        chip(Glyph::Stale, " pods stale 12s: connection lost, retry in 3s (r retries now)", Tone::Warn),
        chip(Glyph::No, " forbidden: list nodes (zones unknown)", Tone::Bad),
        calm("namespaces 7"),
    ];
    scene
}

fn empty() -> Scene {
    let mut scene = loading();
    scene.header = header();
    scene.table.empty = vec![vec![t("no Services in shop", Tone::Text), t("  (0 shows all namespaces)", Tone::Dim)]];
    scene
}

/// The middle of a long list: the window begins at an endpoint, its Service is above.
fn window() -> Scene {
    let mut scene = home();
    scene.table.rows.drain(..3);
    scene.table.above = 300;
    scene.table.total = 1200;
    scene.table.cursor = Some(4);
    scene.detail = None;
    scene
}

/// All levels, and hostile names.
fn deep() -> Scene {
    let mut scene = home();
    let names = [
        "shop-frontend-service",
        "http",
        "10.244.1.12",
        "web-6c-x2",
        "app",
        "日本語コンテナ",
        "\\u{202e}live",
        "level",
    ];
    scene.table.rows = names
        .iter()
        .zip(0u16..)
        .map(|(name, depth)| {
            let fold = if depth == 7 { Fold::Leaf } else { Fold::Open };
            let cells = vec![
                plain(name),
                quiet("10.96.12.4"),
                bar(3, 3, Tone::Good),
                quiet("80 → 8080"),
                plain("web-6c-x2"),
                quiet("n1"),
                quiet("a"),
                quiet("5d"),
            ];
            row(u64::from(depth), depth, fold, cells)
        })
        .collect();
    scene.table.total = names.len();
    scene.table.cursor = Some(5);
    scene.detail = None;
    scene
}

fn notice() -> Scene {
    let notice = vec![g(Glyph::Yes, Tone::Good), t(" copied 10.244.3.4", Tone::Text)];
    Scene { notice: Some(notice), detail: None, ..home() }
}
