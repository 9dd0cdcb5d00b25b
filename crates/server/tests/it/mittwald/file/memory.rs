//! An upload and a download are never in memory as a whole, seen from outside: the real binary, and the most memory it
//! ever had.

use reqwest::RequestBuilder;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use super::bucket::noise;
use super::text;
use crate::support::Database;
use crate::support::process::{Installation, Process};

/// A file nearly as large as one may be, in bytes.
const BYTES: usize = 26_000_000;

/// What the process may grow by while it passes, in KiB: far less than the file.
const GROWTH_MAX_KIB: u64 = 12 * 1024;

/// The most memory that the process ever had, in KiB, as Linux tells it (proc(5), `VmHWM`).
fn peak_kib(server: &Process) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// A person who sends files to a conversation of theirs, and reads them.
struct Sender<'s> {
    server: &'s Process,
    token: String,
    conversation: String,
}

impl<'s> Sender<'s> {
    async fn begin(server: &'s Process, token: String) -> Sender<'s> {
        let mut sender = Sender { server, token, conversation: String::new() };
        let order = json!({"source": {"type": "ORDER", "id": "o"}, "recipientId": "bob", "body": "Hello"});
        sender.conversation = text(&told(sender.ask("POST", "/conversations").json(&order)).await, "id");
        sender
    }

    fn ask(&self, method: &str, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.server.url);
        crate::support::client().request(method.parse().unwrap(), url).bearer_auth(&self.token)
    }

    /// Sends a file and reads it again.
    async fn pass(&self, name: &'static str, bytes: Vec<u8>) {
        let files = format!("/v2/conversations/{}/files", self.conversation);
        let ticket = told(self.ask("POST", &files)).await;
        let form = Form::new().part("file", Part::bytes(bytes.clone()).file_name(name));
        let sent =
            self.ask("POST", "/v2/files").header("token", text(&ticket, "uploadToken")).multipart(form);
        let id = text(&told(sent).await, "id");
        let access = told(self.ask("GET", &format!("{files}/{id}/access-token"))).await;
        let read = self.ask("GET", &format!("/v2/files/{id}")).header("token", text(&access, "accessToken"));
        assert!(read.send().await.unwrap().bytes().await.unwrap() == bytes);
    }
}

async fn told(request: RequestBuilder) -> Value {
    request.send().await.unwrap().error_for_status().unwrap().json().await.unwrap()
}

#[test]
#[cfg(target_os = "linux")]
fn a_file_of_25_mb_is_never_in_memory_as_a_whole() {
    let installation = Installation::new(Database::sqlite());
    let tokens = installation.shop(&["ada", "bob"]);
    let server = installation.start();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let ada = Sender::begin(&server, tokens[0].clone()).await;
        ada.pass("small.gz", noise(100_000)).await;
        let before = peak_kib(&server);
        ada.pass("large.gz", noise(BYTES)).await;
        let growth = peak_kib(&server) - before;
        assert!(growth < GROWTH_MAX_KIB, "{growth} KiB");
    });
}
