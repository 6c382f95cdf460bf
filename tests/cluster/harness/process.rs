//! A process that cannot outlive us: a shell holds it and ends it when our end of a pipe closes, however we ended.

use std::fs::File;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// `$1` seconds of patience first, so that the API server ends before etcd does; whoever is last takes the folder along.
const HOLD: &str = r#"exec 3<&0; wait=$1; shift; "$@" </dev/null 3<&- & p=$!
( while kill -0 $p 2>/dev/null; do sleep 0.2; done; kill $$ 2>/dev/null ) & w=$!
cat <&3 >/dev/null; sleep "$wait"; kill $p 2>/dev/null; ( sleep 10; kill -9 $p 2>/dev/null ) & k=$!
wait $p; kill $w $k 2>/dev/null
case $wait:$PWD in 3:*/podpath-cluster-*) sleep 1; rm -rf -- "$PWD" ;; esac"#;

/// A part of the control plane.
pub(crate) struct Process {
    name: String,
    log: PathBuf,
    child: Option<Child>,
}

impl Process {
    /// Starts `program` in `dir`; what it prints goes to `NAME.log` there.
    pub(crate) fn start(dir: &Path, name: &str, program: &Path, arguments: &[String]) -> Self {
        assert!(program.exists(), "{} is not built; tests/cluster/build builds it", program.display());
        let log = dir.join(format!("{name}.log"));
        let out = File::create(&log).expect("the log can be written");
        let patience = if name == "etcd" { "3" } else { "0" };
        let child = Command::new("sh")
            .args(["-c", HOLD, "sh", patience])
            .arg(program)
            .args(arguments)
            .current_dir(dir)
            .stdin(Stdio::piped())
            .stdout(out.try_clone().expect("a file can be cloned"))
            .stderr(out)
            .process_group(0)
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start {name}: {error}"));
        Self { name: name.to_owned(), log, child: Some(child) }
    }

    /// Panics with the end of its log if it has ended by itself.
    pub(crate) fn check(&mut self) {
        let ended = self.child.as_mut().is_none_or(|child| child.try_wait().ok().flatten().is_some());
        assert!(!ended, "{} ended by itself:\n{}", self.name, self.log());
    }

    /// The end of its log.
    pub(crate) fn log(&self) -> String {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        let tail: Vec<&str> = log.lines().rev().take(15).collect();
        tail.into_iter().rev().collect::<Vec<_>>().join("\n")
    }

    /// Ends it and waits until it is gone.
    pub(crate) fn stop(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        drop(child.stdin.take());
        let end = Instant::now() + Duration::from_secs(20);
        while child.try_wait().ok().flatten().is_none() && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = child.kill();
        let _ = child.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.stop();
    }
}
