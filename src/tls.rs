//! Which TLS library and which root certificates a client uses.

use ureq::config::ConfigBuilder;
use ureq::typestate::AgentScope;

use crate::Error;

type AgentConfig = ConfigBuilder<AgentScope>;

/// Whether this build speaks https at all.
pub(crate) const ENABLED: bool = cfg!(any(feature = "rustls", feature = "native-tls"));

/// What a caller can choose about TLS.
#[derive(Clone, Default)]
pub(crate) struct TlsSettings {
    pub(crate) root_certificates: Option<Vec<u8>>,
    pub(crate) accept_invalid_certificates: bool,
}

#[cfg(any(feature = "rustls", feature = "native-tls"))]
impl TlsSettings {
    pub(crate) fn apply(self, config: AgentConfig) -> Result<AgentConfig, Error> {
        use ureq::tls::{RootCerts, TlsConfig, TlsProvider};

        let provider = if cfg!(feature = "rustls") { TlsProvider::Rustls } else { TlsProvider::NativeTls };
        let roots = match self.root_certificates {
            Some(pem) => RootCerts::new_with_certs(&certificates(&pem)?),
            // What the OS trusts: through rustls where that was asked for, and always through native-tls.
            None if cfg!(any(feature = "platform-verifier", not(feature = "rustls"))) => RootCerts::PlatformVerifier,
            None => RootCerts::WebPki,
        };
        let tls = TlsConfig::builder().provider(provider).root_certs(roots);
        Ok(config.tls_config(tls.disable_verification(self.accept_invalid_certificates).build()))
    }
}

#[cfg(not(any(feature = "rustls", feature = "native-tls")))]
impl TlsSettings {
    pub(crate) fn apply(self, config: AgentConfig) -> Result<AgentConfig, Error> {
        match self.root_certificates {
            Some(_) => Err(Error::InvalidCertificate {
                reason: "they need one of the cargo features `rustls` and `native-tls`, and neither is on".into(),
            }),
            None => Ok(config),
        }
    }
}

/// The certificates in a PEM text: at least one, and nothing broken among them.
#[cfg(any(feature = "rustls", feature = "native-tls"))]
fn certificates(pem: &[u8]) -> Result<Vec<ureq::tls::Certificate<'static>>, Error> {
    use ureq::tls::{PemItem, parse_pem};

    let invalid = |reason: &str| Error::InvalidCertificate { reason: reason.into() };
    let mut certificates = Vec::new();
    for item in parse_pem(pem) {
        match item {
            Ok(PemItem::Certificate(certificate)) if has_certificate_frame(certificate.der()) => {
                certificates.push(certificate);
            }
            Ok(PemItem::Certificate(_)) => return Err(invalid("what the PEM text holds is not a certificate")),
            Ok(_) => {}
            Err(_) => return Err(invalid("the PEM text is broken")),
        }
    }
    if certificates.is_empty() {
        return Err(invalid("the PEM text holds no certificate"));
    }
    Ok(certificates)
}

/// Whether the bytes begin and end as a certificate in DER does: a SEQUENCE, of 128 bytes or more, that begins with
/// another. The TLS libraries skip what they cannot parse, and the client would trust nobody without saying why.
#[cfg(any(feature = "rustls", feature = "native-tls"))]
fn has_certificate_frame(der: &[u8]) -> bool {
    let (length, content) = match der {
        [0x30, 0x81, length, content @ ..] => (usize::from(*length), content),
        [0x30, 0x82, high, low, content @ ..] => (usize::from(u16::from_be_bytes([*high, *low])), content),
        _ => return false,
    };
    content.len() == length && content.starts_with(&[0x30])
}

#[cfg(test)]
mod tests;
