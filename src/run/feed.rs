//! Where messages come from: a live cluster or a tape. Everything above does not know which.

use std::time::Duration;

use color_eyre::eyre::{Result, eyre};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};

use super::player::Player;
use super::session::Connection;
use crate::app::{Effect, Message, Scope, Session};
use crate::delta::Delta;
use crate::model::Time;
use crate::watch::ConnectError;

/// Deltas after which the screen gets its turn: about a frame's time.
const MOST: usize = 512;
/// A stream that has several things to say at once is not alone, and a slice never is: it changes because a pod did. What
/// the others say within this is one batch with it, so that a Service's rows are joined once for both, whichever of their
/// two streams was faster.
const GATHER: Duration = Duration::from_millis(3);

/// A source of messages.
pub(super) enum Feed {
    Live(Box<Live>),
    Tape(Box<Player>),
}

type Greeting = JoinHandle<Result<Option<String>, ConnectError>>;

/// A live cluster.
pub(super) struct Live {
    pub(super) connection: Connection,
    greeting: Option<Greeting>,
    /// Other namespaces, which are shown once the server says that there are such.
    switching: Option<(Scope, Greeting)>,
    /// What the streams have said and was not handed over yet.
    gathered: Vec<Delta>,
    /// When it is, at the latest.
    until: Option<Instant>,
}

impl Live {
    pub(super) fn new(connection: Connection) -> Self {
        let greeting = Some(tokio::spawn(connection.greet(&connection.session.scope)));
        Self { greeting, ..Self::greeted(connection) }
    }

    /// The server has answered already.
    fn greeted(connection: Connection) -> Self {
        Self { connection, greeting: None, switching: None, gathered: Vec::new(), until: None }
    }

    /// Other namespaces, unless the server knows no such: then everything stays as it was.
    fn switched(&mut self, answer: Result<Option<String>, ConnectError>) -> Message {
        let Some((scope, _)) = self.switching.take() else { return Message::Clock(Feed::now()) };
        match answer {
            Ok(version) => {
                let mut connection = self.connection.with_scope(scope);
                connection.session.version = version;
                *self = Self::greeted(connection);
                Message::Session(Box::new(self.connection.session.clone()))
            }
            Err(error) => Message::Notice(error.to_string()),
        }
    }

    async fn next(&mut self) -> Result<Vec<Message>> {
        loop {
            if self.gathered.len() >= MOST {
                return Ok(self.hand_over());
            }
            tokio::select! {
                biased;
                // Before what the namespaces that are left still say, however much that is.
                answer = greeted(self.switching.as_mut().map(|(_, greeting)| greeting)) => {
                    return Ok(vec![self.switched(answer?)]);
                }
                batch = self.connection.watching.next() => {
                    let batch = batch.ok_or_else(|| eyre!("a stream ended by itself; this is a defect"))?;
                    let alone = self.gathered.is_empty() && matches!(&batch[..], [one] if !matches!(one, Delta::Slice(_)));
                    self.gathered.extend(batch);
                    if alone {
                        return Ok(self.hand_over());
                    }
                    self.until.get_or_insert_with(|| Instant::now() + GATHER);
                }
                () = sleep_until(self.until.unwrap_or_else(Instant::now)), if self.until.is_some() => {
                    return Ok(self.hand_over());
                }
                greeted = greeted(self.greeting.as_mut()) => {
                    self.greeting = None;
                    self.connection.session.version = greeted??;
                    return Ok(vec![Message::Session(Box::new(self.connection.session.clone()))]);
                }
            }
        }
    }

    fn hand_over(&mut self) -> Vec<Message> {
        self.until = None;
        vec![Message::Deltas(Feed::now(), std::mem::take(&mut self.gathered))]
    }
}

async fn greeted(
    greeting: Option<&mut Greeting>,
) -> Result<Result<Option<String>, ConnectError>, tokio::task::JoinError> {
    match greeting {
        Some(greeting) => greeting.await,
        None => std::future::pending().await,
    }
}

impl Feed {
    /// The time of day.
    pub(super) fn now() -> Time {
        Time(jiff::Timestamp::now().as_millisecond())
    }

    pub(super) fn session(&self) -> Session {
        match self {
            Self::Live(live) => live.connection.session.clone(),
            Self::Tape(player) => player.session(),
        }
    }

    /// The time that the state should know.
    pub(super) fn clock(&self) -> Time {
        match self {
            Self::Live(_) => Self::now(),
            Self::Tape(player) => player.clock(),
        }
    }

    /// When it will be this late.
    pub(super) fn when(&self, time: Time) -> Option<Instant> {
        match self {
            Self::Live(_) => Some(Instant::now() + std::time::Duration::from_millis(time.since(Self::now()))),
            Self::Tape(player) => player.when(time),
        }
    }

    /// What to say before anything else.
    pub(super) fn first(&self) -> Option<Message> {
        match self {
            Self::Live(_) => None,
            Self::Tape(player) => Some(player.playback()),
        }
    }

    /// Waits for what happens next. Cancelling it loses nothing.
    pub(super) async fn next(&mut self) -> Result<Vec<Message>> {
        match self {
            Self::Live(live) => live.next().await,
            Self::Tape(player) => Ok(player.next().await),
        }
    }

    /// Carries out what concerns the source.
    pub(super) fn control(&mut self, effect: &Effect) -> Vec<Message> {
        match (self, effect) {
            (Self::Live(live), Effect::RetryNow) => {
                live.connection.watching.retry_now();
                Vec::new()
            }
            (Self::Live(live), Effect::SwitchScope(scope)) => {
                let greeting = tokio::spawn(live.connection.greet(scope));
                live.switching = Some((scope.clone(), greeting));
                Vec::new()
            }
            (Self::Live(live), Effect::Need(kinds)) => {
                live.connection.watching.need(kinds);
                Vec::new()
            }
            (Self::Tape(player), Effect::Need(kinds)) => vec![player.lacks(kinds)],
            (Self::Live(live), Effect::Support(namespace)) => {
                live.connection.watching.support(namespace);
                Vec::new()
            }
            (Self::Tape(player), Effect::TogglePause) => vec![player.toggle_pause()],
            (Self::Tape(player), Effect::Speed(speed)) => vec![player.set_speed(*speed)],
            (Self::Tape(player), Effect::Seek(to)) => player.seek(*to),
            (
                _,
                Effect::Quit
                | Effect::Suspend
                | Effect::Redraw
                | Effect::Copy(_)
                | Effect::CopyPath(..)
                | Effect::RetryNow
                | Effect::SwitchContext(_)
                | Effect::SwitchScope(_)
                | Effect::Support(_)
                | Effect::ToggleRecording
                | Effect::TogglePause
                | Effect::Speed(_)
                | Effect::Seek(_),
            ) => Vec::new(),
        }
    }
}
