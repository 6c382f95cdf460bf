//! The record against what really was.

mod causes;
mod innocent;
mod parts;
mod rewind;
mod sequences;
mod world;
