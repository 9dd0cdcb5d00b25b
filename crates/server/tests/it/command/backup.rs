//! What was backed up while people talked comes back whole, and what is damaged does not come back at all.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::JoinHandle;

use parlance_server::backup;
use proptest::prelude::*;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use super::site::{Server, Site, on_every_site};

/// A served site and somebody with a token.
struct Caller {
    url: String,
    token: String,
    client: reqwest::Client,
    runtime: Runtime,
}

impl Caller {
    /// Starts the server on a port that was free a moment ago.
    fn serve(site: &Site, token: &str) -> (Server, Caller) {
        let door = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
        let mut command = site.command(&["serve"]);
        command.env("PARLANCE_LISTEN", &door);
        let client =
            reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build();
        let caller = Caller {
            url: format!("http://{door}"),
            token: token.to_owned(),
            client: client.unwrap(),
            runtime: Runtime::new().unwrap(),
        };
        (site.serve_as(command), caller)
    }

    fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> Value {
        let url = if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.url) };
        let mut request = self.client.request(method, url).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(body);
        }
        self.runtime.block_on(async {
            let answer = request.send().await.unwrap().error_for_status().unwrap();
            serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap_or_default()
        })
    }

    /// A conversation with Bob about this order, and its first message.
    fn start(&self, order: &str) -> (String, String) {
        let start = json!({"source": {"type": "ORDER", "id": order}, "recipientId": "bob", "body": "m0."});
        let begun = self.ask(Method::POST, "/conversations", Some(&start));
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        (text(&begun["id"]), text(&begun["lastMessage"]["id"]))
    }

    /// Hangs a picture on a message; its URL.
    fn attach(&self, conversation: &str, message: &str) -> String {
        let path = format!("/conversations/{conversation}/messages/{message}/attachments");
        let draft = self.ask(Method::POST, &path, Some(&json!({})));
        let upload = self.client.put(draft["uploadURL"].as_str().unwrap()).body(png());
        self.runtime.block_on(upload.send()).unwrap().error_for_status().unwrap();
        let attached = self.ask(Method::PATCH, &path, Some(&json!({"id": draft["id"]})));
        attached["url"].as_str().unwrap().to_owned()
    }

    /// The bodies of all messages of a conversation.
    fn bodies(&self, conversation: &str) -> Vec<String> {
        let mut bodies = Vec::new();
        for page in 1.. {
            let path = format!("/conversations/{conversation}/messages?size=100&page={page}");
            let shown = self.ask(Method::GET, &path, None);
            let shown = shown.as_array().unwrap();
            bodies.extend(shown.iter().map(|message| message["body"].as_str().unwrap().to_owned()));
            if shown.len() < 100 {
                break;
            }
        }
        bodies
    }
}

fn png() -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::RgbImage::new(3, 2).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// Somebody who does not stop talking.
struct Talk {
    acknowledged: Arc<AtomicUsize>,
    enough: Arc<AtomicBool>,
    talking: JoinHandle<()>,
}

impl Talk {
    fn begin(caller: Caller, conversation: String) -> Talk {
        let (acknowledged, enough) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
        let (count, stop) = (acknowledged.clone(), enough.clone());
        let talking = std::thread::spawn(move || {
            let path = format!("/conversations/{conversation}/messages");
            while !stop.load(Ordering::SeqCst) {
                let next = count.load(Ordering::SeqCst) + 1;
                caller.ask(Method::POST, &path, Some(&json!({"body": format!("m{next}.")})));
                count.store(next, Ordering::SeqCst);
            }
        });
        Talk { acknowledged, enough, talking }
    }

    /// How many messages were answered, at least this many.
    fn at_least(&self, count: usize) -> usize {
        while self.acknowledged.load(Ordering::SeqCst) < count {
            assert!(!self.talking.is_finished(), "nobody talks any more");
            std::thread::yield_now();
        }
        self.acknowledged.load(Ordering::SeqCst)
    }

    fn end(self) {
        self.enough.store(true, Ordering::SeqCst);
        self.talking.join().unwrap();
    }
}

/// Founds a shop with Ada and Bob in it; Ada's token.
fn found(site: &Site) -> String {
    site.json("workspace add shop");
    for name in ["ada", "bob"] {
        site.json(&format!(
            "person add --workspace shop --kind customer --external-id {name} --username {name}"
        ));
    }
    let token = site.json("token add --workspace shop --person ada");
    token["token"].as_str().unwrap().to_owned()
}

