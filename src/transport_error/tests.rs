use super::*;

/// The failures that no server on loopback can provoke; the integration tests have the others.
#[test]
fn failures_of_the_network_and_of_tls_are_told_apart() {
    use TransportErrorKind::*;
    let io = |kind: io::ErrorKind, message: &str| ureq::Error::Io(io::Error::new(kind, message.to_owned()));
    for (error, expected) in [
        (io(io::ErrorKind::HostUnreachable, ""), Unreachable),
        (io(io::ErrorKind::NetworkUnreachable, ""), Unreachable),
        (io(io::ErrorKind::AddrNotAvailable, ""), Unreachable),
        (io(io::ErrorKind::BrokenPipe, ""), Closed),
        (io(io::ErrorKind::PermissionDenied, ""), Other),
        (io(io::ErrorKind::InvalidData, "certificate not valid yet"), CertificateExpired),
        (io(io::ErrorKind::InvalidData, "an alert of tomorrow"), Tls),
        (ureq::Error::Tls("no DNS name"), Tls),
        (ureq::Error::HostNotFound, HostNotFound),
        (ureq::Error::ConnectionFailed, Other),
    ] {
        assert_eq!(kind(&error, true), expected, "{error:?}");
    }
    assert_eq!(kind(&io(io::ErrorKind::InvalidData, ""), false), Other);
}

#[test]
fn every_kind_says_something_of_its_own() {
    use TransportErrorKind::*;
    let kinds = [
        HostNotFound,
        Refused,
        Unreachable,
        Closed,
        NotHttp,
        Proxy,
        CertificateIssuer,
        CertificateName,
        CertificateExpired,
        PlainHttp,
        Tls,
        Other,
    ];
    let messages: std::collections::HashSet<String> = kinds.iter().map(TransportErrorKind::to_string).collect();
    assert_eq!(messages.len(), kinds.len());
    assert!(messages.iter().all(|message| !message.is_empty()));
    let of_tls: Vec<_> = kinds.into_iter().filter(|kind| kind.is_tls()).collect();
    assert_eq!(of_tls, [CertificateIssuer, CertificateName, CertificateExpired, PlainHttp, Tls]);
}
