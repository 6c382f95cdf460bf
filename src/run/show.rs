//! The loop of the screen: what happens goes into the state, what changed comes onto the screen.

use std::process::ExitCode;
use std::time::Duration;

use color_eyre::eyre::{Result, eyre};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};

use super::look;
use super::session::Connection;
use crate::app::{Effect, Message, State, deadline, update};
use crate::config::{Cli, Settings};
use crate::model::Time;
use crate::term::{Drawn, Ended, Keys, Options, Screen, Signal, Signals};
use crate::theme::Theme;
use crate::watch::ConnectError;
use crate::{ui, view};

/// At most sixty frames a second.
const FRAME: Duration = Duration::from_micros(16_600);
/// Batches taken in before the screen gets its turn.
const BATCHES: usize = 64;

/// The time of day.
pub(super) fn now() -> Time {
    Time(jiff::Timestamp::now().as_millisecond())
}

/// Shows a live cluster until the user leaves.
pub(super) async fn live(cli: &Cli, settings: &Settings) -> Result<ExitCode> {
    let theme = look::theme(settings)?;
    // A login plugin may ask something: before the screen is taken.
    let connection = Connection::open(&cli.login).await?;
    let mut screen = Screen::enter(Options { mouse: settings.mouse })?;
    let result = Show::new(connection, &mut screen, theme)?.run(&mut screen, cli).await;
    screen.leave().await?;
    result
}

struct Show {
    state: State,
    theme: Theme,
    connection: Connection,
    greeting: Option<JoinHandle<Result<Option<String>, ConnectError>>>,
    dirty: bool,
    drawn: Instant,
}

enum Next {
    Go,
    Leave(ExitCode),
}

impl Show {
    fn new(connection: Connection, screen: &mut Screen, theme: Theme) -> Result<Self> {
        let state = State::new(connection.session.clone(), screen.size()?, now());
        let greeting = Some(tokio::spawn(connection.greet()));
        let drawn = Instant::now().checked_sub(FRAME).unwrap_or_else(Instant::now);
        Ok(Self { state, theme, connection, greeting, dirty: true, drawn })
    }

    async fn run(mut self, screen: &mut Screen, cli: &Cli) -> Result<ExitCode> {
        let mut signals = Signals::listen()?;
        let mut keys = Some(Keys::default());
        self.draw(screen)?;
        loop {
            let due = self.drawn + FRAME;
            let wake = self.wake();
            let next = tokio::select! {
                biased;
                signal = signals.next() => match signal {
                    Signal::End(Ended::Interrupt | Ended::Quit) => Next::Leave(ExitCode::from(130)),
                    Signal::End(Ended::Terminate | Ended::HangUp) => Next::Leave(ExitCode::from(143)),
                    Signal::End(Ended::Panic) => Next::Leave(ExitCode::FAILURE),
                    Signal::Suspend => self.effect(screen, &mut keys, Effect::Suspend, cli).await?,
                    Signal::Continue => { screen.resume()?; self.dirty = true; Next::Go }
                },
                message = next_key(&mut keys) => match message? {
                    Some(message) => self.message(screen, &mut keys, message, cli).await?,
                    None => Next::Leave(ExitCode::from(143)),
                },
                batch = self.connection.watching.next() => match batch {
                    Some(batch) => { self.deltas(batch); Next::Go }
                    None => return Err(eyre!("a stream ended by itself; this is a defect")),
                },
                greeted = greeted(&mut self.greeting) => {
                    self.greeting = None;
                    self.state.session.version = greeted??;
                    self.dirty = true;
                    Next::Go
                }
                () = sleep_until(due), if self.dirty => Next::Go,
                () = sleep_until(wake.unwrap_or(due)), if wake.is_some() => {
                    self.update(Message::Clock(now()));
                    Next::Go
                }
            };
            if let Next::Leave(code) = next {
                return Ok(code);
            }
            if self.dirty && self.drawn.elapsed() >= FRAME {
                self.draw(screen)?;
            }
        }
    }

    /// When, without anything happening, the screen changes next.
    fn wake(&self) -> Option<Instant> {
        let wait = deadline(&self.state)?.since(now());
        Some(Instant::now() + Duration::from_millis(wait.max(20)))
    }

    /// Takes in a batch, and what else has come meanwhile.
    fn deltas(&mut self, first: Vec<crate::delta::Delta>) {
        self.update(Message::Deltas(now(), first));
        for _ in 0..BATCHES {
            let Some(batch) = self.connection.watching.ready() else { return };
            self.update(Message::Deltas(now(), batch));
        }
    }

    fn update(&mut self, message: Message) -> Vec<Effect> {
        self.dirty = true;
        update(&mut self.state, message)
    }

    async fn message(
        &mut self,
        screen: &mut Screen,
        keys: &mut Option<Keys>,
        message: Message,
        cli: &Cli,
    ) -> Result<Next> {
        for effect in self.update(message) {
            if let Next::Leave(code) = self.effect(screen, keys, effect, cli).await? {
                return Ok(Next::Leave(code));
            }
        }
        Ok(Next::Go)
    }

    async fn effect(
        &mut self,
        screen: &mut Screen,
        keys: &mut Option<Keys>,
        effect: Effect,
        cli: &Cli,
    ) -> Result<Next> {
        match effect {
            Effect::Quit => return Ok(Next::Leave(ExitCode::SUCCESS)),
            Effect::Suspend => {
                *keys = None;
                screen.suspend().await?;
                *keys = Some(Keys::default());
                self.dirty = true;
            }
            Effect::Redraw => screen.forget(),
            Effect::Copy(text) => screen.copy(&text),
            Effect::RetryNow => self.connection.watching.retry_now(),
            Effect::SwitchScope(scope) => self.connect(self.connection.with_scope(scope)),
            Effect::SwitchContext(name) => {
                let mut flags = cli.login.clone();
                flags.context = Some(name);
                flags.namespace = None;
                match Connection::open(&flags).await {
                    Ok(connection) => self.connect(connection),
                    Err(error) => self.state.notice = Some(error.to_string()),
                }
            }
            Effect::ToggleRecording | Effect::TogglePause | Effect::Speed(_) | Effect::Seek(_) => {}
        }
        Ok(Next::Go)
    }

    fn connect(&mut self, connection: Connection) {
        self.connection = connection;
        self.greeting = Some(tokio::spawn(self.connection.greet()));
        self.update(Message::Session(Box::new(self.connection.session.clone())));
    }

    fn draw(&mut self, screen: &mut Screen) -> Result<()> {
        let scene = view::scene(&self.state);
        let drawn = screen.draw(|buffer| ui::draw(&scene, &self.theme, buffer))?;
        self.drawn = Instant::now();
        self.dirty = drawn == Drawn::Busy;
        Ok(())
    }
}

async fn next_key(keys: &mut Option<Keys>) -> std::io::Result<Option<Message>> {
    match keys {
        Some(keys) => keys.next().await,
        None => std::future::pending().await,
    }
}

async fn greeted(
    greeting: &mut Option<JoinHandle<Result<Option<String>, ConnectError>>>,
) -> Result<Result<Option<String>, ConnectError>, tokio::task::JoinError> {
    match greeting {
        Some(greeting) => greeting.await,
        None => std::future::pending().await,
    }
}
