//! Objects from files instead of a cluster, for scripts.

use std::io::Read;
use std::path::{Path, PathBuf};

use color_eyre::eyre::{Result, WrapErr, eyre};

use crate::model::Time;
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
        return Err(eyre!(
            "the files hold {held}; kubectl get svc,endpointslices,pods,nodes,ns -A -o yaml prints what is needed"
        ));
    }
    if !others.is_empty() {
        eprintln!("podpath: not read: {others}");
    }
    for (kind, skipped) in objects.unreadable() {
        let key = skipped.key.as_ref().map(|key| format!(" {key}")).unwrap_or_default();
        eprintln!("podpath: {}{key} could not be read: {}", kind.singular(), skipped.why);
    }
    let mut store = Store::new();
    store.apply(now, objects.deltas());
    store.settle(now);
    Ok(store)
}

fn read(file: &Path) -> Result<(String, String)> {
    if file == Path::new("-") {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).wrap_err("cannot read standard input")?;
        return Ok(("standard input".to_owned(), text));
    }
    let text = std::fs::read_to_string(file).map_err(|error| eyre!("cannot read {}: {error}", file.display()))?;
    Ok((file.display().to_string(), text))
}
