//! SMPP inside TLS.

use super::shop::Shop;
use crate::support::process::Installation;
use crate::support::{Certificate, Database, Smsc, until};

/// A shop whose service centre is `localhost` to those who trust the authority, and is reached as `host`.
fn open(scheme: &str, host: &str, trusts: bool) -> Option<Shop> {
    let certificate = Certificate::of("localhost");
    let smsc = Smsc::start_secure(&certificate)?;
    let mut installation = Installation::new(Database::sqlite());
    let pem = installation.data.path().join("authority.pem");
    let authority = if trusts { &certificate } else { &Certificate::of("localhost") };
    std::fs::write(&pem, &authority.authority).expect("the authority is written");
    installation.environment = vec![("SSL_CERT_FILE".into(), pem.display().to_string())];
    let url = format!("{scheme}://parlance:s3cret@{host}:{}", smsc.port);
    Some(Shop::open_at(installation, smsc, &url))
}

impl Shop {
    /// Waits until the carrier is down; why, and that nobody was told a password.
    fn refused(&self) -> String {
        until("the carrier to be down", || self.standing()["state"] == "down");
        assert!(self.smsc.told_of("bound").is_empty(), "nothing is said to a stranger");
        self.standing()["detail"].as_str().expect("a reason").to_owned()
    }
}

#[test]
fn a_service_centre_that_the_machine_trusts_is_spoken_to_over_tls() {
    for scheme in ["smpps", "ssmpp"] {
        let Some(shop) = open(scheme, "localhost", true) else { return };
        shop.smsc.bound();
        shop.hear("Hello?");
        let long = "a".repeat(1_000);
        shop.answer(&long);
        shop.until_delivery(&long, "accepted");
        assert_eq!(shop.said(), ["Hello?", &long]);
        assert_eq!(shop.standing()["state"], "up");
    }
}

#[test]
fn a_certificate_that_nobody_vouches_for_shows_in_the_list() {
    let Some(shop) = open("smpps", "localhost", false) else { return };
    let why = shop.refused();
    assert!(why.contains("localhost") && why.contains("TLS") && why.contains("certificate"), "{why}");
}

#[test]
fn a_certificate_for_another_name_shows_in_the_list() {
    let Some(shop) = open("smpps", "127.0.0.1", true) else { return };
    let why = shop.refused();
    assert!(why.contains("not valid for name"), "{why}");
}

#[test]
fn a_service_centre_without_tls_shows_in_the_list() {
    let Some(smsc) = Smsc::start() else { return };
    let url = smsc.url("").replace("smpp://", "smpps://");
    let shop = Shop::open_at(Installation::new(Database::sqlite()), smsc, &url);
    let why = shop.refused();
    assert!(why.contains("TLS") || why.contains("does not answer"), "{why}");
}
