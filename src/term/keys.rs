//! What the terminal sends, as messages.
//!
//! A thread of our own waits for it. crossterm's stream of events is not used: a terminal that hangs up sends its reader
//! round in circles for ever, on the very thread that would hear of the hang-up. So crossterm is asked only when the
//! terminal has something to say, and never on the thread that owns the state.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::mpsc as thread_channel;
use std::thread;
use std::time::Duration;

use crossterm::event::{self, Event, KeyCode as Code, KeyEvent, KeyEventKind, KeyModifiers, MouseEventKind};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::pipe::PipeFlags;
use tokio::sync::mpsc;

use crate::app::{Key, KeyCode, Message};

/// So many events may wait; more stay in the terminal.
const WAITING: usize = 64;
/// How long crossterm may look for a whole event. Asked not to wait at all, it does not look.
const LOOK: Duration = Duration::from_millis(1);
/// How long the thread may take to let the terminal go.
const PATIENCE: Duration = Duration::from_secs(1);

/// The stream of what the user does. Drop it before another program reads the terminal.
#[derive(Debug)]
pub struct Keys {
    messages: mpsc::Receiver<io::Result<Message>>,
    /// Closing it stops the thread.
    stop: Option<OwnedFd>,
    /// Closed by the thread when it has let the terminal go.
    stopped: thread_channel::Receiver<()>,
}

impl Keys {
    /// Begins to listen.
    ///
    /// # Errors
    /// When there is no terminal to read, or the operating system gives no thread.
    pub fn listen() -> io::Result<Self> {
        let (sink, messages) = mpsc::channel(WAITING);
        let (stopping, stop) = rustix::pipe::pipe_with(PipeFlags::CLOEXEC)?;
        let (held, stopped) = thread_channel::channel();
        let terminal = terminal()?;
        let body = move || {
            if let Err(error) = read(terminal.as_fd(), stopping.as_fd(), &sink) {
                // Whoever listened has left.
                let _ = sink.blocking_send(Err(error));
            }
            drop(held);
        };
        thread::Builder::new().name("keys".to_owned()).spawn(body)?;
        Ok(Self { messages, stop: Some(stop), stopped })
    }

    /// Waits for the next message; `None` when the terminal is gone. Cancelling it loses nothing.
    ///
    /// # Errors
    /// When the terminal cannot be read; there is no use in trying again.
    pub async fn next(&mut self) -> io::Result<Option<Message>> {
        self.messages.recv().await.transpose()
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        self.messages.close();
        self.stop = None;
        // One that crossterm does not let go is one that hung up.
        let _ = self.stopped.recv_timeout(PATIENCE);
    }
}

/// The terminal that crossterm reads too: standard input, or else the one that controls the process.
fn terminal() -> io::Result<OwnedFd> {
    let input = rustix::stdio::stdin();
    if rustix::termios::isatty(input) {
        return Ok(rustix::io::fcntl_dupfd_cloexec(input, 0)?);
    }
    Ok(File::open("/dev/tty")?.into())
}

/// Reads until the terminal is gone or nobody wants to know any more.
fn read(terminal: BorrowedFd, stop: BorrowedFd, sink: &mpsc::Sender<io::Result<Message>>) -> io::Result<()> {
    loop {
        let mut two =
            [PollFd::from_borrowed_fd(terminal, PollFlags::IN), PollFd::from_borrowed_fd(stop, PollFlags::IN)];
        match poll(&mut two, None) {
            Err(rustix::io::Errno::INTR) => continue,
            answer => answer?,
        };
        let [terminal, stop] = two.map(|one| one.revents());
        if !stop.is_empty() || terminal.intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL) {
            return Ok(());
        }
        while event::poll(LOOK)? {
            if let Some(message) = message(event::read()?)
                && sink.blocking_send(Ok(message)).is_err()
            {
                return Ok(());
            }
        }
    }
}

fn message(event: Event) -> Option<Message> {
    match event {
        Event::Key(key) => key_of(key).map(Message::Key),
        Event::Paste(text) => Some(Message::Paste(text)),
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
        // A signal tells of a new size, also where no key follows.
        Event::Resize(..) | Event::FocusGained | Event::FocusLost => None,
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
