//! What is told until the next key, in words.

use super::churn::time_of_day;
use super::escape::safe;
use super::moment::no_time;
use crate::app::{BadCommand, COMMANDS, Notice, State, Usage};
use crate::model::{Moment, MomentError, Record};

/// A notice in one line; where room is short its end is cut.
pub(super) fn words(state: &State, notice: &Notice) -> String {
    let fixed = match notice {
        Notice::Said(words) => return words.clone(),
        Notice::Copied(text) => return format!("copied {text}"),
        Notice::CopiedPath(drawing) => return format!("copied the path as {drawing}"),
        Notice::NoPath => "there is no path to copy",
        Notice::PathOfATrace => "a trace has a path to copy: t traces what the cursor is on",
        Notice::BadCommand(bad) => return command(bad),
        Notice::HoldsOnly(names) if names.is_empty() => "the recording shows all that it holds; / filters it",
        Notice::HoldsOnly(names) => {
            let noun = if names.len() == 1 { "namespace" } else { "namespaces" };
            return format!("the recording is of {noun} {}; / filters it", names.join(", "));
        }
        Notice::OneCluster => "this is a recording; podpath --context connects to a cluster",
        Notice::NoContext { name, known } => {
            return format!("no context {name:?} in the kubeconfig; there are {}", known.join(", "));
        }
        Notice::Retrying => "trying again",
        Notice::KindsOfATimeline => "on a time line this chooses the kind of change",
        Notice::Selected(selector) => {
            return format!("only Services with {selector} are known: any other counts as absent here");
        }
        Notice::Recorded(file) => {
            return format!("the recording has ended: podpath replay {} plays it, R begins another", safe(file));
        }
        Notice::IsRecording => "this is a recording already",
        Notice::ReadOnly => "podpath is read-only: it deletes nothing",
        Notice::NoOtherFault => "no other Service needs attention",
        Notice::FreeDigit(digit) => {
            return format!("{digit} is free: it takes the next namespace that you visit (:ns)");
        }
        Notice::NotPlayed => "this is live, not a recording",
        Notice::LooksBack => "the screen looks back and the tape waits; . returns to it",
        Notice::NothingToTrace => "nothing to trace here; :trace NAME traces a name",
        Notice::BadName(name, bad) => return format!("{name:?} is no name to trace: {bad}"),
        Notice::NoTimeline => "nothing here has a time line; :events shows everything",
        Notice::Nothing(name, namespace) => {
            let place = namespace.as_ref().map(|namespace| format!(" in {namespace}")).unwrap_or_default();
            return format!("nothing called {name} is there{place}, nor was since the record began");
        }
        Notice::NoAddress => "no address here; :who IP or NAME asks for one",
        Notice::NoMark => "m marks a moment; D then shows what differs from it",
        Notice::MarkForgotten => "the record does not reach back to the mark any more",
        Notice::MomentForgotten => "the record does not reach back to that moment any more",
        Notice::ChangeForgotten => "the record does not reach back to that change any more",
        Notice::OfTheTree => "that is for the tree of Services; esc goes back",
        Notice::NoFilter => "this page has no filter; esc goes back to the tree, which has one",
        Notice::NoLine => "the tree has no line for this; its moment is the one shown",
        Notice::OnlyExplains(namespace) => {
            return format!("namespace {namespace} is read only to explain; :ns {namespace} shows it");
        }
        Notice::NothingRecorded => "nothing is recorded yet",
        Notice::IsPresent if state.playback.is_some() => "this is the tape's now; ] goes on on the tape",
        Notice::IsPresent => "this is the present",
        Notice::RecordBegins => "this is where the record begins",
        Notice::NothingChanges => "nothing here changes",
        Notice::NoEarlierChange => "no earlier change of this is recorded",
        Notice::NoLaterChange => "no later change of this",
        Notice::NoMoment { asked, why, reach } => {
            let clock = |time| time_of_day(time, reach.offset);
            let asked = safe(asked);
            return match (why, reach.of) {
                (MomentError::Unreadable, _) => no_time(&asked),
                (MomentError::Before, _) => {
                    format!("{asked} lies before the record, which begins at {}", clock(reach.from))
                }
                (MomentError::After, Record::Live) => format!("{asked} lies ahead: it is {}", clock(reach.to)),
                (MomentError::After, Record::Tape) => format!("{asked} lies after the end of the tape"),
            };
        }
        Notice::Marked(at) => {
            let at = time_of_day(*at, state.utc_offset);
            return format!("marked {at}; go elsewhere, D shows the difference; m takes it away");
        }
        Notice::Unmarked => "the mark is taken away",
    };
    fixed.to_owned()
}

fn command(bad: &BadCommand) -> String {
    match bad {
        BadCommand::Unknown(typed, Some(near)) => format!("no command {typed:?}; did you mean :{near}?"),
        BadCommand::Unknown(typed, None) => {
            // Filtering has a key of its own.
            let told = COMMANDS.iter().map(|(names, _)| names[0]).filter(|name| *name != "filter");
            let names: Vec<String> = told.map(|name| format!(":{name}")).collect();
            format!("no command {typed:?} (? lists all); {}", names.join(" "))
        }
        BadCommand::Usage(Usage::At) => format!("when? write {}", Moment::FORMS),
        BadCommand::Usage(Usage::Events) => ":events [svc/NAME, pod/NAME or node/NAME]".to_owned(),
        BadCommand::Usage(Usage::Trace) => ":trace NAME[:PORT] [from NAMESPACE/POD, node/NODE or outside]".to_owned(),
        BadCommand::Usage(Usage::Who) => ":who IP or NAME".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::Session;
    use crate::model::{Reach, Time};

    #[test]
    fn what_cannot_be_done_is_told_with_what_can() {
        let state = State::new(Session::default(), (80, 24), Time(0));
        let reach = Reach { from: Time(0), to: Time(20_000), offset: 0, of: Record::Live };
        let no_moment = |asked: &str, why, of| {
            words(&state, &Notice::NoMoment { asked: asked.to_owned(), why, reach: Reach { of, ..reach } })
        };
        let said = |bad| words(&state, &Notice::BadCommand(bad));
        for (told, expected) in [
            (
                no_moment("-5m", MomentError::Before, Record::Live),
                "-5m lies before the record, which begins at 00:00:00",
            ),
            (no_moment("03:00", MomentError::After, Record::Live), "03:00 lies ahead: it is 00:00:20"),
            (no_moment("2m", MomentError::After, Record::Tape), "2m lies after the end of the tape"),
            (
                no_moment("noon", MomentError::Unreadable, Record::Live),
                "\"noon\" is no time; write 42s, 00:42, 14:03, 14:03:10, -5m or 2026-11-25T14:03:10Z",
            ),
            (
                said(BadCommand::Usage(Usage::At)),
                "when? write 42s, 00:42, 14:03, 14:03:10, -5m or 2026-11-25T14:03:10Z",
            ),
            (said(BadCommand::Unknown("ctz".to_owned(), Some("ctx"))), "no command \"ctz\"; did you mean :ctx?"),
            (
                said(BadCommand::Unknown("bogus".to_owned(), None)),
                "no command \"bogus\" (? lists all); :svc :ns :ctx :trace :at :events :who",
            ),
            (
                words(&state, &Notice::Marked(Time(14_000))),
                "marked 00:00:14; go elsewhere, D shows the difference; m takes it away",
            ),
        ] {
            assert_eq!(told, expected);
        }
    }
}
