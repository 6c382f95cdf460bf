//! The loop of the screen: what happens goes into the state, what changed comes onto the screen.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use color_eyre::eyre::{Result, eyre};
use tokio::task::yield_now;
use tokio::time::{Instant, sleep_until};

use super::feed::{Feed, Live};
use super::recorder::Recorder;
use super::say::say;
use super::session::Connection;
use crate::app::{Drawing, Effect, Message, Recording, Session, State, deadline, update};
use crate::churn::Past;
use crate::config;
use crate::delta::Delta;
use crate::model::{Kind, Time};
use crate::term::{Drawn, Ended, Keys, Options, Screen, Signal, Signals};
use crate::theme::Theme;
use crate::view::Scene;
use crate::{report, ui, view};

/// At most sixty frames a second.
const FRAME: Duration = Duration::from_micros(16_600);
/// Each change since the last frame puts the next one off by so much, up to [`STORM`]: up to 250 changes a second are
/// drawn as they come, more than that nobody could follow, and drawing would cost more than everything else.
const CHANGE: Duration = Duration::from_millis(4);
/// Between two frames, however much changes …
const STORM: Duration = Duration::from_millis(800);
/// … unless nothing more comes for so long: a burst is shown when it is over.
const LULL: Duration = Duration::from_millis(150);
/// The same where a tape plays: at sixty times its speed everything is a storm, and that is what is looked at.
const PLAYED: Duration = Duration::from_millis(100);
/// The same until the first lists are complete; their first rows are shown at once.
const LOADING: Duration = Duration::from_millis(250);
/// A change of the rate alone is not worth a frame more often than this: the eye could not read it.
const CALM: Duration = Duration::from_millis(500);
/// The clock is not asked more often than this.
const TICK: Duration = Duration::from_millis(20);

/// The state may be so many milliseconds late when a key comes.
const LATE: u64 = 500;

/// What the screen needs beside a source.
pub(super) struct Setting {
    pub(super) theme: Theme,
    pub(super) mouse: bool,
    pub(super) record: Option<PathBuf>,
    /// Bytes for what has happened.
    pub(super) memory: usize,
    /// Seconds that local time is ahead of UTC.
    pub(super) utc_offset: i32,
    /// Flags to connect to another context with.
    pub(super) login: config::Login,
}

/// Shows a source until the user leaves.
pub(super) async fn show(feed: Feed, first: Vec<Message>, setting: Setting) -> Result<ExitCode> {
    let mut screen = Screen::enter(Options { mouse: setting.mouse })?;
    let result = async {
        let mut show = Show::new(feed, setting, &screen)?;
        for message in first {
            show.take(message);
        }
        let ended = show.run(&mut screen).await;
        let recorded = show.end_recording();
        ended.and_then(|ended| recorded.map(|tape| (ended, tape)))
    }
    .await;
    // Whoever writes to a terminal that hung up may find out before the signal comes.
    let gone = result.is_err() && screen.is_gone();
    let left = screen.leave().await;
    let (ended, tape) = if gone { (Some(Ended::HangUp), None) } else { result? };
    // A terminal that hung up cannot be given back.
    if ended != Some(Ended::HangUp) {
        left?;
        if let Some(tape) = tape {
            say(format_args!("recorded; podpath replay {tape} plays it"));
        }
    }
    Ok(ended.map_or(ExitCode::SUCCESS, signalled))
}

struct Show {
    state: State,
    feed: Feed,
    setting: Setting,
    recorder: Recorder,
    keys: Option<Keys>,
    /// What the state has asked for outside and has not got yet.
    asked: VecDeque<Effect>,
    dirty: bool,
    drawn: Instant,
    /// Changes since then, and when the last of them came.
    changes: u32,
    changed: Instant,
    haste: Haste,
    /// The first list of something that is always shown is still on its way.
    loading: bool,
    /// There were Services to show in the last frame.
    rows: bool,
    /// When the screen changes next by itself; worked out once for each frame.
    wake: Option<Instant>,
    /// What the screen shows, and since when.
    shown: Option<(Scene, Instant)>,
}

