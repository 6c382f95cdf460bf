//! The house plan, held against the code: who may import whom, what lies at the top level, how long a file may be.

mod layers;
mod sources;
mod toplevel;
