//! What a message advises: the part that depends on the status, the certificate or the address.

use std::net::IpAddr;
use std::time::Duration;

use crate::TaskName;
use crate::text::{in_sentence, one_line, prefixed};

/// The status, with its name if a server or a proxy often sends it, and the server's words where
/// they add to it: `404 Not Found: no such task`.
pub(crate) fn answer(status: u16, message: Option<&str>) -> String {
    let name = match status {
        400 => " Bad Request",
        401 => " Unauthorized",
        403 => " Forbidden",
        404 => " Not Found",
        429 => " Too Many Requests",
        498 => " Token Expired",
        500 => " Internal Server Error",
        502 => " Bad Gateway",
        503 => " Service Unavailable",
        504 => " Gateway Timeout",
        _ => "",
    };
    let line = format!("{status}{name}");
    match message {
        Some(message) if !line.contains(message) => format!("{line}: {}", in_sentence(message)),
        _ => line,
    }
}

/// What to do about a refusal for want of a token or a login.
pub(crate) fn unauthorized(
    url: &str,
    token_sent: bool,
    jwt_sent: bool,
    from_pms: bool,
    challenge: Option<&str>,
) -> String {
    let advice = if jwt_sent {
        "Plex Media Server accepts no JSON Web Token (as of 2026); set the `PlexOnlineToken` of the \
         server's settings"
    } else if !from_pms {
        return format!(
            "{LOGIN_IN_FRONT}{}; or set the owner's current token",
            prefixed(
                "; it asked for ",
                challenge.map(|challenge| one_line(challenge, 30))
            )
        );
    } else if token_sent {
        "the token was refused; set the current token of the server's owner"
    } else if has_host_name(url) {
        "no token was sent; set the token of the server's owner (without a token, a server in a \
         container can refuse requests to its host name and accept them at its IP address)"
    } else {
        "no token was sent; set the token of the server's owner"
    };
    advice.into()
}

/// What to do about a refusal without the header of PMS.
const LOGIN_IN_FRONT: &str = "perhaps a proxy in front refused, and wants a header such as \
                              `Authorization` (see `header`)";

/// Whether the host of a URL is a name other than `localhost`.
fn has_host_name(url: &str) -> bool {
    let host = host(url);
    host != "localhost" && address(host).is_none()
}

/// The host of a URL, an IPv6 address in its brackets.
fn host(url: &str) -> &str {
    let authority = url.split('/').nth(2).unwrap_or_default();
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => host,
        _ => authority,
    }
}

/// The address, if a host is one and not a name.
fn address(host: &str) -> Option<IpAddr> {
    host.trim_matches(['[', ']']).parse().ok()
}

/// What to do about any other status.
pub(crate) fn status(
    url: &str,
    status: u16,
    is_listed: bool,
    from_pms: bool,
    location: Option<&str>,
) -> String {
    let advice = match status {
        300..=399 => return redirect(url, location),
        404 if is_listed => {
            "the server lists this task; check that a proxy in front of it passes on all paths below \
             `/butler`"
        }
        400 => "check the address, and whether the server wants https",
        403 if from_pms => "set the token of the server's owner",
        403 => LOGIN_IN_FRONT,
        404 | 405 | 501 => "check the host, port and path prefix of the base URL",
        503 => "the server is starting, or the proxy in front of it cannot reach it",
        502 | 504 | 520 | 524 => {
            "the proxy in front got no valid answer from the server, which may be starting, or may \
             have carried out the request"
        }
        521..=523 | 525 | 526 | 530 => {
            "the proxy in front does not reach the server; check that the server is up"
        }
        429 => return String::new(),
        _ => "the server's log may say why",
    };
    format!("; {advice}")
}

fn redirect(url: &str, location: Option<&str>) -> String {
    let Some(location) = location else {
        return ", a redirect without a target; check the base URL".into();
    };
    // `/butler`, or `/butler/` and the task.
    let asked = url.rfind("/butler").map_or(url, |start| &url[start..]);
    let path = location.split(['?', '#']).next().unwrap_or_default();
    let advice = if path.ends_with(asked) {
        "if that is your server, set the base URL to the part before `/butler`"
    } else {
        "perhaps a login in front of the server: set the header that it wants with `header`"
    };
    format!(", a redirect to {path}; {advice}")
}

/// When to try again, where trying again is safe or the server says when.
pub(crate) fn wait(status: u16, retry_after: Option<Duration>) -> String {
    match (status, retry_after) {
        (_, Some(wait)) if !wait.is_zero() => format!("; try again in {wait:?}"),
        (429 | 503, _) => "; try later".into(),
        _ => String::new(),
    }
}

