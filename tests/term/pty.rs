//! A PTY with a program in it, and all it wrote.

use std::io::{Read, Write};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use crate::child::PART;

pub(crate) struct Pty {
    master: Option<Box<dyn MasterPty + Send>>,
    input: Option<Box<dyn Write + Send>>,
    child: Box<dyn Child + Send + Sync>,
    output: Arc<Mutex<Vec<u8>>>,
    pub(crate) modes_before: String,
}

impl Pty {
    pub(crate) fn start(part: &str) -> Self {
        Self::start_and_read_until("\0", part)
    }

    /// A terminal that lets go once it has read this.
    pub(crate) fn start_and_read_until(last: &'static str, part: &str) -> Self {
        let mut command = CommandBuilder::new(std::env::current_exe().unwrap());
        command.args(["child::child", "--exact", "--nocapture"]);
        Self::run(command, part, last)
    }

    /// In an interactive shell, which puts it into a process group of its own.
    pub(crate) fn shell(part: &str) -> Self {
        let mut command = CommandBuilder::new("bash");
        command.args(["--norc", "--noprofile", "-i"]);
        let mut pty = Self::run(command, part, "\0");
        let program = std::env::current_exe().unwrap();
        pty.send(&format!("{} child::child --exact --nocapture\n", program.display()));
        pty
    }

    fn run(mut command: CommandBuilder, part: &str, last: &'static str) -> Self {
        let size = PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        command.env(PART, part);
        command.env("TERM", "xterm-256color");
        command.env("RUST_BACKTRACE", "0");
        let modes_before = modes(&*pair.master);
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let output = Arc::new(Mutex::new(Vec::new()));
        let mut reader = pair.master.try_clone_reader().unwrap();
        let sink = Arc::clone(&output);
        let slow = part == "flood";
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(count @ 1..) = reader.read(&mut buffer) {
                let mut seen = sink.lock().unwrap();
                seen.extend_from_slice(&buffer[..count]);
                if String::from_utf8_lossy(&seen).contains(last) {
                    return;
                }
                drop(seen);
                if slow {
                    thread::sleep(Duration::from_millis(10));
                }
            }
        });
        let input = pair.master.take_writer().unwrap();
        Self { master: Some(pair.master), input: Some(input), child, output, modes_before }
    }

    pub(crate) fn send(&mut self, keys: &str) {
        let input = self.input.as_mut().expect("the terminal is there");
        input.write_all(keys.as_bytes()).unwrap();
        input.flush().unwrap();
    }

    pub(crate) fn kill(&self, signal: &str) {
        let pid = self.child.process_id().expect("it runs").to_string();
        let status = std::process::Command::new("kill").args(["-s", signal, &pid]).status().unwrap();
        assert!(status.success());
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.output.lock().unwrap()).into_owned()
    }

    pub(crate) fn wait_for(&self, text: &str) {
        self.wait_until(text, |seen| seen.contains(text));
    }

    pub(crate) fn wait_until(&self, what: &str, seen: impl Fn(&str) -> bool) {
        let start = Instant::now();
        while !seen(&self.text()) {
            assert!(start.elapsed() < Duration::from_secs(20), "{what} never came: {:?}", self.text());
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// The terminal's modes, in words.
    pub(crate) fn modes(&self) -> String {
        modes(&**self.master.as_ref().expect("the terminal is there"))
    }

    /// Takes the terminal away.
    pub(crate) fn hang_up(&mut self) {
        self.input = None;
        self.master = None;
    }

    pub(crate) fn exits_within(&mut self, patience: Duration) -> bool {
        let start = Instant::now();
        while start.elapsed() < patience {
            if self.child.try_wait().unwrap().is_some() {
                return true;
            }
            thread::sleep(Duration::from_millis(5));
        }
        false
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        // It has ended, or the test has failed already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn modes(master: &dyn MasterPty) -> String {
    format!("{:?}", master.get_termios())
}
