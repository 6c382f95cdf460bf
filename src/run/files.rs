//! Objects from files instead of a cluster, for scripts.

use std::io::Read;
use std::path::{Path, PathBuf};

use color_eyre::eyre::{Result, eyre};

use crate::model::Time;
use crate::run::say::say;
use crate::store::Store;
use crate::watch::decode::Objects;

/// What the files hold; `-` is standard input. What could not be read, or is nothing that podpath reads, is told on
/// standard error: an answer without it is another answer.
pub(super) fn store(files: &[PathBuf], now: Time) -> Result<Store> {
    let mut objects = Objects::default();
    for file in files {
        let (name, text) = read(file)?;
        objects.read(&name, &text)?;
    }
    let others: Vec<String> = objects.others().map(|(kind, count)| format!("{count} {kind}")).collect();
    let others = others.join(", ");
    if objects.is_empty() {
        let held =
            if others.is_empty() { "nothing".to_owned() } else { format!("{others}, which podpath does not read") };
        let files = match files {
            [only] if only == Path::new("-") => "standard input holds".to_owned(),
            [only] => format!("{} holds", only.display()),
            _ => "the files hold".to_owned(),
        };
        return Err(eyre!(
            "{files} {held}; kubectl get svc,endpointslices,pods,nodes,ns -A -o yaml prints what is needed"
        ));
    }
    if !others.is_empty() {
        say(format_args!("not read: {others}"));
    }
    for (kind, skipped) in objects.unreadable() {
        let key = skipped.key.as_ref().map(|key| format!(" {key}")).unwrap_or_default();
        say(format_args!(
            "{}{key} could not be read: {}; kubectl get … -o yaml prints what is read here",
            kind.singular(),
            skipped.why
        ));
    }
    let mut store = Store::new();
    store.apply(now, objects.deltas());
    store.settle();
    Ok(store)
}

fn read(file: &Path) -> Result<(String, String)> {
    if file == Path::new("-") {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map_err(|error| eyre!("cannot read standard input: {error}"))?;
        return Ok(("standard input".to_owned(), text));
    }
    let name = file.display().to_string();
    let bytes = std::fs::read(file).map_err(|error| eyre!("cannot read {name}: {error}"))?;
    if bytes.starts_with(b"{\"podpath_tape\"") || bytes.starts_with(&[0x1f, 0x8b]) {
        return Err(eyre!(
            "{name} is no file of objects, it looks like a recording: write --tape {name} instead of -f {name}"
        ));
    }
    let text = String::from_utf8(bytes);
    let text =
        text.map_err(|_| eyre!("{name} is no text; kubectl get … -o yaml (or -o json) prints what is read here"))?;
    Ok((name, text))
}
