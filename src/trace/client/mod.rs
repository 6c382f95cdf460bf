//! Where a client stands: its resolv.conf, its /etc/hosts, and what its libc makes of a name (§1).
