//! What the terminal sends, as messages.

use std::io;

use crossterm::event::{Event, EventStream, KeyCode as Code, KeyEvent, KeyEventKind, KeyModifiers, MouseEventKind};
use futures_util::StreamExt;
use futures_util::stream::{FuturesUnordered, StreamFuture};

use crate::app::{Key, KeyCode, Message};

/// The stream of what the user does. Drop it before another program reads the terminal.
///
/// It asks the terminal only when the terminal has said that there is something: each question takes a lock that a thread
/// of crossterm holds meanwhile, far too dear to be asked whenever anything else happens.
#[derive(Debug)]
pub struct Keys(FuturesUnordered<StreamFuture<EventStream>>);

impl Default for Keys {
    fn default() -> Self {
        Self(FuturesUnordered::from_iter([EventStream::default().into_future()]))
    }
}

impl Keys {
    /// Waits for the next message; `None` when the terminal is gone. Cancelling it loses nothing.
    ///
    /// # Errors
    /// When the terminal cannot be read; there is no use in trying again.
    pub async fn next(&mut self) -> io::Result<Option<Message>> {
        loop {
            let Some((event, terminal)) = self.0.next().await else { return Ok(None) };
            let event = match event {
                Some(Ok(event)) => event,
                // What a terminal that hung up answers; the signal that says so may come later.
                Some(Err(error)) if error.raw_os_error() == Some(rustix::io::Errno::IO.raw_os_error()) => {
                    return Ok(None);
                }
                Some(Err(error)) => return Err(error),
                None => return Ok(None),
            };
            self.0.push(terminal.into_future());
            if let Some(message) = message(event) {
                return Ok(Some(message));
            }
        }
    }
}

fn message(event: Event) -> Option<Message> {
    match event {
        Event::Key(key) => key_of(key).map(Message::Key),
        Event::Paste(text) => Some(Message::Paste(text)),
        Event::Resize(width, height) => Some(Message::Resize { width, height }),
        Event::Mouse(mouse) => match mouse.kind {
            MouseEventKind::ScrollDown => Some(Message::Wheel(3)),
            MouseEventKind::ScrollUp => Some(Message::Wheel(-3)),
            MouseEventKind::Down(crossterm::event::MouseButton::Left) => {
                Some(Message::Click { x: mouse.column, y: mouse.row })
            }
            MouseEventKind::Down(_)
            | MouseEventKind::Up(_)
            | MouseEventKind::Drag(_)
            | MouseEventKind::Moved
            | MouseEventKind::ScrollLeft
            | MouseEventKind::ScrollRight => None,
        },
        Event::FocusGained | Event::FocusLost => None,
    }
}

fn key_of(event: KeyEvent) -> Option<Key> {
    if event.kind == KeyEventKind::Release {
        return None;
    }
    let mut shift = event.modifiers.contains(KeyModifiers::SHIFT);
    let code = match event.code {
        Code::Char(character) => {
            shift = false;
            KeyCode::Char(character)
        }
        Code::Enter => KeyCode::Enter,
        Code::Esc => KeyCode::Esc,
        Code::Tab => KeyCode::Tab,
        Code::BackTab => {
            shift = true;
            KeyCode::Tab
        }
        Code::Backspace => KeyCode::Backspace,
        Code::Delete => KeyCode::Delete,
        Code::Up => KeyCode::Up,
        Code::Down => KeyCode::Down,
        Code::Left => KeyCode::Left,
        Code::Right => KeyCode::Right,
        Code::PageUp => KeyCode::PageUp,
        Code::PageDown => KeyCode::PageDown,
        Code::Home => KeyCode::Home,
        Code::End => KeyCode::End,
        Code::F(number) => KeyCode::F(number),
        Code::Insert
        | Code::Null
        | Code::CapsLock
        | Code::ScrollLock
        | Code::NumLock
        | Code::PrintScreen
        | Code::Pause
        | Code::Menu
        | Code::KeypadBegin
        | Code::Media(_)
        | Code::Modifier(_) => return None,
    };
    let ctrl = event.modifiers.contains(KeyModifiers::CONTROL);
    let alt = event.modifiers.contains(KeyModifiers::ALT);
    Some(Key { code, ctrl, alt, shift })
}
