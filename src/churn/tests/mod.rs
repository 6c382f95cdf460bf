//! The record against what really was.

mod causes;
mod parts;
mod rewind;
mod sequences;
mod world;
