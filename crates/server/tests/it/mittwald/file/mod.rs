//! Files of tickets and pictures of people: sent once, read by whom they concern, and never anything but what they are.

mod bucket;
mod memory;
mod read;
mod refused;
mod sent;

use parlance_engine::person::Kind;
use parlance_engine::workspace::Workspace;
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use crate::support::{Answer, Server, User};

/// A ticket of a customer's, and an agent.
pub struct Desk<'s> {
    pub server: &'s Server,
    pub workspace: Workspace,
    pub ada: User<'s>,
    pub agent: User<'s>,
    pub ticket: String,
}

impl<'s> Desk<'s> {
    pub fn open(server: &'s Server) -> Desk<'s> {
        let workspace = server.workspace("desk");
        let (ada, agent) = (server.customer(&workspace, "ada"), server.user(&workspace, Kind::Agent, "eve"));
        let begun = ada.post("/v2/conversations", &json!({"messageContent": "Hello"})).expect(201);
        let ticket = text(&begun, "conversationId");
        Desk { server, workspace, ada, agent, ticket }
    }

    /// A token for an upload to the ticket.
    pub fn token(&self, who: &User<'_>) -> String {
        let path = format!("/v2/conversations/{}/files", self.ticket);
        let answer = self.server.send(who.request(Method::POST, &path)).expect(201);
        assert_eq!(answer["conversationId"], self.ticket);
        text(&answer, "uploadToken")
    }

    /// An upload to the ticket; what is known of the file.
    pub fn upload(&self, who: &User<'_>, name: &str, bytes: &[u8]) -> Value {
        send(self.server, &self.token(who), name, bytes).expect(201)
    }

    /// Says something.
    pub fn say(&self, who: &User<'_>, body: Value) -> Answer {
        who.post(&self.messages(), &body)
    }

    /// Where the messages of the ticket are.
    pub fn messages(&self) -> String {
        format!("/v2/conversations/{}/messages", self.ticket)
    }

    /// A file that hangs on a message of the customer's.
    pub fn hung(&self, name: &str, bytes: &[u8]) -> Value {
        let file = self.upload(&self.ada, name, bytes);
        self.say(&self.ada, json!({"fileIds": [text(&file, "id")]})).expect(201);
        file
    }

    /// Where a token for reading a file is had.
    pub fn access(&self, file: &Value) -> String {
        format!("/v2/conversations/{}/files/{}/access-token", self.ticket, text(file, "id"))
    }

    /// A token for reading a file.
    pub fn key(&self, who: &User<'_>, file: &Value) -> String {
        text(&who.get(&self.access(file)).expect(200), "accessToken")
    }
}

/// An upload as the official clients send it.
pub fn send(server: &Server, token: &str, name: &str, bytes: &[u8]) -> Answer {
    let part = Part::bytes(bytes.to_vec()).file_name(name.to_owned());
    form(server, token, Form::new().part("file", part))
}

pub fn form(server: &Server, token: &str, form: Form) -> Answer {
    server.send(server.request(Method::POST, "/v2/files").header("token", token).multipart(form))
}

/// A GET of a file with these headers.
pub fn look(server: &Server, path: &str, headers: &[(&str, &str)]) -> Answer {
    let request = headers
        .iter()
        .fold(server.request(Method::GET, path), |request, (name, value)| request.header(*name, *value));
    server.send(request)
}

pub fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_else(|| panic!("{value} has no {name}")).to_owned()
}

/// What lies in the folder of files, whatever it is.
pub fn stored(server: &Server) -> usize {
    let folders = std::fs::read_dir(server.data().join("files")).unwrap();
    folders.map(|folder| std::fs::read_dir(folder.unwrap().path()).unwrap().count()).sum()
}

pub fn png() -> Vec<u8> {
    crate::managem::talk::png()
}
