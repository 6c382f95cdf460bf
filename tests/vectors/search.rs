//! Search lists: which names three real resolvers sent to a server on script, and what came of it.

use std::collections::BTreeMap;

use podpath::trace::client::{Failure, Library, Lookup, Name, Outcome, Query, Reply, ResolvConf, Wanted, lookup};
use serde::Deserialize;

use crate::files::{Tally, replay};

#[derive(Deserialize)]
struct Case {
    id: u64,
    resolv_conf: String,
    name: String,
    zone: BTreeMap<String, Records>,
    got: BTreeMap<String, Got>,
}

#[derive(Deserialize)]
struct Records {
    rc: String,
    a: Option<String>,
    aaaa: Option<String>,
    /// The code for AAAA, if it is another.
    rc28: Option<String>,
    cname: Option<String>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Got {
    result: String,
    names: Vec<String>,
    queries: usize,
}

impl Records {
    fn reply(&self, query: Query) -> Reply {
        let (address, code) = match query {
            Query::A => (&self.a, &self.rc),
            Query::Aaaa => (&self.aaaa, self.rc28.as_ref().unwrap_or(&self.rc)),
            Query::Srv | Query::Ptr => panic!("only addresses are asked for"),
        };
        match (code.as_str(), address) {
            ("OK", Some(address)) => Reply::Addresses(vec![address.parse().unwrap()]),
            ("OK", None) if self.cname.is_some() => Reply::Alias,
            ("OK" | "NODATA", None) => Reply::NoData,
            ("NXDOMAIN", _) => Reply::NxDomain,
            ("SERVFAIL", _) => Reply::ServFail,
            ("REFUSED", _) => Reply::Refused,
            (other, _) => panic!("code {other}"),
        }
    }
}

/// In the words of the file: a name that was asked for again is not listed again.
fn told(library: Library, lookup: &Lookup) -> Got {
    let mut names: Vec<String> = Vec::new();
    for name in lookup.names() {
        if !names.iter().any(|known| **known == **name) {
            names.push(name.to_string());
        }
    }
    let result = match lookup.sure().expect("every reply is known") {
        Outcome::Found { addresses, .. } => {
            addresses.iter().fold("OK".to_owned(), |text, address| format!("{text} {address}"))
        }
        Outcome::Failed(failure) => match (failure, library) {
            (Failure::NoName, Library::Go) => "ERR NOTFOUND".to_owned(),
            (Failure::NoName, Library::Glibc | Library::Musl) => "ERR NONAME".to_owned(),
            (Failure::NoData, _) => "ERR NODATA".to_owned(),
            (Failure::Again, _) => "ERR AGAIN".to_owned(),
            (Failure::Fail, _) => "ERR FAIL".to_owned(),
        },
    };
    Got { result, names, queries: lookup.queries }
}

#[test]
fn vectors_resolver_search() {
    replay("resolver_search", |line| {
        let case: Case = serde_json::from_str(line).unwrap();
        let (conf, name) = (ResolvConf::read(&case.resolv_conf), Name::parse(&case.name).unwrap());
        let mut tally = Tally::default();
        for (key, library) in [("glibc", Library::Glibc), ("musl125", Library::Musl), ("go", Library::Go)] {
            // The server on script says NXDOMAIN to what it does not know.
            let ask = |fqdn: &str, query| case.zone.get(fqdn).map_or(Reply::NxDomain, |records| records.reply(query));
            let ours = told(library, &lookup(&name, &conf, library, Wanted::Any, ask));
            let Some(theirs) = case.got.get(key) else { continue };
            tally.case((ours != *theirs).then(|| format!("case {} {key}: {ours:?}, not {theirs:?}", case.id)));
        }
        tally
    });
}
