//! `podpath events`

use std::collections::VecDeque;
use std::process::ExitCode;
use std::time::Duration;

use color_eyre::eyre::{Result, eyre};
use tokio::time::{Instant, sleep_until};

use super::known::{Known, Needs, PastNeed};
use super::page::Page;
use super::{json, print, tell};
use crate::churn::{Entry, Ledger, Past, Why, told};
use crate::config::{self, Login, PlainOutput};
use crate::model::{Moment, Reach, Record, Time};
use crate::report::{self, EventsFrame, EventsShape, EventsTable, Line};
use crate::run::moments::{self, Asked};
use crate::run::say::say;
use crate::term::{Signal, Signals};
use crate::view;

/// An entry is told so long after it was heard, in milliseconds: most causes are known by then.
const SETTLES: u64 = 500;
const ONE: &str = "the story of one object";
const SINCE: &str = "--since";
const TOLD: &str = "nobody was looking: this is what the objects themselves still tell, by the server's clock; -w follows \
    from now on, podpath record keeps a tape";

/// Prints what happened, or follows what happens.
pub(in crate::run) async fn events(login: &Login, what: &config::Events) -> Result<ExitCode> {
    let subject = what.subject().map_err(|why| eyre!(why))?;
    let one = subject.as_ref().is_some_and(|subject| !matches!(subject, config::Subject::Node(_)));
    if one {
        tell::one_namespace(login, ONE)?;
    }
    let since = what.since.as_deref().map(|text| Asked { flag: SINCE, text });
    let since = since.map(|asked| Ok::<_, color_eyre::Report>((asked, moments::parse(asked)?))).transpose()?;
    if what.watch && !what.source.live() {
        return Err(eyre!("--watch needs the cluster: a tape or a file does not change"));
    }
    if what.watch && since.is_some() {
        return Err(eyre!("--since looks back, --watch follows from now on: nothing was recorded before this moment"));
    }
    // From here on an interrupt ends it with all that was heard on the page.
    let signals = if what.watch { Some(Signals::listen()?) } else { None };
    let known = Known::open(login, &what.source, Needs { past: PastNeed::UntilThen, ..Needs::default() }).await?;
    known.tell_blind_spots()?;
    if one {
        tell::one_scope(&known, ONE)?;
    }
    if !what.source.live() {
        tell::all_held(&known.store, login)?;
    }
    let page = Page::new(&known, subject)?;
    match signals {
        Some(signals) => follow(known, page, what.output, signals).await,
        None => whole(&known, page, since, what.output),
    }
}

