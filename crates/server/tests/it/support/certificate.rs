//! Certificates made for a test.

use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

/// A machine's certificate and the authority that vouches for it, all as PEM.
pub struct Certificate {
    pub leaf: String,
    pub key: String,
    pub authority: String,
}

impl Certificate {
    /// For the machine of this name.
    pub fn of(name: &str) -> Certificate {
        let authority_key = rcgen::KeyPair::generate().unwrap();
        let mut authority = rcgen::CertificateParams::new(Vec::new()).unwrap();
        // A name of its own: OpenSSL takes who is called as its authority is for its own authority.
        authority.distinguished_name.push(rcgen::DnType::CommonName, "The authority of a test");
        authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let vouched = authority.self_signed(&authority_key).unwrap();
        let key = rcgen::KeyPair::generate().unwrap();
        let issuer = rcgen::Issuer::new(authority, authority_key);
        let leaf = rcgen::CertificateParams::new(vec![name.to_owned()]).unwrap();
        let leaf = leaf.signed_by(&key, &issuer).unwrap();
        Certificate { leaf: leaf.pem(), key: key.serialize_pem(), authority: vouched.pem() }
    }
}

/// What shakes hands as the machine of this name, and the authority that vouches for it, as PEM.
pub fn certificate(name: &str) -> (TlsAcceptor, String) {
    let Certificate { leaf, key, authority } = Certificate::of(name);
    let leaf = CertificateDer::from_pem_slice(leaf.as_bytes()).unwrap();
    let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = config.with_no_client_auth().with_single_cert(vec![leaf], key).unwrap();
    (TlsAcceptor::from(Arc::new(config)), authority)
}
