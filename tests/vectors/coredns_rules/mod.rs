//! DNS rules one by one, over small worlds.

mod edges;
mod plugin;
mod reasons;
mod server;
mod world;
