//! A workspace with one short code, and an agent who answers whoever writes to it.

use serde_json::{Value, json};

use crate::support::ledger::rows;
use crate::support::process::{Installation, Process};
use crate::support::{Database, Smsc, client, until};

/// Somebody's telephone, as a service centre spells it, and as we do.
pub(super) const PHONE: &str = "33600000001";
pub(super) const E164: &str = "+33600000001";
/// Our address.
pub(super) const CODE: &str = "12345";

/// A running installation whose carrier is a service centre.
pub(super) struct Shop {
    pub(super) smsc: Smsc,
    pub(super) server: Process,
    pub(super) installation: Installation,
    pub(super) token: String,
}

impl Shop {
    pub(super) fn open(database: Database, smsc: Smsc) -> Shop {
        Shop::open_with(database, smsc, "")
    }

    /// A shop whose carrier has more parameters in its URL.
    pub(super) fn open_with(database: Database, smsc: Smsc, parameters: &str) -> Shop {
        let url = smsc.url(parameters);
        let shop = Shop::open_at(Installation::new(database), smsc, &url);
        shop.smsc.bound();
        shop
    }

    /// A shop whose carrier is reached at this URL, or is not.
    pub(super) fn open_at(installation: Installation, smsc: Smsc, url: &str) -> Shop {
        installation.command(&["workspace", "add", "shop", "--billing", "off"]);
        let agent = "person add --workspace shop --kind agent --external-id eve";
        installation.command(&agent.split(' ').collect::<Vec<_>>());
        let token = installation.command(&["token", "add", "--workspace", "shop", "--person", "eve"]);
        let token = token["token"].as_str().expect("a token").to_owned();
        let server = installation.start();
        // While the server runs: it begins to speak with the carrier without being told.
        let carrier =
            ["carrier", "add", "--workspace", "shop", "--kind", "smpp", "--address", CODE, "--url", url];
        installation.command(&carrier);
        Shop { smsc, server, installation, token }
    }

    /// What was said in all conversations, in order.
    pub(super) fn said(&self) -> Vec<String> {
        let all = rows(&self.installation.database, "SELECT body FROM message ORDER BY created_at, id");
        all.into_iter().flatten().collect()
    }

    /// The texts that we sent, and what is known of their arrival.
    pub(super) fn deliveries(&self) -> Vec<Vec<String>> {
        let sql = "SELECT body, delivery FROM message WHERE delivery IS NOT NULL ORDER BY created_at, id";
        rows(&self.installation.database, sql)
    }

    /// Waits until a text of ours has come so far.
    pub(super) fn until_delivery(&self, text: &str, delivery: &str) {
        let wanted = [text.to_owned(), delivery.to_owned()];
        until(&format!("{text:?} to be {delivery}"), || {
            self.deliveries().iter().any(|row| row[..] == wanted)
        });
    }

    /// How the carrier stands.
    pub(super) fn standing(&self) -> Value {
        self.installation.command(&["carrier", "list", "--workspace", "shop"])[0].clone()
    }

    /// Somebody's text comes in and is stored.
    pub(super) fn hear(&self, text: &str) {
        let delivered = json!({"from": PHONE, "to": CODE, "text": text});
        assert_eq!(self.smsc.deliver(text, &delivered), 0, "{text:?} is taken");
    }

    /// The agent answers in the conversation with whoever wrote first.
    pub(super) fn answer(&self, text: &str) {
        let conversations = self.ask(reqwest::Method::GET, "/v2/conversations", None);
        let id = conversations[0]["conversationId"].as_str().expect("a conversation").to_owned();
        let body = json!({ "messageContent": text });
        self.ask(reqwest::Method::POST, &format!("/v2/conversations/{id}/messages"), Some(&body));
    }

    fn ask(&self, method: reqwest::Method, path: &str, body: Option<&Value>) -> Value {
        let runtime = tokio::runtime::Runtime::new().expect("threads");
        runtime.block_on(async {
            let request =
                client().request(method, format!("{}{path}", self.server.url)).bearer_auth(&self.token);
            let request = if let Some(body) = body { request.json(body) } else { request };
            let answer = request.send().await.expect("the server answers");
            let (status, text) = (answer.status(), answer.text().await.expect("the answer has an end"));
            assert!(status.is_success(), "{path}: {status} {text}");
            serde_json::from_str(&text).expect("the answer is JSON")
        })
    }
}
