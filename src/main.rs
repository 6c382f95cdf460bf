//! The program: errors of the user are one line, errors of the program are a report.

use std::process::ExitCode;

fn main() -> ExitCode {
    if let Err(error) = color_eyre::install() {
        eprintln!("podpath: {error}");
    }
    match podpath::run::run() {
        Ok(code) => code,
        Err(error) => {
            let closed =
                error.downcast_ref::<std::io::Error>().is_some_and(|e| e.kind() == std::io::ErrorKind::BrokenPipe);
            if !closed {
                eprintln!("podpath: {error}");
            }
            ExitCode::FAILURE
        }
    }
}
