//! The proxy of a client.

use ureq::Proxy;

use super::url;
use crate::{Error, Input};

/// Checks the URL of a proxy. Without a scheme it is http.
pub(super) fn proxy(url: &str) -> Result<Proxy, Error> {
    let invalid = |reason| Error::invalid(Input::Proxy, reason);
    let url = match url.contains("://") {
        true => url.to_owned(),
        false => format!("http://{url}"),
    };
    url::parse(&url).map_err(invalid)?;
    Proxy::new(&url).map_err(|_| invalid("it is not a valid URL"))
}
