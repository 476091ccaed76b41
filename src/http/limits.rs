//! The limits on requests and responses.

use std::time::Duration;

/// The largest body of a success.
pub(crate) const MAX_BODY_SIZE: u64 = 64 << 20;

/// How much of an unexpected body is read for the server's words.
pub(super) const MAX_TEXT_SIZE: usize = 64 << 10;

/// The largest header section of a response.
pub(crate) const MAX_HEADER_SIZE: u64 = 64 << 10;

/// The longest value of a request header. Servers refuse far shorter ones.
pub(super) const MAX_HEADER_VALUE: usize = 64 << 10;

/// The longest name of a request header.
pub(super) const MAX_HEADER_NAME: usize = 1 << 10;

/// The most headers that a caller can set. Servers refuse a request with many more.
pub(super) const MAX_HEADERS: usize = 1000;

/// The longest timeout. Not every platform can compute a deadline further away.
pub(super) const MAX_TIMEOUT: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// The most idle connections that are kept. None is used again after 15 idle seconds.
pub(super) const MAX_IDLE_CONNECTIONS: usize = 64;
