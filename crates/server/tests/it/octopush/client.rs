//! Real clients, unmodified, against the real program. They know one server, the original's, by its name and with TLS:
//! so the name leads here, for the one process, to a door with a certificate that this process trusts.

use std::net::SocketAddr;

use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio_rustls::TlsAcceptor;

use crate::support::client::{Drive, Language};
use crate::support::ledger::rows;
use crate::support::process::{Installation, Process};
use crate::support::{Database, certificate, until};

/// The original.
const NAME: &str = "api.octopush.com";

/// A running installation whose workspace can send, and the door before it.
struct Shop {
    _server: Process,
    key: String,
    port: u16,
    authority: String,
    installation: Installation,
    _runtime: Runtime,
}

impl Shop {
    fn open(database: Database) -> Shop {
        let installation = Installation::new(database);
        let command = |line: &str| installation.command(&line.split(' ').collect::<Vec<_>>());
        command("workspace add shop");
        command("credit add --workspace shop --amount 100");
        command("carrier add --workspace shop --kind handset --address 12345");
        command("person add --workspace shop --kind agent --external-id ada --email Ada@example.com");
        let key = command("token add --workspace shop --person ada")["token"].as_str().unwrap().to_owned();
        let server = installation.start();
        let runtime = Runtime::new().unwrap();
        let inside = server.url.trim_start_matches("http://").parse().unwrap();
        let (port, pem) = runtime.block_on(open_door(inside));
        let authority = installation.data.path().join("authority.pem");
        std::fs::write(&authority, pem).unwrap();
        let authority = authority.display().to_string();
        Shop { _server: server, key, port, authority, installation, _runtime: runtime }
    }

    /// Runs a script with a client; what has been sent in its name.
    fn drive(&self, language: Language, script: &str) -> Option<Vec<Vec<String>>> {
        let mut drive = Drive::prepare(language, "octopush")?;
        drive.environment = vec![("NODE_EXTRA_CA_CERTS".into(), self.authority.clone())];
        let setting = json!({
            "login": "ada@example.com", "key": self.key, "port": self.port, "authority": self.authority,
        });
        drive.run(script, &setting);
        until("everything to arrive", || {
            let arrived = self.arrived();
            !arrived.is_empty() && arrived.iter().all(|delivery| delivery == "delivered")
        });
        let sent = "SELECT text, product, purpose, CAST(recipient_count AS TEXT) FROM campaign ORDER BY text";
        Some(rows(&self.installation.database, sent))
    }

    /// How far each text came.
    fn arrived(&self) -> Vec<String> {
        let deliveries = rows(&self.installation.database, "SELECT COALESCE(delivery, '') FROM message");
        deliveries.into_iter().flatten().collect()
    }
}

/// Passes on what is said behind TLS. Where, and who vouches for it.
async fn open_door(inside: SocketAddr) -> (u16, String) {
    let (acceptor, authority) = certificate(NAME);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((outside, _)) = listener.accept().await {
            tokio::spawn(pass(outside, inside, acceptor.clone()));
        }
    });
    (port, authority)
}

async fn pass(outside: TcpStream, inside: SocketAddr, acceptor: TlsAcceptor) {
    let Ok(mut outside) = acceptor.accept(outside).await else { return };
    let mut inside = TcpStream::connect(inside).await.unwrap();
    let _ = tokio::io::copy_bidirectional(&mut outside, &mut inside).await;
}

fn apprise(database: Database) {
    let shop = Shop::open(database);
    let Some(sent) = shop.drive(Language::Python, "notify.py") else { return };
    let expected =
        [["One to one", "sms_premium", "alert", "1"], ["One to two, ça va ?", "sms_low_cost", "alert", "2"]];
    assert_eq!(sent, expected);
}

fn uptime_kuma(database: Database) {
    let shop = Shop::open(database);
    let Some(sent) = shop.drive(Language::JavaScript, "monitor.mjs") else { return };
    assert_eq!(sent, [["[Shop] [ Down] timeout of 48000ms exceeded", "sms_premium", "alert", "1"]]);
}

#[test]
fn apprise_sends_sqlite() {
    apprise(Database::sqlite());
}

#[test]
fn apprise_sends_postgres() {
    Database::postgres().into_iter().for_each(apprise);
}

#[test]
fn uptime_kuma_sends_sqlite() {
    uptime_kuma(Database::sqlite());
}

#[test]
fn uptime_kuma_sends_postgres() {
    Database::postgres().into_iter().for_each(uptime_kuma);
}
