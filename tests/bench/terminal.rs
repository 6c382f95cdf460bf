//! podpath in a PTY of our own: every read has its time, and the process its cost.

use std::io::{Read, Write};
use std::num::NonZero;
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

const ROWS: NonZero<u16> = NonZero::new(50).unwrap();
const COLUMNS: NonZero<u16> = NonZero::new(200).unwrap();

/// A running program and what its terminal shows.
pub struct Terminal {
    parser: vt100::Parser,
    reads: Receiver<(Instant, Vec<u8>)>,
    child: Box<dyn Child + Send + Sync>,
    keys: Box<dyn Write + Send>,
    _master: Box<dyn MasterPty + Send>,
    pub bytes: usize,
    pub started: Instant,
}

/// CPU seconds and peak memory in MB of a process.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    pub cpu: f64,
    pub peak: f64,
    pub now: f64,
}

/// The CPU seconds of the threads that live, to the nanosecond; `None` where the kernel keeps no such account.
fn scheduled(pid: u32) -> Option<f64> {
    let threads = std::fs::read_dir(format!("/proc/{pid}/task")).ok()?;
    let accounts = threads.filter_map(|thread| std::fs::read_to_string(thread.ok()?.path().join("schedstat")).ok());
    let spent: Vec<f64> = accounts.filter_map(|account| account.split(' ').next()?.parse().ok()).collect();
    (!spent.is_empty()).then(|| spent.iter().sum::<f64>() / 1e9)
}

/// What a process has cost so far.
pub fn cost(pid: u32) -> Cost {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|text| text.parse::<f64>().ok()).unwrap_or(0.0);
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let kilobytes = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name)).unwrap_or_default();
        line.split_whitespace().nth(1).and_then(|text| text.parse::<f64>().ok()).unwrap_or(0.0)
    };
    // Ticks of a hundredth of a second, everywhere that Linux runs.
    let cpu = scheduled(pid).unwrap_or_else(|| (ticks(11) + ticks(12)) / 100.0);
    Cost { cpu, peak: kilobytes("VmHWM") / 1024.0, now: kilobytes("VmRSS") / 1024.0 }
}

impl Terminal {
    pub fn open(kubeconfig: &Path, arguments: &[&str]) -> Self {
        let size = PtySize { rows: ROWS.get(), cols: COLUMNS.get(), pixel_width: 0, pixel_height: 0 };
        let pty = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_podpath"));
        command.args(arguments);
        command.env("KUBECONFIG", kubeconfig);
        command.env("TERM", "xterm-256color");
        command.env("COLORTERM", "truecolor");
        command.env("LANG", "C.UTF-8");
        let started = Instant::now();
        let child = pty.slave.spawn_command(command).unwrap();
        let (mut reader, keys) = (pty.master.try_clone_reader().unwrap(), pty.master.take_writer().unwrap());
        let (to, reads) = channel();
        std::thread::spawn(move || {
            let mut buffer = vec![0; 1 << 16];
            while let Ok(count @ 1..) = reader.read(&mut buffer) {
                if to.send((Instant::now(), buffer[..count].to_vec())).is_err() {
                    return;
                }
            }
        });
        let parser = vt100::Parser::new(ROWS, COLUMNS, 0);
        Self { parser, reads, child, keys, _master: pty.master, bytes: 0, started }
    }

    pub fn pid(&self) -> u32 {
        self.child.process_id().unwrap()
    }

    pub fn text(&self) -> String {
        self.parser.screen().contents()
    }

    pub fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    /// The time of the read after which the screen said so.
    pub fn shows(&mut self, what: &str, said: impl Fn(&str) -> bool) -> Instant {
        let end = Instant::now() + Duration::from_secs(60);
        let mut last = Instant::now();
        while !said(&self.text()) {
            match self.reads.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok((at, bytes)) => {
                    last = at;
                    self.bytes += bytes.len();
                    self.parser.process(&bytes);
                }
                Err(_) => panic!("the screen never shows {what}:\n{}", self.text()),
            }
        }
        last
    }

    /// Reads for a while; how many bytes came.
    pub fn idle(&mut self, time: Duration) -> usize {
        let (end, before) = (Instant::now() + time, self.bytes);
        loop {
            match self.reads.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok((_, bytes)) => {
                    self.bytes += bytes.len();
                    self.parser.process(&bytes);
                }
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return self.bytes - before,
            }
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
