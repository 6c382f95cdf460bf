//! A program in a PTY: its screen, its bytes, its end.

use std::io::{Read, Write};
use std::num::NonZero;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};

/// A running podpath.
pub struct Pty {
    parser: vt100::Parser,
    reads: Receiver<Vec<u8>>,
    child: Box<dyn Child + Send + Sync>,
    keys: Box<dyn Write + Send>,
    master: Option<Box<dyn MasterPty + Send>>,
    /// Everything that was written.
    pub bytes: Vec<u8>,
}

fn side(cells: u16) -> NonZero<u16> {
    NonZero::new(cells).unwrap()
}

impl Pty {
    pub fn open((columns, rows): (u16, u16), arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        let pty = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_podpath"));
        command.args(arguments);
        command.cwd("/");
        for (key, value) in [("TERM", "xterm-256color"), ("LANG", "C.UTF-8"), ("XDG_CONFIG_HOME", "/nonexistent")] {
            command.env(key, value);
        }
        for (key, value) in environment {
            command.env(key, value);
        }
        let child = pty.slave.spawn_command(command).unwrap();
        let (mut reader, keys) = (pty.master.try_clone_reader().unwrap(), pty.master.take_writer().unwrap());
        let (to, reads) = channel();
        std::thread::spawn(move || {
            let mut buffer = vec![0; 1 << 16];
            while let Ok(count @ 1..) = reader.read(&mut buffer) {
                if to.send(buffer[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        let parser = vt100::Parser::new(side(rows), side(columns), 0);
        Self { parser, reads, child, keys, master: Some(pty.master), bytes: Vec::new() }
    }

    pub fn text(&self) -> String {
        self.parser.screen().contents()
    }

    /// The terminal is as a shell wants it: main screen, cursor shown.
    pub fn given_back(&self) -> bool {
        let screen = self.parser.screen();
        !screen.alternate_screen() && !screen.hide_cursor()
    }

    fn take(&mut self, bytes: Vec<u8>) {
        self.parser.process(&bytes);
        self.bytes.extend(bytes);
    }

    pub fn shows(&mut self, what: &str) {
        self.says(what, |text| text.contains(what));
    }

    /// Waits until the screen is so; panics with the screen if it never is.
    pub fn says(&mut self, what: &str, said: impl Fn(&str) -> bool) {
        let end = Instant::now() + Duration::from_secs(20);
        while !said(&self.text()) {
            match self.reads.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(bytes) => self.take(bytes),
                Err(_) => panic!("the screen never shows {what:?}:\n{}", self.text()),
            }
        }
    }

    pub fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    pub fn resize(&mut self, (columns, rows): (u16, u16)) {
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        self.master.as_ref().unwrap().resize(size).unwrap();
        self.parser.screen_mut().set_size(side(rows), side(columns));
    }

    /// How many bytes come in this time.
    pub fn bytes_in(&mut self, time: Duration) -> usize {
        let (end, before) = (Instant::now() + time, self.bytes.len());
        loop {
            match self.reads.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(bytes) => self.take(bytes),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return self.bytes.len() - before,
            }
        }
    }

    /// The terminal goes away, as when a window is closed.
    pub fn hang_up(&mut self) {
        // The reader holds it open until the next byte, and finds then that nobody reads any more.
        self.reads = channel().1;
        self.press("j");
        self.keys = Box::new(std::io::sink());
        self.master = None;
    }

    pub fn signal(&self, name: &str) {
        let pid = self.child.process_id().unwrap().to_string();
        assert!(std::process::Command::new("kill").args([&format!("-{name}"), &pid]).status().unwrap().success());
    }

    /// Waits for its end.
    pub fn ends(&mut self) -> ExitStatus {
        let end = Instant::now() + Duration::from_secs(10);
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                self.bytes_in(Duration::from_millis(100));
                return status;
            }
            assert!(Instant::now() < end, "it does not end:\n{}", self.text());
            self.bytes_in(Duration::from_millis(10));
        }
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
