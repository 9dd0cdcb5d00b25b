//! What was acknowledged, against what is stored: the promise that every crash and fault is held to.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use parlance_engine::db::Address;
use serde_json::json;

use super::Database;

/// Conversations that are written into, each by its own client.
pub struct Ledger {
    tokens: Vec<String>,
    conversations: Vec<String>,
    acknowledged: Arc<Mutex<Vec<String>>>,
    refused: Arc<AtomicUsize>,
    loads: usize,
}

/// Clients that are writing.
pub struct Load {
    stop: Arc<AtomicBool>,
    threads: Vec<std::thread::JoinHandle<()>>,
}

impl Ledger {
    /// Begins a conversation of each token's owner with `recipient`.
    pub fn open(url: &str, tokens: &[String], recipient: &str) -> Ledger {
        let begin = |(n, token): (usize, &String)| {
            let order = json!({"source": {"type": "ORDER", "id": format!("o-{n}")}, "recipientId": recipient, "body": "first"});
            let (status, body) = post(&client(), url, token, "/conversations", &order).expect("an answer");
            assert_eq!(status, 201, "{body}");
            body["id"].as_str().expect("an id").to_owned()
        };
        let conversations = tokens.iter().enumerate().map(begin).collect();
        Ledger {
            tokens: tokens.to_vec(),
            conversations,
            acknowledged: Arc::default(),
            refused: Arc::default(),
            loads: 0,
        }
    }

    /// One client for each conversation says one thing after the other until it is stopped, or until the server is gone.
    pub fn load(&mut self, url: &str) -> Load {
        let stop = Arc::new(AtomicBool::new(false));
        self.loads += 1;
        let clients =
            self.tokens.iter().zip(&self.conversations).enumerate().map(|(n, (token, conversation))| {
                let client = Client {
                    url: url.to_owned(),
                    token: token.clone(),
                    path: format!("/conversations/{conversation}/messages"),
                    name: format!("load {} client {n}", self.loads),
                    acknowledged: Arc::clone(&self.acknowledged),
                    refused: Arc::clone(&self.refused),
                    stop: Arc::clone(&stop),
                };
                std::thread::spawn(move || client.run())
            });
        let threads = clients.collect();
        Load { stop, threads }
    }

    /// How many messages were acknowledged so far.
    fn count(&self) -> usize {
        self.acknowledged.lock().unwrap().len()
    }

    /// How many messages the server was too busy for.
    pub fn refused(&self) -> usize {
        self.refused.load(Ordering::Relaxed)
    }

    /// Waits until this many more messages are acknowledged.
    pub fn wait_for(&self, more: usize) {
        let goal = self.count() + more;
        self.until(|ledger| ledger.count() >= goal);
    }