/// How soon what happened has to be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Haste {
    /// As [`CHANGE`] says.
    Calm,
    /// With the next frame: a key, a stream that is lost.
    Pressing,
    /// At once: the first lists have become complete.
    Complete,
}

/// Whether to go on.
enum Next {
    Go,
    /// With the signal that ended it; `None`: the user left.
    Leave(Option<Ended>),
}

/// The exit code of a process that a signal ended, as shells count.
fn signalled(ended: Ended) -> ExitCode {
    match ended {
        Ended::Interrupt => ExitCode::from(130),
        Ended::Quit => ExitCode::from(131),
        Ended::Terminate => ExitCode::from(143),
        Ended::HangUp => ExitCode::from(129),
        Ended::Panic => ExitCode::FAILURE,
    }
}

impl Show {
    fn new(feed: Feed, setting: Setting, screen: &Screen) -> Result<Self> {
        let mut state = State::new(feed.session(), screen.size()?, feed.clock());
        state.past = Past::new(setting.memory);
        state.utc_offset = setting.utc_offset;
        let drawn = Instant::now().checked_sub(FRAME).unwrap_or_else(Instant::now);
        let recorder = Recorder::default();
        let mut show = Self {
            state,
            feed,
            setting,
            recorder,
            keys: Some(Keys::listen()?),
            asked: VecDeque::new(),
            dirty: true,
            drawn,
            changes: 0,
            changed: drawn,
            haste: Haste::Calm,
            loading: true,
            rows: false,
            wake: None,
            shown: None,
        };
        if let Some(first) = show.feed.first() {
            show.take(first);
        }
        if show.setting.record.is_some() {
            show.toggle_recording();
            if let Recording::Failed { file, why } = &show.state.recording {
                return Err(eyre!("cannot record to {file}: {why}"));
            }
        }
        Ok(show)
    }

    async fn run(&mut self, screen: &mut Screen) -> Result<Option<Ended>> {
        let mut signals = Signals::listen()?;
        self.draw(screen)?;
        loop {
            while let Some(effect) = self.asked.pop_front() {
                if let Next::Leave(ended) = self.carry_out(screen, effect).await? {
                    return Ok(ended);
                }
            }
            if self.dirty && Instant::now() >= self.due() && !screen.is_busy()? {
                self.draw(screen)?;
            }
            let due = self.due();
            let wake = self.wake.filter(|_| !self.dirty);
            let next = tokio::select! {
                biased;
                signal = signals.next() => match signal {
                    Signal::End(ended) => Next::Leave(Some(ended)),
                    Signal::Suspend => { self.asked.push_back(Effect::Suspend); Next::Go }
                    Signal::Resize => {
                        let (width, height) = screen.size()?;
                        self.hear(Message::Resize { width, height });
                        Next::Go
                    }
                    Signal::Continue => { screen.resume()?; (self.dirty, self.shown) = (true, None); Next::Go }
                },
                message = next_key(&mut self.keys) => match message? {
                    Some(message) => { self.hear(message); Next::Go }
                    None => Next::Leave(Some(Ended::HangUp)),
                },
                ready = ready(screen, due), if self.dirty => { ready?; Next::Go }
                messages = self.feed.next() => {
                    for message in messages? {
                        self.take(message);
                    }
                    Next::Go
                }
                () = sleep_until(wake.unwrap_or(due)), if wake.is_some() => {
                    let now = self.feed.clock();
                    self.take(Message::Clock(now));
                    Next::Go
                }
                () = yield_now(), if self.state.unsettled() => { self.state.settle(); Next::Go }
            };
            if let Next::Leave(ended) = next {
                return Ok(ended);
            }
        }
    }

    /// Ends a recording that runs, and says where it lies; its last line may be the one that fails.
    fn end_recording(&mut self) -> Result<Option<String>> {
        let Recording::On { file } = &self.state.recording else { return Ok(None) };
        match self.recorder.stop(self.feed.clock()) {
            Recording::Failed { file, why } => Err(eyre!("cannot write {file} any more: {why}; it plays up to here")),
            Recording::Off | Recording::On { .. } => Ok(Some(file.clone())),
        }
    }

