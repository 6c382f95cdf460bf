//! The imperative shell: what is asked on the command line is done here, with tasks, channels and the clock.
//!
//! Everything that decides something lives above; here it is only carried out.

mod look;
mod session;
mod show;

use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches};
use color_eyre::eyre::{Result, eyre};

use crate::config::{Cli, Command};

/// Does what the command line asks for.
///
/// # Errors
/// What went wrong, in one line for the user.
pub fn run() -> Result<ExitCode> {
    let cli = command_line();
    let settings = crate::config::read(crate::config::path().as_deref(), &cli.look)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let code = runtime.block_on(async {
        match &cli.command {
            None => show::live(&cli, &settings).await,
            Some(Command::Rbac) => {
                print!("{}", include_str!("../../assets/clusterrole.yaml"));
                Ok(ExitCode::SUCCESS)
            }
            Some(Command::Endpoints(_) | Command::Record(_) | Command::Replay(_) | Command::Demo(_)) => {
                Err(eyre!("not there yet"))
            }
        }
    });
    // Streams that still wait for a server must not hold up the end.
    runtime.shutdown_background();
    code
}

/// The command line; called as a kubectl plugin, help says so.
fn command_line() -> Cli {
    let as_plugin = std::env::args_os().next().is_some_and(|name| name.to_string_lossy().contains("kubectl-"));
    let command = Cli::command().display_name(if as_plugin { "kubectl podpath" } else { "podpath" });
    let command = if as_plugin { command.bin_name("kubectl podpath") } else { command };
    Cli::from_arg_matches(&command.get_matches()).unwrap_or_else(|error| error.exit())
}
