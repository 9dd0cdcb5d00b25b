//! A short message service centre in a process of its own: npm's `smpp`, unmodified, behind a script that does what a
//! test says.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};

use super::certificate::Certificate;
use super::client::{Drive, Language};
use super::until;

/// A running service centre. It is killed when it is dropped.
pub struct Smsc {
    child: Child,
    commands: Mutex<ChildStdin>,
    told: Arc<Mutex<Vec<Value>>>,
    /// Where it listens.
    pub port: u16,
    _drive: Drive,
}

impl Smsc {
    /// Starts one; `None`, said loudly, where there is no such client.
    pub fn start() -> Option<Smsc> {
        Smsc::start_at(0)
    }

    /// Starts one at a port, where another may have been killed.
    pub fn start_at(port: u16) -> Option<Smsc> {
        Smsc::start_with(json!({ "port": port }))
    }

    /// Starts one that is reached over TLS alone, as the machine of this certificate.
    pub fn start_secure(certificate: &Certificate) -> Option<Smsc> {
        let tls = json!({ "key": certificate.key, "cert": certificate.leaf });
        Smsc::start_with(json!({ "port": 0, "tls": tls }))
    }

    fn start_with(mut setting: Value) -> Option<Smsc> {
        let drive = Drive::prepare(Language::JavaScript, "smpp")?;
        (setting["systemId"], setting["password"]) = ("parlance".into(), "s3cret".into());
        let mut child = drive.begin("smsc.mjs", &setting);
        let commands = Mutex::new(child.stdin.take().expect("a pipe"));
        let told: Arc<Mutex<Vec<Value>>> = Arc::default();
        let (lines, output) = (told.clone(), child.stdout.take().expect("a pipe"));
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                let event = serde_json::from_str(&line).expect("an event is JSON");
                lines.lock().unwrap_or_else(PoisonError::into_inner).push(event);
            }
        });
        let mut smsc = Smsc { child, commands, told, port: 0, _drive: drive };
        smsc.port = smsc.wait("that it listens", "listening")["listening"].as_u64().expect("a port") as u16;
        Some(smsc)
    }

    /// The URL of a carrier that is this one, with more parameters.
    pub fn url(&self, parameters: &str) -> String {
        format!("smpp://parlance:s3cret@127.0.0.1:{}{parameters}", self.port)
    }

    /// What `kill -9` does; where it was, so that another one can be started there.
    pub fn kill(mut self) -> u16 {
        self.child.kill().expect("the service centre is killed");
        self.child.wait().expect("the service centre is dead");
        self.port
    }

    /// Has it do something.
    pub fn command(&self, command: &Value) {
        let mut commands = self.commands.lock().unwrap_or_else(PoisonError::into_inner);
        writeln!(commands, "{command}").expect("the service centre listens");
    }

    /// Everything it told, in order.
    pub fn told(&self) -> Vec<Value> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What it told that has this field.
    pub fn told_of(&self, field: &str) -> Vec<Value> {
        self.told().into_iter().filter(|event| event.get(field).is_some()).collect()
    }

    /// Waits until it tells something with this field; the first of it.
    pub fn wait(&self, what: &str, field: &str) -> Value {
        until(what, || !self.told_of(field).is_empty());
        self.told_of(field).remove(0)
    }

    /// Waits until we are bound to it.
    pub fn bound(&self) {
        until("a bind", || self.told_of("bound").iter().any(|event| event["bound"] == true));
    }

    /// Delivers a text and waits for the status with which it is answered.
    pub fn deliver(&self, name: &str, text: &Value) -> u64 {
        self.deliver_unanswered(name, text);
        self.answer(name)
    }

    /// Delivers a text.
    pub fn deliver_unanswered(&self, name: &str, text: &Value) {
        let mut text = text.clone();
        text["name"] = name.into();
        self.command(&json!({ "deliver": text }));
    }

    /// Waits for the status with which the text of this name is answered.
    pub fn answer(&self, name: &str) -> u64 {
        let answers = || self.told_of("answered").into_iter().find(|event| event["name"] == name);
        until("an answer", || answers().is_some());
        answers().and_then(|event| event["answered"].as_u64()).expect("a status")
    }
}

impl Drop for Smsc {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