    /// When the next frame may be drawn.
    fn due(&self) -> Instant {
        let longest = match (self.loading, self.rows) {
            (true, false) if self.state.present().count(Kind::Service) > 0 => FRAME,
            (true, _) => LOADING,
            (false, _) if self.state.playback.is_some() => PLAYED,
            (false, _) => STORM,
        };
        match self.haste {
            Haste::Complete => self.drawn,
            Haste::Pressing => self.drawn + FRAME,
            Haste::Calm => {
                let late = self.drawn + CHANGE.saturating_mul(self.changes).clamp(FRAME, longest);
                late.min((self.changed + LULL).max(self.drawn + FRAME))
            }
        }
    }

    /// When, without anything happening, the screen changes next.
    fn next_wake(&self) -> Option<Instant> {
        let at = self.feed.when(deadline(&self.state)?)?;
        Some(at.max(Instant::now() + TICK))
    }

    /// Takes in one thing that happened, and remembers what it asks for outside.
    fn take(&mut self, message: Message) {
        if let Message::Session(session) = &message {
            self.end_tape_before(session, self.feed.clock());
        }
        if let Message::Deltas(at, deltas) = &message
            && let Some(failed) = self.recorder.write(*at, deltas)
        {
            self.asked.extend(update(&mut self.state, Message::Recording(failed)));
        }
        let (changes, news) = match &message {
            Message::Deltas(_, deltas) => (deltas.len(), deltas.iter().any(Delta::is_news)),
            Message::Clock(_) | Message::Playback(_) => (0, false),
            Message::Key(_)
            | Message::Paste(_)
            | Message::Wheel(_)
            | Message::Click { .. }
            | Message::Resize { .. }
            | Message::Session(_)
            | Message::Recording(_)
            | Message::Notice(_) => (0, true),
        };
        let of_source = matches!(message, Message::Deltas(..));
        self.asked.extend(update(&mut self.state, message));
        if changes > 0 {
            self.changes = self.changes.saturating_add(u32::try_from(changes).unwrap_or(u32::MAX));
            self.changed = Instant::now();
        }
        let store = self.state.present();
        let loading = Kind::CORE.into_iter().any(|kind| store.arriving(kind));
        let haste = match (std::mem::replace(&mut self.loading, loading), loading) {
            (true, false) => Haste::Complete,
            // One list that is complete is not worth a frame while others still come.
            (_, true) if of_source => Haste::Calm,
            _ if news => Haste::Pressing,
            _ => Haste::Calm,
        };
        self.haste = self.haste.max(haste);
        if self.state.beyond {
            self.wake_by(self.drawn + CALM);
        } else {
            self.dirty = true;
        }
    }

    /// The screen changes at this moment, if not before.
    fn wake_by(&mut self, at: Instant) {
        self.wake = Some(self.wake.map_or(at, |wake| wake.min(at)));
    }

    fn hear(&mut self, message: Message) {
        if matches!(message, Message::Resize { .. }) {
            self.shown = None;
        }
        // An idle program has not looked at the clock for a while; going back in time starts from now.
        let now = self.feed.clock();
        if now.since(self.state.present_time()) > LATE {
            self.take(Message::Clock(now));
        }
        self.take(message);
    }

    async fn carry_out(&mut self, screen: &mut Screen, effect: Effect) -> Result<Next> {
        match effect {
            Effect::Quit => return Ok(Next::Leave(None)),
            // Nobody could let us go on: then what was typed ahead is kept.
            Effect::Suspend if !screen.can_suspend()? => {}
            Effect::Suspend => {
                // The shell reads the terminal meanwhile, not we.
                self.keys = None;
                screen.suspend().await?;
                self.keys = Some(Keys::listen()?);
                (self.dirty, self.shown) = (true, None);
            }
            Effect::Redraw => {
                screen.forget();
                self.shown = None;
            }
            Effect::Copy(text) => {
                screen.copy(&text);
                self.shown = None;
            }
            Effect::CopyPath(drawing, trace) => {
                screen.copy(&match drawing {
                    Drawing::Mermaid => report::mermaid(&trace),
                    Drawing::Dot => report::dot(&trace),
                });
                self.shown = None;
            }
            Effect::ToggleRecording => self.toggle_recording(),
            Effect::SwitchContext(name) => self.switch_context(name).await,
            Effect::RetryNow
            | Effect::SwitchScope(_)
            | Effect::Need(_)
            | Effect::Support(_)
            | Effect::TogglePause
            | Effect::Speed(_)
            | Effect::Seek(_) => {
                for message in self.feed.control(&effect) {
                    self.take(message);
                }
            }
        }
        Ok(Next::Go)
    }

