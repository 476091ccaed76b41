//! Servers for the tests, the demo and the benchmarks, on 127.0.0.1 and a port that the system chooses.
//!
//! [`raw`] hands each connection to a script, [`http`] speaks HTTP over it, and [`pms`] behaves as a Plex Media Server.

pub mod http;
pub mod pms;
pub mod raw;
