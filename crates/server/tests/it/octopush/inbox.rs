//! A workspace with an inbox: an address, somebody who answers, and whoever writes.

use parlance_engine::carrier::{self, Kind as CarrierKind};
use parlance_engine::channel::Channel;
use parlance_engine::conversation::line::{self, Heard};
use parlance_engine::credit;
use parlance_engine::person::{self, Change, Facts, Kind};
use parlance_engine::workspace::Workspace;
use reqwest::{Method, RequestBuilder};
use serde_json::Value;

use crate::support::{Answer, Server, User};

/// Our address in every inbox.
pub const ADDRESS: &str = "12345";

pub struct Inbox<'s> {
    pub server: &'s Server,
    pub workspace: Workspace,
    pub agnes: Agent<'s>,
}

/// Somebody with a login.
pub struct Agent<'s> {
    pub user: User<'s>,
    pub login: String,
}

impl<'s> Inbox<'s> {
    /// A workspace with 100 units of credit, a simulated handset, and one agent.
    pub fn open(server: &'s Server, slug: &'static str) -> Inbox<'s> {
        let workspace = server.workspace(slug);
        let new = || carrier::New { kind: CarrierKind::Handset, address: ADDRESS.into(), url: None };
        server.operator(Some(&workspace), move |cx| carrier::add(cx, &new()));
        server.operator(Some(&workspace), |cx| credit::add(cx, 100_000_000, "a test"));
        let agnes = Agent::of(server, &workspace, Kind::Agent, "agnes");
        Inbox { server, workspace, agnes }
    }

    /// A text comes in.
    pub fn hear(&self, from: &str, text: &str) {
        let heard = Heard {
            from: from.to_owned(),
            our_address: ADDRESS.to_owned(),
            channel: Channel::Sms,
            text: text.to_owned(),
        };
        self.server.operator(Some(&self.workspace), move |cx| line::hear(cx, &heard));
    }
}

impl<'s> Agent<'s> {
    /// Somebody new, whose login is their name at example.com.
    pub fn of(server: &'s Server, workspace: &Workspace, kind: Kind, name: &str) -> Agent<'s> {
        let user = server.user(workspace, kind, name);
        let login = format!("{name}@example.com");
        let full = format!("{}{} van Example", name[..1].to_uppercase(), &name[1..]);
        let facts = Facts { email: Some(login.clone()), name: Some(full), ..Facts::default() };
        let (id, change) = (user.id, Change { facts, ..Change::default() });
        server.operator(Some(workspace), move |cx| person::set(cx, id, &change));
        Agent { user, login }
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let path = format!("/v1/public{path}");
        let request = self.user.server.request(method, &path);
        request.header("api-login", &self.login).header("api-key", &self.user.token)
    }

    pub fn get(&self, path: &str) -> Answer {
        self.user.server.send(self.request(Method::GET, path))
    }

    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.user.server.send(self.request(Method::POST, path).json(body))
    }

    pub fn put(&self, path: &str, body: &Value) -> Answer {
        self.user.server.send(self.request(Method::PUT, path).json(body))
    }

    pub fn patch(&self, path: &str, body: &Value) -> Answer {
        self.user.server.send(self.request(Method::PATCH, path).json(body))
    }

    /// A DELETE with a body, as the original wants it.
    pub fn delete(&self, path: &str, body: &Value) -> Answer {
        self.user.server.send(self.request(Method::DELETE, path).json(body))
    }
}
