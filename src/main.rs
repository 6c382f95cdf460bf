//! The program: errors of the user are one line, errors of the program are a report.

use std::io::Write;
use std::process::ExitCode;

/// Says something on standard error. That may be gone, with the terminal that it was: then nobody is left to tell.
fn say(words: impl std::fmt::Display) {
    // It may quote a server or a tape.
    let words = words.to_string();
    let _ = writeln!(std::io::stderr(), "podpath: {}", podpath::view::escape::safe(&words));
}

fn main() -> ExitCode {
    if let Err(error) = color_eyre::install() {
        say(error);
    }
    podpath::term::end_on_panic();
    match podpath::run::run() {
        Ok(code) => code,
        Err(error) => {
            let closed =
                error.downcast_ref::<std::io::Error>().is_some_and(|e| e.kind() == std::io::ErrorKind::BrokenPipe);
            if !closed {
                say(error);
            }
            ExitCode::FAILURE
        }
    }
}
