//! Life lines beside the audit log's times.

use std::collections::BTreeMap;

use podpath::churn::{Event, LagOf, Passed, Stage, Step, When};
use podpath::model::{Key, Time, Uid};
use podpath::store::RowId;

use super::audit::Audit;
use super::field::Field;

/// We hear of a write at most so many milliseconds after the server has answered it, also on a busy machine.
const HEARD: i64 = 2_000;
/// An object's time is a whole second, and its writer took it a little before it wrote.
const WRITTEN: i64 = 2_000;
/// A lag may differ so much from that between the two writes: one of its ends may be a whole second.
const LAG: i64 = 1_000 + HEARD;

/// Whose clock a stage is told by.
fn by_server(step: Step) -> bool {
    match step {
        Step::Created | Step::Scheduled | Step::Started | Step::Ready | Step::NotReady | Step::Deleting => true,
        Step::Addressed
        | Step::Joined
        | Step::InService
        | Step::OutOfService
        | Step::Draining
        | Step::Left
        | Step::Gone => false,
    }
}

impl Field {
    /// The stages of a pod behind `web`, each checked against the write that brought it about.
    pub(super) fn life(&self, audit: &Audit, namespace: &str, name: &str, uid: &Uid) -> Vec<Passed> {
        let (key, id) = (Key::new(namespace, "web"), RowId::Pod(uid.clone()));
        let life = self.eyes.past.ledger.life(&self.eyes.store, &key, &id, Time(i64::MAX));
        assert!(!life.older, "{name} came after we looked");
        let mut seen = Vec::new();
        for passed in &life.passed {
            // Readiness comes and goes; its first coming is what the log is asked for.
            if seen.contains(&passed.step) {
                continue;
            }
            seen.push(passed.step);
            let write = audit.step(namespace, name, uid, passed.step);
            let write =
                write.unwrap_or_else(|| panic!("{name} {:?}: no such write\n{}", passed.step, self.told_of(uid)));
            // Whoever evicts a pod asks once, whoever ends its containers asks again, and either may set the time.
            let last = (passed.step == Step::Deleting).then(|| audit.step(namespace, name, uid, Step::Gone)).flatten();
            let (received, answered) = (write.received, last.unwrap_or(write).answered);
            let fits = match passed.when {
                When::Seen(at) => at >= received && at <= answered.plus(HEARD),
                When::Server(at) => at <= answered && at >= received.plus(-WRITTEN),
            };
            let server = matches!(passed.when, When::Server(_));
            assert!(
                fits && server == (by_server(passed.step) && !(passed.step == Step::Scheduled && write.bound())),
                "{name} {:?}: told {:?}, written {received} to {answered}\n{}\n{}",
                passed.step,
                passed.when,
                self.told_of(uid),
                audit.told_of(namespace, name)
            );
        }
        self.lags(audit, namespace, name, uid);
        life.passed
    }

    /// Lags are as long as what lies between the two writes.
    fn lags(&self, audit: &Audit, namespace: &str, name: &str, uid: &Uid) {
        let at = |step| audit.step(namespace, name, uid, step).map(|write| write.received.0);
        for event in ["joined", "draining", "left"] {
            let Some(entry) = self.of(uid, event).into_iter().next() else { continue };
            let Some(lag) = entry.lag else { continue };
            // Of writes that follow one another closely only the last may be seen.
            let Event::Moved { from, to } = entry.event else { panic!("{name} {event}: a lag of no move") };
            let drains = |stage| matches!(stage, Stage::Draining | Stage::Ending);
            let (of, between) = if to == Stage::Ready {
                (LagOf::ReadyToSlice, (at(Step::Ready), at(Step::InService)))
            } else if drains(from) {
                (LagOf::GoneToOut, (at(Step::Gone), at(Step::Left)))
            } else {
                let out = if drains(to) { Step::Draining } else { Step::Left };
                (LagOf::DeletingToOut, (at(Step::Deleting), at(out)))
            };
            let (Some(from), Some(to)) = between else { panic!("{name}: a lag without its writes") };
            let written = (to - from).max(0);
            let millis = i64::try_from(lag.millis).unwrap_or(i64::MAX);
            assert_eq!(lag.of, of, "{name} {event}");
            assert!(
                (millis - written).abs() <= LAG,
                "{name} {event}: {millis} ms told, {written} ms between the writes"
            );
        }
    }

    /// The entries of all Services add up to what is there: nothing was lost, nothing was told twice.
    pub(super) fn adds_up(&self) {
        let mut there: BTreeMap<Key, BTreeMap<Stage, i64>> = BTreeMap::new();
        for service in self.eyes.store.services() {
            let key = &service.meta.key;
            for row in self.eyes.store.rows(key) {
                *there.entry(key.clone()).or_default().entry(Stage::of(Some(&row))).or_default() += 1;
            }
        }
        let mut told = self.eyes.past.ledger.totals();
        for stages in told.values_mut() {
            stages.retain(|stage, count| *stage != Stage::Absent && *count != 0);
        }
        told.retain(|_, stages| !stages.is_empty());
        assert_eq!(told, there);
    }
}

/// The steps of a life line in order.
pub(super) fn steps(life: &[Passed]) -> Vec<Step> {
    life.iter().map(|passed| passed.step).collect()
}
