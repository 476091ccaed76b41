//! What a failure of TLS means, where rustls's words are for developers.

use std::net::IpAddr;

use ureq::http::Uri;

use super::url::{host, port};

/// What a failure means, followed by rustls's own words.
pub(super) fn explained(cause: &str, url: &Uri) -> String {
    match meaning(cause, url) {
        Some(meaning) => format!("{meaning} ({cause})"),
        None => cause.to_owned(),
    }
}

fn meaning(cause: &str, url: &Uri) -> Option<String> {
    let meaning = if cause.contains("not valid for name") {
        return Some(match plex_direct_url(cause, url) {
            Some(other) => format!("the certificate is for another name, that of {other}"),
            None => "the certificate is for another name".into(),
        });
    } else if cause.contains("UnknownIssuer") {
        "the issuer of the certificate is not trusted"
    } else if cause.contains("InvalidContentType") {
        "no TLS on this port"
    } else {
        return None;
    };
    Some(meaning.into())
}

/// The URL that fits the certificate of a server that was called by its address. Such a certificate is
/// for `*.<id>.plex.direct`.
fn plex_direct_url(cause: &str, url: &Uri) -> Option<String> {
    let address: IpAddr = host(url).parse().ok()?;
    let address = address.to_string().replace(['.', ':'], "-");
    let domain = cause.split('"').find_map(|name| name.strip_prefix("*."))?;
    let port = port(url);
    domain
        .ends_with(".plex.direct")
        .then(|| format!("https://{address}.{domain}:{port}"))
}
