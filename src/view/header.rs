//! The header: whom we look at, how well we hear it, how much moves.

use super::churn::time_of_day;
use super::pieces::{count, dim, mark, plain, text};
use super::{Crumb, Glyph, Header, HealthChip, Line, Piece, Tone};
use crate::app::{Recording, State};
use crate::delta::Health;
use crate::model::Kind;
use crate::outline::{Body, Branch, Line as Shown};

/// The header.
pub(super) fn header(state: &State) -> Header {
    let session = &state.session;
    let context = if session.context.is_empty() { "no context" } else { session.context.as_str() };
    let mut place =
        vec![text(context, Tone::Accent), Piece::text(" ", Tone::Dim), Piece::Glyph(Glyph::Crumb, Tone::Dim)];
    place.extend([Piece::text(" ", Tone::Dim), plain(session.scope.to_string())]);
    if let Some(selector) = &session.selector {
        place.push(dim(format!(" -l {selector}")));
    }
    let mut identity = vec![place];
    // A border, where there is one, tells the mark.
    if let (Some(marked), None, None) = (state.marked, &state.away, &state.playback) {
        identity.push(vec![text(format!("mark {}", time_of_day(marked, state.utc_offset)), Tone::Accent)]);
    }
    let named = [
        ("", session.version.as_deref()),
        ("cluster ", Some(session.cluster.as_str())),
        ("user ", Some(session.user.as_str())),
    ];
    for (label, value) in named {
        if let Some(value) = value.filter(|value| !value.is_empty() && *value != context) {
            identity.push(vec![dim(format!("{label}{value}"))]);
        }
    }
    Header { identity, health: chips(state), churn: churn(state) }
}

fn noun(kind: Kind) -> &'static str {
    match kind {
        Kind::Service => "svc",
        Kind::Slice => "slices",
        Kind::Pod => "pods",
        Kind::Node => "nodes",
        Kind::Namespace => "ns",
        Kind::NetworkPolicy | Kind::ServiceCidr | Kind::Config(_) => kind.name(),
    }
}

/// The kinds that are heard equally badly share a chip: five times the same sentence would hide the rest.
fn groups(state: &State) -> Vec<Vec<Kind>> {
    let alike = |a: Kind, b: Kind| match (state.store.health(a), state.store.health(b)) {
        (Health::Polling { every: one }, Health::Polling { every: other }) => one == other,
        (Health::Stale { fault: one, .. }, Health::Stale { fault: other, .. }) => one == other,
        (Health::Failing { fault: one, .. }, Health::Failing { fault: other, .. }) => one == other,
        (Health::Forbidden { .. }, _) => {
            a.on_demand() == b.on_demand() && state.store.health(a) == state.store.health(b)
        }
        // Each of the kinds that are always watched has a number of its own.
        (Health::Loading { .. }, _) => a.on_demand() && b.on_demand() && state.store.health(a) == state.store.health(b),
        _ => false,
    };
    let mut groups: Vec<Vec<Kind>> = Vec::new();
    for kind in Kind::ALL.into_iter().filter(|kind| !kind.on_demand() || tells(state.store.health(*kind))) {
        match groups.iter_mut().find(|group| alike(group[0], kind)) {
            Some(group) => group.push(kind),
            None => groups.push(vec![kind]),
        }
    }
    groups
}

/// Whether a kind that is read only when needed has something to tell in the header.
fn tells(health: &Health) -> bool {
    match health {
        Health::Waiting | Health::Live | Health::Polling { .. } | Health::NotServed | Health::NotGiven => false,
        Health::Loading { .. } | Health::Stale { .. } | Health::Failing { .. } | Health::Forbidden { .. } => true,
    }
}

