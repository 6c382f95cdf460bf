//! The folder of vectors: gzip files, one JSON case a line.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;

use flate2::read::MultiGzDecoder;

fn folder() -> PathBuf {
    let own = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
    std::env::var_os("PODPATH_VECTORS").map_or(own, PathBuf::from)
}

/// Runs every case of a file; `case` gives what differs, if anything does. Prints the count and fails on a mismatch, on
/// an empty file and on a missing one.
pub(crate) fn replay(name: &str, case: impl Fn(&str) -> Option<String>) {
    let path = folder().join(name);
    let file = File::open(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let (mut cases, mut mismatches) = (0, Vec::new());
    for line in BufReader::new(MultiGzDecoder::new(file)).lines() {
        let line = line.unwrap();
        if line.trim().is_empty() {
            continue;
        }
        cases += 1;
        mismatches.extend(case(&line));
    }
    println!("{name}: {cases} cases, {} mismatches", mismatches.len());
    assert!(cases > 0, "{name} is empty");
    assert!(mismatches.is_empty(), "{name}: {}", mismatches[..mismatches.len().min(3)].join("\n"));
}