/// Backs a site up under load, restores it into `into`, and looks at what came back.
fn goes_there_and_back(site: &Site, into: &Site) {
    let token = found(site);
    let folder = into.data().with_file_name("kept");
    let (server, ada) = Caller::serve(site, &token);
    let (conversation, message) = ada.start("o-1");
    ada.attach(&conversation, &message);
    let talk = Talk::begin(ada, conversation.clone());
    let before = talk.at_least(20);
    let kept = site.json(&format!("backup {}", folder.display()));
    let after = talk.at_least(before + 5);
    talk.end();
    server.stop();
    assert_eq!(kept["backup"]["files"]["count"], 1);

    let restored = into.json(&format!("restore {}", folder.display()));
    assert_eq!(restored["backup"], kept["backup"]);
    let health = into.json("doctor");
    assert_eq!(health["ok"], true, "{health:#}");
    let (server, ada) = Caller::serve(into, &token);
    let bodies = ada.bodies(&conversation);
    let expected: Vec<String> = (0..bodies.len()).rev().map(|number| format!("m{number}.")).collect();
    assert_eq!(bodies, expected, "an unbroken beginning of what was said");
    assert!(bodies.len() > before, "{before} were answered before, {after} after, {} are back", bodies.len());
    let health = into.json("doctor");
    assert_eq!(health["ok"], true, "{health:#}");
    drop(server);
}

#[test]
fn a_backup_under_load_comes_back_consistent_on_sqlite() {
    goes_there_and_back(&Site::on_sqlite(), &Site::on_sqlite());
}

#[test]
fn a_backup_under_load_comes_back_consistent_on_postgres() {
    if let (Some(site), Some(into)) = (Site::on_postgres(), Site::on_postgres()) {
        goes_there_and_back(&site, &into);
    }
}

#[test]
fn a_backup_of_either_database_comes_back_in_the_other() {
    if let (Some(site), Some(into)) = (Site::on_postgres(), Site::on_postgres()) {
        goes_there_and_back(&site, &Site::on_sqlite());
        goes_there_and_back(&Site::on_sqlite(), &into);
    }
}

/// A backup with a picture in it, and the site it was made of.
fn kept() -> (Site, PathBuf) {
    let site = Site::on_sqlite();
    let token = found(&site);
    let (server, ada) = Caller::serve(&site, &token);
    let (conversation, message) = ada.start("o-1");
    ada.attach(&conversation, &message);
    let folder = site.data().with_file_name("kept");
    site.json(&format!("backup {}", folder.display()));
    server.stop();
    (site, folder)
}