fn chips(state: &State) -> Vec<HealthChip> {
    let mut chips = Vec::new();
    let mut worst = Tone::Good;
    for group in groups(state) {
        let kind = group[0];
        let health = state.store.health(kind);
        let number = count(state.store.count(kind));
        let words = || super::health::of_group(&group, health, state.now);
        match health {
            Health::Live => {
                chips.push(HealthChip { pieces: vec![dim(format!("{} ", noun(kind))), plain(number)], calm: true });
            }
            Health::Waiting => {
                worst = Tone::Dim;
                chips.push(HealthChip { pieces: vec![dim(format!("{} …", noun(kind)))], calm: true });
            }
            Health::Loading { .. } => {
                worst = Tone::Dim;
                chips.push(HealthChip { pieces: vec![dim(words())], calm: false });
            }
            Health::Polling { .. } | Health::Forbidden { .. } | Health::NotServed | Health::NotGiven => {
                worst = if worst == Tone::Good { Tone::Warn } else { worst };
                chips.push(HealthChip { pieces: vec![text(words(), Tone::Warn)], calm: false });
            }
            Health::Stale { .. } | Health::Failing { .. } => {
                worst = Tone::Bad;
                let mut pieces = mark(Glyph::Stale, Tone::Bad).to_vec();
                pieces.push(text(words(), Tone::Bad));
                chips.push(HealthChip { pieces, calm: false });
            }
        }
    }
    for kind in Kind::ALL {
        let skips = state.store.skips(kind);
        if skips.count > 0 {
            let words = format!("{} {} could not be read", count(skips.count as usize), kind.name());
            chips.push(HealthChip { pieces: vec![text(words, Tone::Warn)], calm: false });
        }
    }
    if state.away.is_some() && state.playback.is_none() {
        chips.push(meanwhile(state));
    } else if worst == Tone::Good && state.playback.is_none() {
        let pieces: Line = [&mark(Glyph::Live, Tone::Good)[..], &[text("live", Tone::Good)]].concat();
        chips.push(HealthChip { pieces, calm: true });
    }
    match &state.recording {
        Recording::Off => {}
        Recording::On { file } => {
            let mut pieces = mark(Glyph::Recording, Tone::Bad).to_vec();
            pieces.push(dim(format!("recording {file}")));
            chips.push(HealthChip { pieces, calm: false });
        }
        Recording::Failed { file, why } => {
            let words = format!("recording to {file} stopped: {why}");
            chips.push(HealthChip { pieces: vec![text(words, Tone::Bad)], calm: false });
        }
    }
    chips
}

/// How the present is heard while the screen shows another moment.
fn meanwhile(state: &State) -> HealthChip {
    let lost = Kind::CORE.into_iter().any(|kind| match state.present().health(kind) {
        Health::Stale { .. } | Health::Failing { .. } => true,
        Health::Waiting
        | Health::Loading { .. }
        | Health::Live
        | Health::Polling { .. }
        | Health::Forbidden { .. }
        | Health::NotServed
        | Health::NotGiven => false,
    });
    let (glyph, tone, words) = if lost {
        (Glyph::Stale, Tone::Bad, "the present is not heard")
    } else {
        (Glyph::Live, Tone::Dim, "the present goes on")
    };
    let mut pieces = mark(glyph, tone).to_vec();
    pieces.push(text(words, tone));
    HealthChip { pieces, calm: !lost }
}

fn churn(state: &State) -> Line {
    let counts = state.recent.rate.history(state.now, 12);
    let most = counts.iter().copied().max().unwrap_or(0);
    if most == 0 {
        return Line::new();
    }
    let level = |count: u32| match count {
        0 => 0,
        count => u8::try_from(u64::from(count) * 8 / u64::from(most)).unwrap_or(8).clamp(1, 8),
    };
    let bars = counts.into_iter().map(level).collect();
    let per_minute = count(state.recent.rate.per_minute(state.now) as usize);
    vec![Piece::Spark(bars, Tone::Accent), dim(format!(" {per_minute:>3}/min"))]
}

/// Where the cursor is.
pub(super) fn crumbs(state: &State, current: Option<&Shown>) -> Vec<Crumb> {
    let safe = |text: &str| Crumb(super::escape::safe(text).into_owned());
    let mut crumbs = vec![safe("Services")];
    if state.outline.faults_only() {
        crumbs.push(safe("needing attention"));
    }
    crumbs.extend(current.map(|line| of_line(state, line)).unwrap_or_default());
    // Last, where it is shown although there is little room: what it leaves out is nowhere else.
    if state.outline.filter().is_some() {
        let services = super::pieces::many(state.outline.services(), "Service");
        crumbs.push(safe(&format!("/{} ({services})", state.outline.filter().text())));
    }
    crumbs
}

/// The way down to a line.
fn of_line(state: &State, line: &Shown) -> Vec<Crumb> {
    let safe = |text: &str| Crumb(super::escape::safe(text).into_owned());
    let mut crumbs = Vec::new();
    if !line.node.service.name.is_empty() {
        crumbs.push(safe(&line.node.service.name));
    }
    match &line.node.branch {
        Branch::Port(index) => {
            let service = state.store.service(&line.node.service);
            let port = service.and_then(|service| service.ports.get(*index));
            let name =
                port.map(|port| if port.name.is_empty() { port.port.to_string() } else { port.name.to_string() });
            crumbs.extend(name.map(|name| safe(&name)));
        }
        Branch::Slice(name) => crumbs.push(safe(name)),
        Branch::None => {}
    }
    match &line.body {
        Body::Service(_) | Body::Gone(..) | Body::Ghost | Body::Unbound | Body::Port(_) | Body::Slice(_) => {}
        Body::Row { .. } => crumbs.push(safe(&line.name())),
        Body::Pod(pod) => crumbs.push(safe(&pod.meta.key.name)),
        Body::Container(pod, _) => crumbs.extend([safe(&pod.meta.key.name), safe(&line.name())]),
    }
    crumbs
}
