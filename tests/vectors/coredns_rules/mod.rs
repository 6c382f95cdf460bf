//! DNS rules one by one, over small worlds.

mod plugin;
mod reasons;
mod server;
mod world;