fn files_in(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files_in(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

fn check(folder: &Path) -> Result<(), String> {
    backup::check(folder, &mut |_| {}).map(drop).map_err(|failure| failure.message)
}

/// Runs `damage` on one file of the backup, sees that it is noticed, and puts the file back.
fn expect_noticed(folder: &Path, path: &Path, damage: impl FnOnce(&Path, &[u8])) {
    let before = fs::read(path).unwrap();
    damage(path, &before);
    let told = check(folder);
    fs::write(path, before).unwrap();
    assert!(told.is_err(), "damage of {} went unnoticed", path.display());
}

#[test]
fn damage_anywhere_in_a_backup_is_noticed() {
    let (_site, folder) = kept();
    let files = files_in(&folder);
    assert_eq!(files.len(), 4);
    check(&folder).unwrap();
    let place = (0..files.len(), any::<prop::sample::Index>(), 0..8_u32);
    proptest!(ProptestConfig::with_cases(300), |((file, at, bit) in place)| {
        expect_noticed(&folder, &files[file], |path, bytes| {
            let mut bytes = bytes.to_vec();
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
            fs::write(path, bytes).unwrap();
        });
    });
    for path in &files {
        expect_noticed(&folder, path, |path, _| fs::remove_file(path).unwrap());
        expect_noticed(&folder, path, |path, bytes| fs::write(path, &bytes[..bytes.len() - 1]).unwrap());
        expect_noticed(&folder, path, |path, bytes| fs::write(path, [bytes, b"\n"].concat()).unwrap());
    }
    let sums = folder.join("SHA256SUMS");
    let lines = fs::read_to_string(&sums).unwrap();
    for line in lines.lines() {
        expect_noticed(&folder, &sums, |path, _| {
            fs::write(path, lines.replace(&format!("{line}\n"), "")).unwrap();
        });
    }
    check(&folder).unwrap();
}

#[test]
fn coreutils_understand_the_sums() {
    let (_site, folder) = kept();
    let checked = std::process::Command::new("sha256sum")
        .args(["--check", "--strict", "SHA256SUMS"])
        .current_dir(&folder)
        .output()
        .unwrap();
    assert!(checked.status.success(), "{checked:?}");
}

#[test]
fn a_damaged_backup_is_refused_with_what_is_wrong_and_leaves_nothing() {
    let (_site, folder) = kept();
    let picture = files_in(&folder).into_iter().find(|path| path.starts_with(folder.join("files"))).unwrap();
    let mut bytes = fs::read(&picture).unwrap();
    bytes[10] ^= 1;
    fs::write(&picture, bytes).unwrap();
    let into = Site::on_sqlite();
    let (code, message) = into.run(&format!("restore {} --json", folder.display())).error();
    assert_eq!(code, "conflict");
    assert!(message.contains(picture.file_name().unwrap().to_str().unwrap()), "{message}");
    let left: Vec<_> =
        files_in(&into.data()).iter().map(|path| path.file_name().unwrap().to_owned()).collect();
    assert_eq!(left, ["parlance.lock"]);
}

#[test]
fn nothing_is_restored_over_what_is_there() {
    let (site, folder) = kept();
    let restore = format!("restore {} --json", folder.display());
    let before = fs::read(site.data().join("parlance.db")).unwrap();
    let (code, message) = site.run(&restore).error();
    assert_eq!((code.as_str(), message.contains("files already")), ("conflict", true), "{message}");
    fs::remove_dir_all(site.data().join("files")).unwrap();
    let (code, message) = site.run(&restore).error();
    assert_eq!((code.as_str(), message.contains("exists already")), ("conflict", true), "{message}");
    assert_eq!(fs::read(site.data().join("parlance.db")).unwrap(), before);
    let server = site.serve();
    let (code, message) = site.run(&restore).error();
    assert_eq!((code.as_str(), message.contains("a server runs")), ("unavailable", true), "{message}");
    drop(server);
    if let Some(into) = Site::on_postgres() {
        into.json("workspace add other");
        let (code, message) = into.run(&restore).error();
        assert_eq!((code.as_str(), message.contains("in use")), ("conflict", true), "{message}");
    }
}

on_every_site! {
    fn a_backup_is_a_new_folder_or_nothing(site: &Site) {
        site.json("workspace add shop");
        let folder = site.data().with_file_name("kept");
        fs::create_dir(&folder).unwrap();
        assert_eq!(site.run("backup kept --json").error().0, "conflict");
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
        fs::remove_dir(&folder).unwrap();
        assert_eq!(site.run("backup no/such/folder --json").error().0, "unavailable");
        let kept = site.json("backup kept");
        assert_eq!(kept["folder"], folder.to_str().unwrap());
        check(&folder).unwrap();
        let mode = |path: &Path| std::os::unix::fs::PermissionsExt::mode(&fs::metadata(path).unwrap().permissions()) & 0o777;
        assert_eq!(mode(&folder), 0o700);
        assert!(files_in(&folder).iter().all(|path| mode(path) == 0o600));
    }
}

#[test]
fn a_missing_file_is_named_and_nothing_is_backed_up() {
    let (site, folder) = kept();
    let kept = files_in(&folder.join("files")).remove(0);
    let id = kept.file_name().unwrap().to_str().unwrap();
    let bytes = site.data().join("files").join(&id[34..]).join(id);
    fs::remove_file(bytes).unwrap();
    let (code, message) = site.run("backup again --json").error();
    assert_eq!((code.as_str(), message.contains(id)), ("conflict", true), "{message}");
    assert!(!site.data().with_file_name("again").exists());
    let health = site.run("doctor --json").json(1);
    let files =
        health["findings"].as_array().unwrap().iter().find(|finding| finding["check"] == "files").unwrap();
    assert_eq!(files["state"], "problem");
    assert!(files["seen"].as_str().unwrap().contains(id));
}
