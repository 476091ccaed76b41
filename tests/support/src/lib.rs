//! Servers for the tests, the demo and the benchmarks, on loopback and a port that the system chooses.
//!
//! [`raw`] hands each connection to a script, [`http`] speaks HTTP over it, [`tls`] puts TLS in between, [`pms`] behaves
//! as a Plex Media Server, and [`proxy`] opens tunnels to another server.

mod butler;
pub mod http;
pub mod pms;
pub mod proxy;
pub mod raw;
pub mod tls;
