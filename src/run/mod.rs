//! The imperative shell: what is asked on the command line is done here, with tasks, channels and the clock.
//!
//! Everything that decides something lives above; here it is only carried out.

#![deny(clippy::print_stderr, clippy::print_stdout)]

mod feed;
mod files;
mod look;
mod moments;
mod player;
mod record;
mod recorder;
mod replay;
mod say;
mod scripts;
mod session;
mod show;

use std::io::IsTerminal;
use std::process::ExitCode;

use color_eyre::eyre::{Result, eyre};

use crate::churn::Past;
use crate::config::{Cli, Command, Settings};

/// Does what the command line asks for.
///
/// # Errors
/// What went wrong, in one line for the user.
pub fn run() -> Result<ExitCode> {
    let cli = Cli::read()?;
    if let (Some(_), Some(name)) = (&cli.login.selector, cli.command.as_ref().and_then(Command::answers)) {
        return Err(eyre!("{name} takes no --selector: what it leaves out would be said not to exist"));
    }
    let settings = crate::config::read(crate::config::path().as_deref(), &cli.look, cli.memory)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let code = runtime.block_on(async {
        match &cli.command {
            None => live(&cli, &settings).await,
            Some(Command::Rbac) => {
                say::print(include_str!("../../assets/clusterrole.yaml"))?;
                Ok(ExitCode::SUCCESS)
            }
            Some(Command::Endpoints(what)) => scripts::endpoints(&cli.login, what).await,
            Some(Command::Trace(what)) => scripts::trace(&cli.login, what).await,
            Some(Command::Who(what)) => scripts::who(&cli.login, what).await,
            Some(Command::Why(what)) => scripts::why(&cli.login, what).await,
            Some(Command::Events(what)) => scripts::events(&cli.login, what).await,
            Some(Command::Diff(what)) => scripts::diff(&cli.login, what),
            Some(Command::Wait(what)) => scripts::wait(&cli.login, what).await,
            Some(Command::Record(how)) => record::record(&cli.login, how).await,
            Some(Command::Replay(how)) => replay::file(&how.file, &how.print, &cli, &settings).await,
            Some(Command::Demo(how)) => replay::demo(how, &cli, &settings).await,
        }
    });
    // Streams that still wait for a server must not hold up the end.
    runtime.shutdown_background();
    code
}

/// Standard output is a terminal, and one that can place text.
fn has_screen() -> bool {
    std::io::stdout().is_terminal() && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// Shows a live cluster; without a terminal, prints the table of its Services.
async fn live(cli: &Cli, settings: &Settings) -> Result<ExitCode> {
    if !has_screen() {
        if cli.record.is_some() {
            return Err(eyre!("--record needs a terminal; podpath record -o FILE writes a tape without one"));
        }
        return scripts::services(&cli.login).await;
    }
    if !std::io::stdin().is_terminal() {
        return Err(eyre!("standard input is no terminal, so there are no keys; podpath endpoints works in scripts"));
    }
    let theme = look::theme(settings)?;
    // A login plugin may ask something: before the screen is taken.
    let connection = session::Connection::open(&cli.login).await?;
    let record = cli.record.clone();
    let memory = settings.memory.unwrap_or(Past::BUDGET);
    let setting = show::Setting {
        theme,
        mouse: settings.mouse,
        record,
        memory,
        utc_offset: moments::offset(feed::Feed::now()),
        login: cli.login.clone(),
    };
    show::show(feed::Feed::Live(Box::new(feed::Live::new(connection))), Vec::new(), setting).await
}
