//! Sentences about a small world.

mod cluster;
mod endpoints;
mod open;
mod rows;
mod world;
