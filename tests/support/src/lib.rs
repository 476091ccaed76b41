//! Servers for the tests, the demo and the benchmarks, on loopback and a port that the system chooses.
//!
//! [`raw`] hands each connection to a script, [`http`] speaks HTTP over it, [`tls`] puts TLS in between, [`pms`] behaves
//! as a Plex Media Server, and [`proxy`] opens tunnels to another server. The crates that only tests use are exported from
//! here, so that the lock file of the published package does not have them.

pub mod http;
pub mod pms;
pub mod proxy;
pub mod raw;
pub mod tls;

pub use {proptest, rmp_serde, toml};
