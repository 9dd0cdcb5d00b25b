//! An S3-compatible store of a test's own: moto's server, from PyPI, in a virtual environment under `target/`.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// What is installed, each at one version.
const PACKAGES: [&str; 3] = ["moto[s3]==5.2.5", "flask==3.1.3", "flask-cors==6.0.5"];

/// The folder of the environment; another version of the packages is another folder.
const FOLDER: &str = "s3-store-5.2.5";

/// What moto takes for a signature: it looks for one, and not into it.
const SIGNED: &str =
    "AWS4-HMAC-SHA256 Credential=key/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0";

/// A running store. It ends when it is dropped.
pub struct Store {
    process: Child,
    pub endpoint: String,
}

impl Store {
    /// `None`, said loudly, when there is no Python or no network; a failure when `CI` is set.
    pub fn start() -> Option<Store> {
        let Some(python) = python() else {
            assert!(
                std::env::var_os("CI").is_none(),
                "moto cannot be installed: this needs python3-venv and PyPI"
            );
            eprintln!(
                "THE TESTS OF FILES IN A BUCKET DID NOT RUN: moto cannot be installed; this needs python3-venv and PyPI"
            );
            return None;
        };
        let mut command = Command::new(python);
        command.args(["-u", "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"]);
        let mut process = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("moto starts");
        let mut said = BufReader::new(process.stderr.take().expect("its standard error")).lines();
        let endpoint = said
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| Some(line.split_once("Running on ")?.1.trim().to_owned()))
            .expect("moto says where it listens");
        // It is never to wait for a reader.
        std::thread::spawn(move || said.for_each(drop));
        let store = Store { process, endpoint };
        super::until("the store's bucket", || store.ask("PUT", "/files").is_some());
        Some(store)
    }

    /// The names of all objects in the bucket `files`.
    pub fn names(&self) -> Vec<String> {
        let list = self.ask("GET", "/files?list-type=2").expect("the bucket is there");
        list.split("<Key>").skip(1).filter_map(|rest| Some(rest.split_once("</Key>")?.0.to_owned())).collect()
    }

    /// Whether uploads in parts were begun and neither ended nor aborted.
    pub fn has_unfinished(&self) -> bool {
        self.ask("GET", "/files?uploads").expect("the bucket is there").contains("<UploadId>")
    }

    /// Removes an object, or with an empty name the bucket.
    pub fn delete(&self, name: &str) {
        self.ask("DELETE", &format!("/files/{name}")).expect("it is deleted");
    }

    /// The body of a successful answer.
    fn ask(&self, method: &str, path: &str) -> Option<String> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a thread");
        let method = method.parse().expect("a method");
        runtime.block_on(async {
            let request = super::client().request(method, format!("{}{path}", self.endpoint));
            let sent = request.header("authorization", SIGNED).send().await;
            sent.ok()?.error_for_status().ok()?.text().await.ok()
        })
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The Python that has moto, installed by the first test that asks while the others wait.
fn python() -> Option<PathBuf> {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("a folder in target");
    let lock = File::create(target.join(format!("{FOLDER}.lock"))).expect("a file in target");
    lock.lock().expect("a lock");
    let folder = target.join(FOLDER);
    let python = folder.join("bin/python");
    let ready = folder.join("ready");
    if !ready.exists() {
        let run = |command: &mut Command| {
            command.stdout(Stdio::null()).status().is_ok_and(|status| status.success())
        };
        let made = run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder));
        let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
        if !made || !run(Command::new(&python).args(pip).args(PACKAGES)) {
            return None;
        }
        std::fs::write(&ready, "").expect("a file in target");
    }
    Some(python)
}