    /// Waits until it is so, but not for ever.
    pub fn until(&self, is_so: impl Fn(&Ledger) -> bool) {
        let begun = Instant::now();
        while !is_so(self) {
            assert!(begun.elapsed() < Duration::from_secs(60), "the server does not get there in a minute");
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Holds what is stored against what was acknowledged: all of it once, nothing twice, no holes, right counters.
    pub fn check(&self, database: &Database) {
        let stored = rows(database, "SELECT body, conversation, idx FROM message WHERE body <> 'first'");
        let mut times: HashMap<&str, usize> = HashMap::new();
        for row in &stored {
            *times.entry(&row[0]).or_default() += 1;
        }
        assert!(times.values().all(|n| *n == 1), "a message is stored twice");
        let acknowledged = self.acknowledged.lock().unwrap();
        let lost: Vec<&String> =
            acknowledged.iter().filter(|body| !times.contains_key(body.as_str())).collect();
        assert!(lost.is_empty(), "{} acknowledged messages are lost, such as {:?}", lost.len(), lost[0]);
        for (rule, sql) in RULES {
            assert_eq!(rows(database, sql), Vec::<Vec<String>>::new(), "{rule}");
        }
    }
}

/// What must find nothing, in SQL that both databases know.
const RULES: &[(&str, &str)] = &[
    (
        "messages are numbered 1, 2, 3 … without holes",
        "SELECT c.id, CAST(c.message_count AS TEXT) FROM conversation c
         WHERE c.message_count <> (SELECT COUNT(*) FROM message m WHERE m.workspace = c.workspace AND m.conversation = c.id)
            OR c.message_count <> (SELECT MAX(m.idx) FROM message m WHERE m.workspace = c.workspace AND m.conversation = c.id)",
    ),
    (
        "what is unread is counted right",
        "SELECT p.conversation, p.person FROM participant p
         WHERE p.unread <> (SELECT COUNT(*) FROM message m WHERE m.workspace = p.workspace
                            AND m.conversation = p.conversation AND m.idx > p.read_index AND m.author <> p.person)",
    ),
    (
        "an inbox has the sum of its conversations unread",
        "SELECT i.person, CAST(i.unread AS TEXT) FROM inbox i
         WHERE i.unread <> (SELECT CAST(SUM(p.unread) AS BIGINT) FROM participant p
                            WHERE p.workspace = i.workspace AND p.person = i.person)",
    ),
    (
        "every message has its event, and no event is without its message",
        "SELECT k.event_seq, k.event_seq FROM counter k
         WHERE (SELECT COUNT(*) FROM event e WHERE e.kind = 'message.posted') <> (SELECT COUNT(*) FROM message)",
    ),
    (
        "events are numbered without holes",
        "SELECT k.event_seq, k.event_seq FROM counter k
         WHERE k.event_seq <> (SELECT COUNT(*) FROM event e WHERE e.workspace = k.workspace)",
    ),
];

struct Client {
    url: String,
    token: String,
    path: String,
    name: String,
    acknowledged: Arc<Mutex<Vec<String>>>,
    refused: Arc<AtomicUsize>,
    stop: Arc<AtomicBool>,
}

impl Client {
    /// Never says the same twice: what was not acknowledged may be stored or not, but never twice.
    fn run(&self) {
        let client = client();
        for n in 0.. {
            if self.stop.load(Ordering::Relaxed) {
                return;
            }
            let body = format!("{} message {n}", self.name);
            match post(&client, &self.url, &self.token, &self.path, &json!({ "body": body })) {
                Some((201, _)) => self.acknowledged.lock().unwrap().push(body),
                Some((503, answer)) => {
                    assert_eq!(answer["code"], "busy", "{answer}");
                    self.refused.fetch_add(1, Ordering::Relaxed);
                }
                Some((status, answer)) => panic!("{status}: {answer}"),
                None => return,
            }
        }
    }
}

impl Load {
    /// Stops the clients, whose last requests are answered first.
    pub fn stop(self) {
        self.stop.store(true, Ordering::Relaxed);
        self.join();
    }

    /// Waits for clients whose server is gone.
    pub fn join(self) {
        for thread in self.threads {
            thread.join().expect("a client saw nothing it should not see");
        }
    }
}

/// `None` when the server is gone.
fn post(
    client: &Runtime,
    url: &str,
    token: &str,
    path: &str,
    body: &serde_json::Value,
) -> Option<(u16, serde_json::Value)> {
    client.0.block_on(async {
        let request = client.1.post(format!("{url}{path}")).bearer_auth(token).json(body);
        let answer = request.send().await.ok()?;
        let status = answer.status().as_u16();
        Some((status, answer.json().await.ok()?))
    })
}

struct Runtime(tokio::runtime::Runtime, reqwest::Client);

fn client() -> Runtime {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    Runtime(runtime, super::client())
}

/// The rows of a statement, each column as text.
pub fn rows(database: &Database, sql: &str) -> Vec<Vec<String>> {
    match &database.address {
        Address::Sqlite(path) => {
            let db = rusqlite::Connection::open(path).expect("the database opens");
            let mut statement = db.prepare(sql).expect("the statement is right");
            let width = statement.column_count();
            let read = |row: &rusqlite::Row<'_>| (0..width).map(|n| row.get_ref(n).map(shown)).collect();
            statement.query_map([], read).expect("rows").collect::<Result<_, _>>().expect("rows")
        }
        Address::Postgres(url) => {
            let mut db = postgres::Client::connect(url, postgres::NoTls).expect("the database opens");
            let messages = db.simple_query(sql).expect("the statement is right");
            let row = |message| match message {
                postgres::SimpleQueryMessage::Row(row) => {
                    Some((0..row.len()).map(|n| row.get(n).unwrap_or_default().to_owned()).collect())
                }
                _ => None,
            };
            messages.into_iter().filter_map(row).collect()
        }
    }
}

fn shown(value: rusqlite::types::ValueRef<'_>) -> String {
    use rusqlite::types::ValueRef as V;
    match value {
        V::Null => String::new(),
        V::Integer(n) => n.to_string(),
        V::Text(text) => String::from_utf8_lossy(text).into_owned(),
        other => format!("{other:?}"),
    }
}
