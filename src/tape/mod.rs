//! Tapes: what a source said, with times; written and read as one JSON line each.
//!
//! The format has types of its own, so that the model stays free to change. Only projected fields are in it: no
//! environment variables, no annotations, no secrets. To add a field: its wire type here, both directions.
//!
//! ```text
//! {"podpath_tape":2,"started":1764000000000,"context":"kind-shop",…}
//! {"at":0,"deltas":[{"service":{"listed":[…]}},{"health":{"kind":"services","live":null}}]}
//! {"at":1250,"deltas":[{"pod":{"applied":{…}}}],"clock":[[-310,702]]}
//! ```

mod delta;
mod object;
mod part;
mod pod;
mod pod_dns;
mod read;
mod rules;
mod write;

pub use read::{Entry, Tape, TapeError, read};
pub use write::{Writer, header_line};

/// What the first line says.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Header {
    /// The version of the format.
    pub podpath_tape: u32,
    /// When recording began, in milliseconds since 1970.
    pub started: i64,
    /// kubeconfig context.
    #[serde(default)]
    pub context: String,
    /// kubeconfig cluster.
    #[serde(default)]
    pub cluster: String,
    /// Version of the server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The namespaces that were watched; absent: all. Version 1 had `namespace`, the only one.
    #[serde(default, alias = "namespace", deserialize_with = "one_or_more", skip_serializing_if = "Vec::is_empty")]
    pub namespaces: Vec<String>,
    /// Label selector on Services.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selector: Option<String>,
}

/// The version of the format that is written, and the highest that is read.
pub const VERSION: u32 = 2;

fn one_or_more<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    #[derive(serde::Deserialize)]
    #[serde(untagged)]
    enum Names {
        One(String),
        More(Vec<String>),
    }
    Ok(match serde::Deserialize::deserialize(from)? {
        Names::One(name) => vec![name],
        Names::More(names) => names,
    })
}
