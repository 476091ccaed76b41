//! Which root certificates a client trusts.

use ureq::config::ConfigBuilder;
use ureq::typestate::AgentScope;

use crate::{Error, Input};

type AgentConfig = ConfigBuilder<AgentScope>;

/// What a caller can choose about TLS.
#[derive(Clone, Default)]
pub(crate) struct TlsSettings {
    pub(crate) root_certificates: Option<Vec<u8>>,
    pub(crate) accept_invalid_certificates: bool,
}

impl TlsSettings {
    #[cfg(feature = "rustls")]
    pub(super) fn apply(&self, config: AgentConfig) -> Result<AgentConfig, Error> {
        use ureq::tls::{RootCerts, TlsConfig};

        let roots = match &self.root_certificates {
            Some(pem) => RootCerts::new_with_certs(&certificates(pem).map_err(invalid)?),
            None if cfg!(feature = "platform-verifier") => RootCerts::PlatformVerifier,
            None => RootCerts::WebPki,
        };
        let tls = TlsConfig::builder()
            .root_certs(roots)
            .disable_verification(self.accept_invalid_certificates);
        Ok(config.tls_config(tls.build()))
    }

    #[cfg(not(feature = "rustls"))]
    pub(super) fn apply(&self, config: AgentConfig) -> Result<AgentConfig, Error> {
        match self.root_certificates {
            Some(_) => Err(invalid("they need the cargo feature `rustls`")),
            None => Ok(config),
        }
    }
}

fn invalid(reason: &str) -> Error {
    Error::invalid(Input::RootCertificates, reason)
}

/// The certificates in a PEM text, at least one.
#[cfg(feature = "rustls")]
fn certificates(pem: &[u8]) -> Result<Vec<ureq::tls::Certificate<'static>>, &'static str> {
    use ureq::tls::{PemItem, parse_pem};

    const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

    let mut certificates = Vec::new();
    for item in parse_pem(pem.strip_prefix(BYTE_ORDER_MARK).unwrap_or(pem)) {
        if let PemItem::Certificate(certificate) = item.map_err(|_| "the PEM text is broken")? {
            certificates.push(certificate);
        }
    }
    if certificates.is_empty() {
        return Err("the text contains no certificate in PEM");
    }
    Ok(certificates)
}