/// The listed name that differs only in case, separators or the prefix of the server's preferences.
pub(crate) fn same_name<'a>(name: &TaskName, available: &'a [TaskName]) -> Option<&'a TaskName> {
    let plain = |name: &TaskName| {
        name.as_str()
            .to_lowercase()
            .replace(|c: char| !c.is_alphanumeric(), "")
            .replace("butlertask", "")
    };
    available.iter().find(|listed| plain(listed) == plain(name))
}

/// Words of rustls, and what they mean. The tests provoke each failure.
const TLS_FAILURES: [(&str, &str); 12] = [
    ("xpired", EXPIRED),
    ("not valid yet", EXPIRED),
    (
        "UnknownIssuer",
        "the issuer of the certificate is not trusted; set the CA's certificate as a root \
         certificate, or use the server's plex.direct name",
    ),
    (
        "BadSignature",
        "a signature of the certificate is wrong: its CA was made anew under its old name (set the \
         new CA certificate as a root certificate), or has a key that cannot be checked here, such \
         as RSA below 2048 bits",
    ),
    (
        "Unsupported",
        "the certificate has an algorithm or a version that is not supported here; make another, of \
         version 3, with SHA-256 and a key of RSA with 2048 bits or P-256",
    ),
    (
        "InvalidContentType",
        "no TLS on this port; if it is the server's http port, use http://",
    ),
    (
        "CertificateRequired",
        "the server wants a client certificate, and this client has none; use another address of \
         the server, or let it accept requests without one",
    ),
    ("InternalError", NO_CERTIFICATE),
    ("UnrecognisedName", NO_CERTIFICATE),
    (
        "HandshakeFailure",
        "the server refused: it has no certificate for this name, no algorithm in common, or wants \
         a client certificate; see its log",
    ),
    ("ProtocolVersion", OLD_TLS),
    ("ServerDoesNotSupportTls12Or13", OLD_TLS),
];

const EXPIRED: &str =
    "the certificate has expired or is not valid yet; renew it, or check the clocks";

const NO_CERTIFICATE: &str = "the server has no certificate for this name; use the server's name, \
                              as its certificate spells it";

const OLD_TLS: &str = "the server does not speak TLS 1.2 or newer, which is needed; update it";

/// What happened in TLS, and what to do.
pub(crate) fn tls(url: &str, cause: &str) -> String {
    // The text that quotes names comes first, because a name can be any word.
    if let Some(start) = cause.find("certificate not valid for") {
        return other_name(url, &cause[start..]);
    }
    if cause.contains("CaUsedAsEndEntity") {
        let host = host(url).trim_matches(['[', ']']);
        let kind = address(host).map_or("DNS", |_| "IP");
        return format!(
            "it has a CA certificate as its own; make another: `openssl req -x509 -newkey \
             rsa -nodes -days 825 -subj /CN=p -addext basicConstraints=CA:FALSE -addext \
             subjectAltName={kind}:{host} -keyout key.pem -out cert.pem`"
        );
    }
    let found = TLS_FAILURES.iter().find(|(words, _)| cause.contains(words));
    match found {
        Some((_, advice)) => (*advice).into(),
        None => format!("TLS failed: {cause}; check that the server speaks https on this port"),
    }
}

/// The certificate is for another name. That of a server is for plex.direct names, which spell
/// addresses.
fn other_name(url: &str, names: &str) -> String {
    let host = host(url);
    let domain = names.split('"').find_map(|name| name.strip_prefix("*."));
    match (address(host), domain) {
        (Some(address), Some(domain)) if domain.ends_with(".plex.direct") => {
            let name = address.to_string().replace(['.', ':'], "-");
            let (base, _) = url.rsplit_once("/butler").unwrap_or_default();
            let base = base.replacen(host, &format!("{name}.{domain}"), 1);
            format!("the certificate is for another name; use {base}")
        }
        _ => {
            let valid = names
                .rsplit("certificate is ")
                .next()
                .unwrap_or_default()
                .replace("DnsName", "")
                .replace("IpAddress", "")
                .replace(['(', ')', '"'], "");
            format!("the certificate is for another name ({valid}); use one of its names")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_of_a_url_is_a_name_or_an_address() {
        for url in [
            "http://plex:32400/butler",
            "https://media.example.org/plex/butler",
        ] {
            assert!(has_host_name(url), "{url}");
        }
        for url in [
            "http://192.0.2.1:32400/butler",
            "http://192.0.2.1/butler",
            "http://[fd00::1]:1/butler",
            "http://[fd00::1]/butler",
            "http://localhost/butler",
        ] {
            assert!(!has_host_name(url), "{url}");
        }
        assert_eq!(host("http://[fd00::1]/butler"), "[fd00::1]");
        assert_eq!(host("http://[fd00::1]:80/butler"), "[fd00::1]");
    }
}