/// All that is on a tape, or that objects tell.
fn whole(known: &Known, mut page: Page, since: Option<(Asked<'_>, Moment)>, output: PlainOutput) -> Result<ExitCode> {
    let objects;
    let recorded = known.past.as_deref().filter(|_| known.reach.is_some());
    let entries: Vec<&Entry> = match recorded {
        Some(past) => past.ledger.entries().collect(),
        None => {
            objects = told(&known.store);
            objects.iter().collect()
        }
    };
    let oldest = entries.first().map_or(known.now, |entry| entry.at);
    let offset = moments::offset(known.now);
    let reach = known.reach.unwrap_or(Reach { from: oldest.min(known.now), to: known.now, offset, of: Record::Live });
    let from = since.map(|(asked, moment)| begin(asked, moment, reach)).transpose()?;
    page.hear(entries.iter().copied(), known);
    let told = recorded.is_none();
    let shown = || {
        let entries = entries.iter().copied();
        entries.filter(|entry| from.is_none_or(|from| entry.at >= from) && page.tells(entry, known))
    };
    let dropped = recorded.map(|past| past.ledger.dropped());
    if told {
        say(TOLD);
    }
    if let Some(lost) = dropped.filter(|lost| lost.count > 0) {
        say(format_args!("{} older entries are not kept", lost.count));
    }
    match output {
        PlainOutput::Json => {
            let dropped = dropped.unwrap_or(crate::churn::Dropped { count: 0, before: None });
            let (from, to) = (known.reach.map(|reach| from.unwrap_or(reach.from)), known.now);
            let frame = EventsFrame { about: page.about(), from, to, dropped, blind_spots: known.blind_spots() };
            json(&report::events_document(shown(), frame), 0)
        }
        PlainOutput::Text => {
            let first = shown().next().map_or(known.now, |entry| entry.at);
            let days = view::date(first, offset) != view::date(known.now, offset);
            let shape = EventsShape { offset, namespaces: page.several, told, days };
            match shown().next() {
                Some(_) => print(&EventsTable::whole(shown(), shape))?,
                None if told => say(format_args!("the objects tell no times")),
                None => say(format_args!(
                    "nothing happened {}",
                    view::range(Reach { from: from.unwrap_or(reach.from), ..reach })
                )),
            }
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// Where `--since` begins: a length of time is one before the end, and may be longer than the record.
fn begin(asked: Asked<'_>, moment: Moment, reach: Reach) -> Result<Time> {
    let back = match moment {
        Moment::Elapsed(time) | Moment::Ago(time) => Some(time),
        Moment::Clock(_) | Moment::Absolute(_) => None,
    };
    if let Some(back) = back {
        let back = i64::try_from(back.as_millis()).unwrap_or(i64::MAX);
        return Ok(Time(reach.to.0.saturating_sub(back)).max(reach.from));
    }
    moment.resolve(reach).map_err(|why| eyre!("{SINCE} {}", view::no_moment(asked.text, why, reach)))
}

/// A line for each entry as it comes, until interrupted.
async fn follow(mut known: Known, mut page: Page, output: PlainOutput, mut signals: Signals) -> Result<ExitCode> {
    let shape = EventsShape { offset: moments::offset(known.now), namespaces: page.several, told: false, days: false };
    let mut table = EventsTable::following(shape);
    let mut told = Told { next: known.past.as_deref().map_or(0, |past| past.ledger.next()), open: VecDeque::new() };
    if output == PlainOutput::Text {
        print(&table.first())?;
    }
    let mut heard = told.next;
    let mut blind = known.blind_streams();
    loop {
        let due = told.due(&known).map(|time| Instant::now() + Duration::from_millis(time.since(clock())));
        let ended = tokio::select! {
            biased;
            signal = signals.next() => matches!(signal, Signal::End(_)),
            step = known.step() => { step?; false }
            () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => false,
        };
        // Silence must not look like peace.
        let streams = known.blind_streams();
        if streams != blind {
            for spot in known.blind_spots() {
                say(spot);
            }
            if streams.is_empty() {
                say(format_args!("everything is heard again"));
            }
        }
        blind = streams;
        let Some(past) = known.past.as_deref() else { return Ok(ExitCode::SUCCESS) };
        page.hear(past.ledger.from(heard), &known);
        heard = past.ledger.next();
        let until = if ended { None } else { Some(clock()) };
        for (entry, line) in told.lines(past, until) {
            if page.tells(entry, &known) {
                let text = match output {
                    PlainOutput::Text => table.line(entry, line, shape),
                    PlainOutput::Json => serde_json::to_string(&report::event_line(entry, line))? + "\n",
                };
                print(&text)?;
            }
        }
        if ended {
            return Ok(ExitCode::SUCCESS);
        }
    }
}

fn clock() -> Time {
    crate::run::feed::Feed::now()
}

/// Which entries have been told, and as what.
struct Told {
    /// The first that has not been.
    next: u64,
    /// Those whose cause may still change, and the cause that was told.
    open: VecDeque<(u64, Why)>,
}

impl Told {
    /// When the next entry may be told.
    fn due(&self, known: &Known) -> Option<Time> {
        let first = known.past.as_deref()?.ledger.from(self.next).next()?;
        Some(first.at.plus(i64::try_from(SETTLES).unwrap_or(i64::MAX)))
    }

    /// What is to be told at a moment, or before the end (`None`).
    fn lines<'a>(&mut self, past: &'a Past, now: Option<Time>) -> Vec<(&'a Entry, Line)> {
        let mut lines = Vec::new();
        for (number, why) in &mut self.open {
            if let Some(entry) = past.ledger.entry(*number).filter(|entry| entry.why != *why) {
                why.clone_from(&entry.why);
                lines.push((entry, Line::Explained));
            }
        }
        let ripe = |entry: &&Entry| now.is_none_or(|now| now.since(entry.at) >= SETTLES);
        for entry in past.ledger.from(self.next).take_while(ripe) {
            self.open.push_back((entry.number, entry.why.clone()));
            self.next = entry.number + 1;
            lines.push((entry, Line::Heard));
        }
        let over = |number: u64| {
            let entry = past.ledger.entry(number);
            entry.is_none_or(|entry| now.is_some_and(|now| now.since(entry.at) > Ledger::LOOK_AHEAD + SETTLES))
        };
        while self.open.front().is_some_and(|(number, _)| over(*number)) {
            self.open.pop_front();
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;
    use crate::tape::Tape;

    /// A tape on which a slice lets go of a pod ten seconds before anybody hears that the pod is gone.
    fn tape() -> Tape {
        let shop = include_str!("../../../tests/program/shop.tape");
        let line = |at: &str| shop.lines().find(|line| line.starts_with(at)).unwrap();
        let (first, second) = (line("{\"podpath_tape\""), line("{\"at\":0,"));
        let left = line("{\"at\":15260,").replacen("15260", "10000", 1);
        let gone = line("{\"at\":15200,").replacen("15200", "20000", 1);
        let text = format!("{first}\n{second}\n{left}\n{gone}\n");
        Tape::from_reader(std::path::Path::new("test"), text.as_bytes()).unwrap()
    }

    #[test]
    fn a_line_is_told_when_it_has_settled_and_once_more_when_its_cause_is_known() {
        let tape = tape();
        let (mut store, mut past) = (Store::new(), Past::default());
        let mut told = Told { next: 0, open: VecDeque::new() };
        let mut lines = |past: &Past, second: u64| {
            let now = tape.time(Duration::from_millis(second));
            let lines = told.lines(past, Some(now));
            lines.iter().map(|(entry, line)| (*line, entry.event.id(), entry.why.id())).collect::<Vec<_>>()
        };
        for entry in &tape.entries {
            let changes = store.apply(tape.time(entry.at), entry.deltas.iter().cloned());
            past.record(tape.time(entry.at), &changes, &store);
            match entry.at.as_millis() {
                10_000 => {
                    assert_eq!(lines(&past, 10_400), [], "a cause may come at once");
                    let left = (Line::Heard, "left", "unknown");
                    assert_eq!(lines(&past, 10_500).first(), Some(&left));
                    assert_eq!(lines(&past, 10_600), []);
                }
                20_000 => {
                    let explained = (Line::Explained, "left", "scale");
                    assert_eq!(lines(&past, 20_000), [explained]);
                    assert!(lines(&past, 20_500).contains(&(Line::Heard, "went", "scale")));
                }
                _ => {}
            }
        }
        assert!(told.open.len() >= 2);
        let later = tape.time(Duration::from_secs(120));
        assert_eq!(told.lines(&past, Some(later)), []);
        assert!(told.open.is_empty(), "what cannot change any more is let go of");
    }
}
