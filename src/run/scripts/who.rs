//! `podpath who`

use std::net::IpAddr;
use std::process::ExitCode;

use color_eyre::eyre::{Result, eyre};

use super::known::{Known, Needs, PastNeed};
use super::{FAILS, UNDECIDED, json, print, tell};
use crate::config::{self, Login, PlainOutput};
use crate::report::{self, Held, Sight};
use crate::run::moments;
use crate::trace::who::{Whom, of_address, of_kind, of_name};
use crate::view;

/// Prints whose an address or a name is; of an address on a tape also who else held it.
pub(in crate::run) async fn who(login: &Login, what: &config::Who) -> Result<ExitCode> {
    let asked = what.asked();
    let whom = Whom::parse(&asked).map_err(|bad| eyre!(view::bad_whom(&bad)))?;
    let past = match whom {
        Whom::Address(_) => PastNeed::WholeTape,
        Whom::Object(..) | Whom::Name(_) => PastNeed::Nothing,
    };
    let known = Known::open_widely(login, &what.source, Needs { past, ..Needs::default() }).await?;
    known.tell_blind_spots()?;
    // An address is of no namespace: whoever has it counts.
    let named = !matches!(whom, Whom::Address(_));
    let among = named && !what.source.live() && login.named().next().is_some();
    if among {
        tell::all_held(&known.store, login)?;
    }
    let (mut who, held) = match &whom {
        Whom::Address(ip) => (of_address(&known.store, *ip), held(&known, *ip)),
        Whom::Name(name) => (of_name(&known.store, name), None),
        Whom::Object(kind, name) => (of_kind(&known.store, *kind, name), None),
    };
    if among {
        who.owners.retain(|owner| owner.namespace().is_none_or(|namespace| known.scope.holds(namespace)));
    }
    let code = match (who.owners.is_empty(), who.blind.is_empty()) {
        (false, _) => 0,
        (true, true) => FAILS,
        (true, false) => UNDECIDED,
    };
    let sight = Sight {
        held: if among { Some(known.scope.to_string()) } else { known.held() },
        bounds: known.bounds(),
        gaps: known.gaps(&who.blind),
    };
    match what.output {
        PlainOutput::Text => print(&report::who_text(&asked, &who, held.as_ref(), &sight))?,
        PlainOutput::Json => {
            let bounds = sight.bounds.filter(|_| !who.blind.is_empty());
            let spots = known.blind_spots().into_iter().chain(bounds).collect();
            return json(&report::who_document(&asked, &who, held.as_ref(), spots), code);
        }
    }
    Ok(ExitCode::from(code))
}

/// Who held an address, as far as a tape tells: also after the moment that is asked about.
fn held(known: &Known, ip: IpAddr) -> Option<Held> {
    let (past, end, reach) = (known.past.as_deref()?, known.end.as_deref()?, known.reach?);
    let holds = past.holders.of(ip, end);
    Some(Held { holds, at: known.now, from: reach.from, offset: moments::offset(known.now) })
}
