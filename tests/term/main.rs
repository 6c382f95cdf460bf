//! The terminal is always given back, and gets no byte too many. A small program draws in a PTY; it is this very test
//! binary, started again with an environment variable.

#![expect(clippy::unwrap_used, reason = "a test may end anywhere")]

mod child;
mod frames;
mod pty;

use std::time::Duration;

use pty::Pty;

const ENTER: &str = "\x1b[?1049h";
const LEAVE: &str = "\x1b[?1049l";
const BEGIN: &str = "\x1b[?2026h";

#[test]
fn the_terminal_is_given_back_at_the_end() {
    for (act, said) in [
        ("q", "left by a key"),
        ("p", "ended by Panic"),
        ("kill -INT", "ended by Interrupt"),
        ("kill -TERM", "ended by Terminate"),
        ("kill -HUP", "ended by HangUp"),
        ("kill -QUIT", "ended by Quit"),
    ] {
        let mut pty = Pty::start("draw");
        pty.wait_for("frame-1");
        assert_ne!(pty.modes(), pty.modes_before, "{act}: raw mode");
        match act.strip_prefix("kill -") {
            Some(signal) => pty.kill(signal),
            None => pty.send(act),
        }
        pty.wait_for(said);
        assert!(pty.exits_within(Duration::from_secs(5)), "{act}: it ends");
        let text = pty.text();
        assert_eq!((text.matches(ENTER).count(), text.matches(LEAVE).count()), (1, 1), "{act}");
        assert!(text.rfind("\x1b[?25h") > text.rfind("\x1b[?25l"), "{act}: the cursor is shown");
        assert!(text.rfind("\x1b[?2004l") > text.rfind("\x1b[?2004h"), "{act}: paste is plain again");
        assert!(text.find(said) > text.find(LEAVE), "{act}: the last words are on the shell's screen");
        assert_eq!(pty.modes(), pty.modes_before, "{act}: cooked mode");
    }
}

#[test]
fn a_panic_is_reported_on_the_screen_of_the_shell() {
    let mut pty = Pty::start("draw");
    pty.wait_for("frame-1");
    pty.send("p");
    pty.wait_for("ended by Panic");
    let text = pty.text();
    assert!(text.find("on purpose") > text.find(LEAVE), "{text}");
}

#[test]
fn a_panic_without_a_screen_is_reported_once_and_ends_the_program_with_1() {
    let mut program = std::process::Command::new(std::env::current_exe().unwrap());
    program.args(["child::child", "--exact", "--nocapture"]).env(child::PART, "script").env("RUST_BACKTRACE", "0");
    let output = program.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!((output.status.code(), said.matches("on purpose").count()), (Some(1), 1), "{said}");
    assert!(!said.contains("it went on") && output.stdout.windows(2).all(|two| two != *b"\x1b["), "{said}");
}

#[test]
fn a_frame_that_changes_nothing_writes_nothing() {
    let mut pty = Pty::start("draw");
    pty.wait_for("frame-1");
    pty.send("s");
    pty.wait_until("the key is seen", |text| text.contains("same"));
    let before = pty.text().matches(BEGIN).count();
    for _ in 0..5 {
        pty.send("s");
    }
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(pty.text().matches(BEGIN).count(), before);
    pty.send("q");
    pty.wait_for("left by a key");
}

#[test]
fn a_terminal_that_does_not_read_holds_nothing_up() {
    let pty = Pty::start("flood");
    pty.wait_for(" dropped");
    let text = pty.text();
    let (_, line) = text.split_once("done: ").expect("it was waited for");
    let line = line.lines().next().unwrap_or_default();
    let numbers: Vec<u64> = line.split(|c: char| !c.is_ascii_digit()).filter_map(|word| word.parse().ok()).collect();
    let [milliseconds, dropped] = numbers[..] else { panic!("{line}") };
    assert!(milliseconds < 3_000, "{line}");
    assert!(dropped > 100, "{line}");
}

#[test]
fn the_program_ends_when_the_terminal_is_gone() {
    let mut pty = Pty::start_and_read_until("frame-1", "draw");
    pty.wait_for("frame-1");
    pty.hang_up();
    assert!(pty.exits_within(Duration::from_secs(5)));
}

#[test]
fn what_is_copied_reaches_the_terminals_clipboard() {
    let mut pty = Pty::start("draw");
    pty.wait_for("frame-1");
    pty.send("c");
    pty.wait_until("OSC 52", |text| text.contains("\x1b]52;c;MTAuMC4wLjE="));
    pty.send("q");
    pty.wait_for("left by a key");
}

#[test]
fn a_shell_with_job_control_can_stop_it_and_let_it_go_on() {
    let mut pty = Pty::shell("draw");
    pty.wait_for("frame-1");
    pty.send("z");
    pty.wait_until("it stopped", |text| text.contains("Stopped") && text.contains(LEAVE));
    pty.send("fg\n");
    pty.wait_until("it is back", |text| text.matches(ENTER).count() == 2 && text.matches("frame-1").count() == 2);
    pty.send("q");
    pty.wait_for("left by a key");
}
