//! The folder of vectors: files of JSON lines, plain or gzip, each known here by its name.
//!
//! To replay one more: its stem in [`REPLAYED`], a module with a test `vectors_STEM` that calls [`replay`] or
//! [`replay_worlds`].

use std::collections::BTreeSet;
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::thread;

use flate2::read::MultiGzDecoder;

/// Files that have a test here, without `.jsonl` or `.jsonl.gz`.
const REPLAYED: &[&str] = &[
    "coredns_answers",
    "endpointslice_reconcile",
    "kubelet_resolvconf",
    "kubeproxy_categorize",
    "kubeproxy_categorize_edge",
    "kubeproxy_packets_iptables",
    "kubeproxy_packets_nftables",
    "resolver_search",
];

/// Files that exist and that nothing here can judge yet.
const KNOWN: &[&str] = &["networkpolicy_verdicts"];

/// What one or several lines said: how many cases, and where the answers differ.
#[derive(Default)]
pub(crate) struct Tally {
    cases: usize,
    mismatches: usize,
    /// The first few, for people.
    told: Vec<String>,
}

impl Tally {
    /// Counts one case; `different` tells what differs, if anything does.
    pub(crate) fn case(&mut self, different: Option<String>) {
        self.cases += 1;
        self.mismatches += usize::from(different.is_some());
        self.told.extend(different.filter(|_| self.told.len() < 3));
    }

    fn add(&mut self, other: Self) {
        self.cases += other.cases;
        self.mismatches += other.mismatches;
        self.told.extend(other.told);
        self.told.truncate(3);
    }
}

/// A line that is one case.
impl From<Option<String>> for Tally {
    fn from(different: Option<String>) -> Self {
        let mut tally = Self::default();
        tally.case(different);
        tally
    }
}

/// Runs every line of the files of one stem on its own. A line is one case (`None`, or what differs) or a [`Tally`] of
/// several. Prints the counts and fails on a mismatch and on a file without cases.
pub(crate) fn replay<T: Into<Tally>>(stem: &str, line: impl Fn(&str) -> T + Sync) {
    replay_worlds(stem, |_| true, |(): &mut (), text| line(text));
}

/// As [`replay`], for files in which a line that `opens` a world is followed by lines that ask about it: `line` gets a
/// fresh state for each world, and all its lines in order, the opening one first (it is no case: an empty [`Tally`]).
/// Worlds are spread over threads.
pub(crate) fn replay_worlds<S: Default, T: Into<Tally>>(
    stem: &str,
    opens: impl Fn(&str) -> bool,
    line: impl Fn(&mut S, &str) -> T + Sync,
) {
    assert!(REPLAYED.contains(&stem), "{stem} is not in the list of what is replayed");
    let folder = Folder::here();
    for file in folder.files_of(stem) {
        let text = read(&file.path);
        let mut worlds: Vec<Vec<&str>> = Vec::new();
        for text in text.lines().map(str::trim).filter(|text| !text.is_empty()) {
            match worlds.last_mut() {
                Some(world) if !opens(text) => world.push(text),
                Some(_) | None => worlds.push(vec![text]),
            }
        }
        let run = |worlds: &[Vec<&str>]| {
            let mut tally = Tally::default();
            for world in worlds {
                let mut state = S::default();
                world.iter().for_each(|text| tally.add(line(&mut state, text).into()));
            }
            tally
        };
        let mut tally = Tally::default();
        let threads = thread::available_parallelism().map_or(1, usize::from);
        thread::scope(|scope| {
            let chunks = worlds.chunks(worlds.len().div_ceil(threads).max(1));
            let running: Vec<_> = chunks.map(|worlds| scope.spawn(move || run(worlds))).collect();
            running.into_iter().for_each(|thread| tally.add(thread.join().unwrap()));
        });
        println!("{}: {} cases, {} mismatches", file.name, tally.cases, tally.mismatches);
        assert!(tally.cases > 0, "{} has no case", file.name);
        assert_eq!(tally.mismatches, 0, "{}: {}", file.name, tally.told.join("\n"));
    }
}

/// The folder's own account: nothing in it is passed over in silence, and an empty one proves nothing.
#[test]
fn vectors_of_every_name_in_the_folder_are_accounted_for() {
    let folder = Folder::here();
    assert!(folder.holds_ours(), "{}: no vectors to replay", folder.path.display());
    let stems: BTreeSet<&str> = folder.files.iter().map(|file| &*file.stem).collect();
    for stem in KNOWN.iter().filter(|stem| stems.contains(*stem)) {
        say(&format!("{stem}: known, NOT REPLAYED: nothing here can judge it yet"));
    }
    for stem in stems.iter().filter(|stem| !KNOWN.contains(stem) && !REPLAYED.contains(stem)) {
        say(&format!("{stem}: NOT REPLAYED: no such name is known here"));
    }
    for stem in REPLAYED.iter().filter(|stem| !stems.contains(*stem)) {
        say(&format!("{stem}: MISSING in {}", folder.path.display()));
        assert!(!folder.own, "{stem} is missing");
    }
}

struct Folder {
    path: PathBuf,
    /// The one beside this file, which must be complete.
    own: bool,
    files: Vec<Vectors>,
}

struct Vectors {
    path: PathBuf,
    name: String,
    stem: String,
}

impl Folder {
    fn here() -> Self {
        let other = std::env::var_os("PODPATH_VECTORS").map(PathBuf::from);
        let own = other.is_none();
        let path = other.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/vectors"));
        let entries = fs::read_dir(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let mut files: Vec<Vectors> = entries.filter_map(|entry| Vectors::at(entry.unwrap().path())).collect();
        files.sort_by(|a, b| a.name.cmp(&b.name));
        Self { path, own, files }
    }

    fn holds_ours(&self) -> bool {
        self.files.iter().any(|file| REPLAYED.contains(&&*file.stem))
    }

    /// The files of one stem, if any. Only a foreign folder may lack them, and only if it has others.
    fn files_of(&self, stem: &str) -> Vec<&Vectors> {
        let found: Vec<&Vectors> = self.files.iter().filter(|file| file.stem == stem).collect();
        if found.is_empty() {
            say(&format!("{stem}: MISSING in {}", self.path.display()));
            assert!(!self.own && self.holds_ours(), "{stem} is missing");
        }
        found
    }
}

impl Vectors {
    /// Everything but folders and the sources of this suite counts as vectors, so that a wrong ending is noticed.
    fn at(path: PathBuf) -> Option<Self> {
        let name = path.file_name()?.to_str()?.to_owned();
        let stem = name.strip_suffix(".gz").unwrap_or(&name);
        let stem = stem.strip_suffix(".jsonl").unwrap_or(&name).to_owned();
        (path.is_file() && !name.ends_with(".rs")).then_some(Self { path, name, stem })
    }
}

/// The text of a file, gzip or plain whatever its ending.
fn read(path: &Path) -> String {
    let bytes = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut text = String::new();
    let read = match bytes.starts_with(&[0x1f, 0x8b]) {
        true => MultiGzDecoder::new(&*bytes).read_to_string(&mut text),
        false => (&*bytes).read_to_string(&mut text),
    };
    read.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text
}

/// Past the capturing of passing tests: what was not replayed must be seen.
fn say(words: &str) {
    std::io::stderr().write_all(format!("vectors: {words}\n").as_bytes()).unwrap();
}
