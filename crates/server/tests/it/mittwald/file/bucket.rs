//! The same with files in a bucket.

use parlance_server::config::{Config, Secret};
use reqwest::Method;
use serde_json::Value;

use super::{Desk, look, send, text};
use crate::support::process::Installation;
use crate::support::s3::Store;
use crate::support::{Database, Server, until};

fn server(store: &Store) -> Server {
    Server::configured(Database::sqlite(), |config| configure(config, store))
}

fn configure(config: &mut Config, store: &Store) {
    config.s3.bucket = "files".into();
    config.s3.prefix = "a/b".into();
    config.s3.endpoint = store.endpoint.clone();
    config.s3.allow_http = true;
    config.s3.access_key_id = "key".into();
    config.s3.secret_access_key = Secret::new("secret");
}

/// The same in the environment of the binary.
fn environment(store: &Store) -> Vec<(String, String)> {
    [
        ("PARLANCE_S3_BUCKET", "files"),
        ("PARLANCE_S3_ENDPOINT", &store.endpoint),
        ("PARLANCE_S3_ALLOW_HTTP", "true"),
        ("AWS_ACCESS_KEY_ID", "key"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec()
}

/// A gzip file of this many incompressible bytes and some.
pub fn noise(bytes: usize) -> Vec<u8> {
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let next = |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    };
    let bytes: Vec<u8> = (0..bytes / 8).flat_map(next).collect();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
    std::io::Write::write_all(&mut gzip, &bytes).unwrap();
    gzip.finish().unwrap()
}

#[test]
fn files_lie_in_the_bucket_and_are_read_and_swept_there() {
    let Some(store) = Store::start() else { return };
    let server = &server(&store);
    let desk = Desk::open(server);
    let file = desk.hung("a.txt", b"0123456789");
    let id = text(&file, "id");
    assert_eq!(store.names(), [format!("a/b/{}/{id}", &id[34..])]);
    let path = format!("/v2/files/{id}");
    let key = desk.key(&desk.agent, &file);
    assert_eq!(look(server, &path, &[("token", &key)]).expect_bytes(200), b"0123456789");
    let part = look(server, &path, &[("token", &key), ("range", "bytes=3-5")]);
    assert_eq!((part.status.as_u16(), part.body.as_slice()), (206, &b"345"[..]));
    let picture = send(server, &desk.token(&desk.ada), "a.png", &super::png()).expect(201);
    assert_eq!(store.names().len(), 2);

    let refused = send(server, &desk.token(&desk.ada), "a.txt", b"<svg/>");
    assert_eq!((refused.status.as_u16(), store.names().len()), (422, 2));
    server.clock.forward(24 * 60 * 60 + 1);
    // A server sweeps when it starts.
    let _node = server.another_node_with(|config| configure(config, &store));
    until("the sweep", || store.names().len() == 1);
    assert_eq!(store.names(), [format!("a/b/{}/{id}", &id[34..])], "{picture} hung on nothing");
}

#[test]
fn a_large_file_goes_into_the_bucket_in_parts() {
    let Some(store) = Store::start() else { return };
    let server = &server(&store);
    let desk = Desk::open(server);
    let bytes = noise(12 << 20);
    let file = desk.hung("a.gz", &bytes);
    let path = format!("/v2/files/{}", text(&file, "id"));
    let key = desk.key(&desk.ada, &file);
    assert!(look(server, &path, &[("token", &key)]).expect_bytes(200) == bytes);
    assert!(!store.has_unfinished());
}

#[test]
fn a_store_that_is_out_of_order_is_503_and_a_file_that_is_gone_is_a_defect() {
    let Some(store) = Store::start() else { return };
    let server = &server(&store);
    let desk = Desk::open(server);
    let file = desk.hung("a.txt", b"x");
    let (path, key) = (format!("/v2/files/{}", text(&file, "id")), desk.key(&desk.ada, &file));
    store.delete(&store.names()[0]);
    assert_eq!(look(server, &path, &[("token", &key)]).status, 500);
    store.delete("");
    let token = desk.token(&desk.ada);
    assert_eq!(look(server, &path, &[("token", &key)]).status, 503, "no bucket is not no file");
    assert_eq!(send(server, &token, "a.txt", b"x").status, 503);
    drop(store);
    assert_eq!(send(server, &token, "a.txt", b"x").status, 503);
    server.send(server.request(Method::GET, "/v2/file-upload-types/conversation/rules")).expect(200);
}

#[test]
fn backup_and_doctor_know_that_the_files_lie_in_a_bucket() {
    let Some(store) = Store::start() else { return };
    let mut installation = Installation::new(Database::sqlite());
    installation.environment = environment(&store);
    let token = installation.shop(&["ada"]).remove(0);
    let server = installation.start();
    let name = portrait(&server.url, &token);
    assert_eq!(store.names(), [format!("{}/{name}", &name[34..])]);

    let finding = |finding: &Value| finding["check"] == "files";
    let files = || {
        installation.command(&["doctor"])["findings"].as_array().unwrap().iter().find(|f| finding(f)).cloned()
    };
    let well = files().unwrap();
    assert_eq!(
        (&well["state"], &well["seen"]),
        (&"ok".into(), &"all 1 attached files are there, in the bucket files".into())
    );
    let folder = tempfile::tempdir().unwrap();
    let backup = folder.path().join("backup");
    let told = installation.command(&["backup", backup.to_str().unwrap()]);
    assert_eq!((&told["backup"]["bucket"], &told["backup"]["files"]["count"]), (&"files".into(), &0.into()));
    drop(server);

    let mut elsewhere = Installation::new(Database::sqlite());
    let restore = ["restore", backup.to_str().unwrap()];
    assert!(elsewhere.refused(&restore).contains("lie in the bucket files"));
    elsewhere.environment = environment(&store);
    assert_eq!(elsewhere.command(&restore)["backup"]["bucket"], "files");
    store.delete(&store.names()[0]);
    let server = elsewhere.start();
    assert!(elsewhere.refused(&["doctor"]).is_empty(), "it says what is wrong on standard output");
    drop(server);
}

/// A picture of the bearer's; its id.
fn portrait(url: &str, token: &str) -> String {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let client = crate::support::client();
        let ask = client.post(format!("{url}/v2/users/self/avatar")).bearer_auth(token);
        let ticket: Value = ask.send().await.unwrap().json().await.unwrap();
        let part = reqwest::multipart::Part::bytes(super::png()).file_name("me.png");
        let form = reqwest::multipart::Form::new().part("file", part);
        let sent =
            client.post(format!("{url}/v2/files")).header("token", text(&ticket, "refId")).multipart(form);
        let file: Value = sent.send().await.unwrap().json().await.unwrap();
        text(&file, "id")
    })
}
