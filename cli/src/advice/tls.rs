//! What to do about a failure of TLS. Only the words of the TLS library tell the causes apart.

use super::Context;
use crate::address::host;

/// Words of rustls, and what to do. The tests provoke each failure.
const FAILURES: [(&str, &str); 14] = [
    ("xpired", CLOCKS),
    ("not valid yet", CLOCKS),
    (
        "UnknownIssuer",
        "give the certificate of its CA with --ca, or use the server's plex.direct name",
    ),
    (
        "BadSignature",
        "perhaps its CA was replaced under the old name (give the new certificate with --ca), or \
         has a key that cannot be checked here, such as RSA below 2048 bits",
    ),
    (
        "Unsupported",
        "its algorithm or version is not supported here: make a certificate of version 3, with \
         SHA-256 and a key of RSA with 2048 bits or P-256",
    ),
    (
        "NameConstraintViolation",
        "its CA may not sign for this name: use a name that it may sign for, or another CA",
    ),
    (
        "extended key usage",
        "make a certificate for servers (extendedKeyUsage=serverAuth)",
    ),
    (
        "InvalidContentType",
        "if it is the server's http port, use http://",
    ),
    (
        "CertificateRequired",
        "the server wants a client certificate, and this program has none: use another address, \
         or let it accept requests without one",
    ),
    (
        "InternalError",
        "perhaps the server has no certificate for this name: use its name as its certificate \
         spells it, or see its log",
    ),
    (
        "UnrecognisedName",
        "the server does not know this name: use its name as its certificate spells it",
    ),
    (
        "HandshakeFailure",
        "perhaps the server has no certificate for this name or no algorithm in common, or wants \
         a client certificate: see its log",
    ),
    ("ProtocolVersion", OLD_TLS),
    ("ServerDoesNotSupportTls12Or13", OLD_TLS),
];

const CLOCKS: &str = "renew it, or check the clocks of both machines";

const UNKNOWN: &str = "check that the server speaks https on this port, or see its log";

const OLD_TLS: &str = "the server does not speak TLS 1.2 or newer: update it";

pub(super) fn advice(cause: &str, context: &Context) -> String {
    // The text that quotes names comes first, because a name can be any word.
    if cause.contains("not valid for name") {
        return wrong_name(cause, context);
    }
    if cause.contains("CaUsedAsEndEntity") {
        return format!(
            "the server's certificate is marked as a CA: make another with `openssl req -x509 \
             -newkey rsa -nodes -days 825 -subj /CN=p -addext basicConstraints=CA:FALSE -addext {} \
             -keyout key.pem -out cert.pem`, or use --insecure",
            alternative_name(context)
        );
    }
    let found = FAILURES.iter().find(|(words, _)| cause.contains(words));
    found.map_or(UNKNOWN, |(_, advice)| advice).into()
}

/// The certificate is for other names than the one in the URL.
fn wrong_name(cause: &str, context: &Context) -> String {
    let url = context.url_option;
    let has_address_as_name = cause.contains(&format!("DnsName(\"{}\")", host(context.url)));
    if let Some(id) = plex_direct_id(cause) {
        // Anyone with a server has a trusted certificate for the names under his own id.
        let id_is_yours = format!("if {} is your server's id", shortened(id));
        match context.address() {
            Some(_) => format!("use that address, {id_is_yours}"),
            None => format!(
                "use that name, with the address for `*` (as in 192-168-1-10), {id_is_yours}"
            ),
        }
    } else if has_address_as_name {
        format!(
            "it has the address as a name: make one with {}",
            alternative_name(context)
        )
    } else if cause.contains("not valid for any names") {
        format!(
            "it has no subjectAltName: make one with {}",
            alternative_name(context)
        )
    } else {
        format!("use a name of the certificate in {url}")
    }
}

/// The id in the name of a plex.direct certificate. A long cause is cut off.
fn plex_direct_id(cause: &str) -> Option<&str> {
    cause.split('"').find_map(|name| {
        let (id, domain) = name.strip_prefix("*.")?.split_once('.')?;
        domain.starts_with("plex.d").then_some(id)
    })
}

/// The setting of OpenSSL for the name or the address of the server.
fn alternative_name(context: &Context) -> String {
    let kind = match context.address() {
        Some(_) => "IP",
        None => "DNS",
    };
    format!("subjectAltName={kind}:{}", host(context.url))
}

/// The start and the end of an id.
fn shortened(id: &str) -> String {
    match (id.get(..4), id.get(id.len().saturating_sub(4)..)) {
        (Some(start), Some(end)) if id.len() > 8 => format!("{start}…{end}"),
        _ => id.to_owned(),
    }
}
