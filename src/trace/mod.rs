//! Name → pods: from where a client stands, which DNS queries go out, what answers, and which endpoints it may get.
//!
//! Pure and total: values in, values out; no I/O, no clock, no sentence (words live in `view`). Not knowing is a value
//! with a reason. Rule ids (R1.3, D17, §4.3) name the Kubernetes networking rules that the code follows.
//! To add a step: its file here, its place in the composed trace, its words in `view`.

pub mod client;
pub mod dns;
pub mod proxy;
