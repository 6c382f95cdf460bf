//! Free loopback ports below the range that outgoing connections take theirs from.

use std::net::TcpListener;
use std::sync::atomic::{AtomicU16, Ordering};

/// Ports that clusters of this process were given: the next one looks further on.
static GIVEN: AtomicU16 = AtomicU16::new(0);

/// `count` ports in a row that are free now.
pub(crate) fn free(count: u16) -> u16 {
    let salt = u16::try_from(std::process::id() % 1000).unwrap_or(0) + GIVEN.fetch_add(37, Ordering::Relaxed);
    for attempt in 0..500_u16 {
        let first = 20_000 + salt.wrapping_mul(11).wrapping_add(attempt * 23) % 12_000;
        if (first..first + count).all(|port| TcpListener::bind(("127.0.0.1", port)).is_ok()) {
            return first;
        }
    }
    panic!("no {count} free ports in a row between 20000 and 32000");
}