    async fn switch_context(&mut self, name: String) {
        let mut login = self.setting.login.clone();
        login.context = Some(name);
        // What was said of one context does not hold in another.
        (login.cluster, login.user, login.server) = (None, None, None);
        login.namespaces.clear();
        // Nobody listens while another server is asked.
        let heard_until = self.feed.clock();
        match Connection::open(&login).await {
            Ok(connection) => {
                self.feed = Feed::Live(Box::new(Live::new(connection)));
                let session = self.feed.session();
                self.end_tape_before(&session, heard_until);
                self.take(Message::Session(Box::new(session)));
            }
            Err(error) => {
                self.take(Message::Notice(error.to_string()));
            }
        }
    }

    /// A tape is of one cluster and its namespaces: with others it ends.
    fn end_tape_before(&mut self, session: &Session, heard_until: Time) {
        if self.recorder.is_on() && !self.state.is_of(session) {
            let ended = self.recorder.stop(heard_until);
            self.take(Message::Recording(ended));
        }
    }

    fn toggle_recording(&mut self) {
        let recording = if self.recorder.is_on() {
            self.recorder.stop(self.feed.clock())
        } else {
            let now = self.feed.clock();
            let path = self.setting.record.clone().unwrap_or_else(|| free_name(now));
            let begun = self.recorder.start(&path, &self.state.session, self.state.present(), now);
            if self.recorder.is_on() {
                // The file that was asked for holds the first recording.
                self.setting.record = None;
            }
            begun
        };
        self.take(Message::Recording(recording));
    }

    /// The screen shows what there is.
    fn caught_up(&mut self) {
        (self.dirty, self.changes, self.haste) = (false, 0, Haste::Calm);
        self.rows = self.state.present().count(Kind::Service) > 0;
    }

    fn draw(&mut self, screen: &mut Screen) -> Result<()> {
        let scene = view::scene(&self.state);
        self.drawn = Instant::now();
        self.wake = self.next_wake();
        if let Some((shown, since)) = &self.shown
            && since.elapsed() < CALM
            && scene.differs_in_rate_only(shown)
        {
            let later = *since + CALM;
            self.wake_by(later);
            self.caught_up();
            return Ok(());
        }
        match screen.draw(|buffer| ui::draw(&scene, &self.setting.theme, buffer))? {
            // It is drawn when the terminal is ready, as soon as it was to be.
            Drawn::Busy => self.shown = None,
            Drawn::Written | Drawn::Unchanged => {
                self.caught_up();
                self.shown = Some((scene, self.drawn));
            }
        }
        Ok(())
    }
}

/// A file of ours that is not there yet.
fn free_name(now: Time) -> PathBuf {
    let second = now.0 / 1000;
    let first = std::iter::once(format!("podpath-{second}.tape.gz"));
    let names = first.chain((2..).map(|number| format!("podpath-{second}-{number}.tape.gz"))).map(PathBuf::from);
    names.into_iter().find(|path| !path.exists()).unwrap_or_default()
}

/// Waits until a frame is due and the terminal takes it.
async fn ready(screen: &mut Screen, due: Instant) -> std::io::Result<()> {
    sleep_until(due).await;
    screen.ready().await
}

async fn next_key(keys: &mut Option<Keys>) -> std::io::Result<Option<Message>> {
    match keys {
        Some(keys) => keys.next().await,
        None => std::future::pending().await,
    }
}
