//! `replay` and `demo`: a tape on the screen, or one frame of it printed.

use std::io::IsTerminal;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use color_eyre::eyre::{Result, eyre};

use super::feed::Feed;
use super::look;
use super::moments::{self, Asked};
use super::player::Player;
use super::show::{Setting, show};
use crate::app::{Effect, Key, KeyCode, Message, State, update};
use crate::churn::Past;
use crate::config::{Cli, Form, Print, Settings};
use crate::run::say::say;
use crate::tape::{Tape, read};
use crate::theme::{Charset, Depth, load};
use crate::ui::print::{Format, print};
use crate::view;

/// The bundled recording of a real cluster.
const DEMO: &[u8] = include_bytes!("../../assets/demo.tape.gz");

/// Plays a tape from a file.
pub(super) async fn file(path: &Path, how: &Print, cli: &Cli, settings: &Settings) -> Result<ExitCode> {
    let tape = read(path)?;
    // On the screen it is told where the tape ends.
    let cut = tape.cut.iter().filter(|_| how.print.is_some());
    for words in tape.newer.iter().chain(cut) {
        say(words);
    }
    play(tape, false, how, cli, settings).await
}

/// Plays the bundled tape.
pub(super) async fn demo(how: &Print, cli: &Cli, settings: &Settings) -> Result<ExitCode> {
    play(Tape::from_reader(Path::new("the bundled tape"), DEMO)?, true, how, cli, settings).await
}

async fn play(tape: Tape, looped: bool, how: &Print, cli: &Cli, settings: &Settings) -> Result<ExitCode> {
    let at = how.at.as_deref().map(|text| moments::find(&tape, Asked { flag: "--at", text })).transpose()?;
    let at = at.map(|at| Duration::from_millis(at.since(tape.time(Duration::ZERO))));
    let mut player = Player::new(Arc::new(tape), how.speed, looped);
    let first = at.map(|at| player.seek(at)).unwrap_or_default();
    if let Some(form) = how.print {
        return frame(&mut player, first, how, form, settings);
    }
    if !super::has_screen() {
        let what =
            if std::io::stdout().is_terminal() { "the terminal is dumb" } else { "standard output is no terminal" };
        return Err(eyre!("{what}; --print text, svg or ansi prints one frame"));
    }
    let setting = Setting {
        theme: look::theme(settings)?,
        mouse: settings.mouse,
        record: None,
        memory: settings.memory.unwrap_or(Past::BUDGET),
        utc_offset: moments::offset(player.clock()),
        login: cli.login.clone(),
    };
    show(Feed::Tape(Box::new(player)), first, setting).await
}

/// Prints one frame, after some keys.
fn frame(
    player: &mut Player,
    mut first: Vec<Message>,
    how: &Print,
    form: Form,
    settings: &Settings,
) -> Result<ExitCode> {
    if first.is_empty() {
        first = player.seek(Duration::ZERO);
    }
    let mut state = State::new(player.session(), how.size, player.clock());
    state.past = Past::new(settings.memory.unwrap_or(Past::BUDGET));
    state.utc_offset = moments::offset(player.clock());
    update(&mut state, player.toggle_pause());
    for message in first {
        take(player, &mut state, message);
    }
    for key in keys(how.keys.as_deref().unwrap_or_default())? {
        take(player, &mut state, Message::Key(key));
    }
    let charset = if settings.ascii { Charset::Ascii } else { Charset::Unicode };
    let theme = load(settings.theme.as_deref().unwrap_or("dark"))?.on(Depth::True, charset);
    let format = match form {
        Form::Svg => Format::Svg,
        Form::Text => Format::Text,
        Form::Ansi => Format::Ansi,
    };
    let text = print(&view::scene(&state), &theme, how.size, format);
    super::say::print(&if text.ends_with('\n') { text } else { text + "\n" })?;
    Ok(ExitCode::SUCCESS)
}

/// Takes in a message, and carries out what it asks of the tape. A tape has no more than it has: that is all that can be
/// told of what is needed beside.
fn take(player: &mut Player, state: &mut State, message: Message) {
    for effect in update(state, message) {
        let answers = match effect {
            Effect::Need(kinds) => vec![player.lacks(&kinds)],
            Effect::Seek(to) => player.seek(to),
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
            | Effect::Speed(_) => Vec::new(),
        };
        for answer in answers {
            take(player, state, answer);
        }
    }
}

/// Keys as they are written for people: `jj<enter>/web<enter>`.
fn keys(text: &str) -> Result<Vec<Key>> {
    let mut keys = Vec::new();
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let named = rest.strip_prefix('<').and_then(|rest| rest.split_once('>'));
        let Some((name, after)) = named else {
            keys.push(Key::from(character));
            rest = &rest[character.len_utf8()..];
            continue;
        };
        rest = after;
        let code = match name {
            "enter" => KeyCode::Enter,
            "esc" => KeyCode::Esc,
            "tab" => KeyCode::Tab,
            "space" => KeyCode::Char(' '),
            "up" => KeyCode::Up,
            "down" => KeyCode::Down,
            "left" => KeyCode::Left,
            "right" => KeyCode::Right,
            "pgup" => KeyCode::PageUp,
            "pgdn" => KeyCode::PageDown,
            "home" => KeyCode::Home,
            "end" => KeyCode::End,
            "backspace" => KeyCode::Backspace,
            "lt" => KeyCode::Char('<'),
            name => match name.strip_prefix("ctrl-").and_then(|name| name.chars().next()) {
                Some(character) => {
                    keys.push(Key::ctrl(character));
                    continue;
                }
                None => {
                    return Err(eyre!(
                        "--keys: no key <{name}>; write enter, esc, tab, space, up, down, left, right, pgup, pgdn, home, end, backspace, lt or ctrl-x"
                    ));
                }
            },
        };
        keys.push(Key::from(code));
    }
    Ok(keys)
}
