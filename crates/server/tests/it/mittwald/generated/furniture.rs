//! A desk with one of everything that a request can name.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use parlance_engine::credential::token;
use parlance_engine::person::{self, Change, Kind};
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use super::request::Names;
use crate::support::{Server, User};

const PROJECT: &str = "5c2f0d7e-1a57-4d0c-9f0a-7b1d4a3e6f01";
const CUSTOMER: &str = "8f14e45f-ceea-467f-a0e6-1c2b3d4e5f60";

/// What ada has, who else is there, and the names of it all.
pub struct Furniture<'s> {
    server: &'s Server,
    ada: User<'s>,
    eve: User<'s>,
    bob: User<'s>,
    reader: String,
    deactivated: String,
    conversation: String,
    names: Names,
}

impl<'s> Furniture<'s> {
    pub fn of(server: &'s Server) -> Furniture<'s> {
        let desk = server.workspace("desk");
        let (ada, bob) = (server.customer(&desk, "ada"), server.customer(&desk, "bob"));
        let eve = server.user(&desk, Kind::Agent, "eve");
        let gone = server.customer(&desk, "gone");
        let (id, inactive) = (gone.id, Change { active: Some(false), ..Change::default() });
        server.operator(Some(&desk), move |cx| person::set(cx, id, &inactive));
        let reader = server
            .token(&desk, token::New { person: ada.id, label: None, can_write: false, expires_at: None });
        for (aggregate, id) in [("project", PROJECT), ("customer", CUSTOMER)] {
            server.join(&desk, &ada, (aggregate, id), "owner");
        }
        let conversation = conversation(&ada);
        let names = names(&ada, &eve, &conversation);
        Furniture { server, ada, eve, bob, reader, deactivated: gone.token, conversation, names }
    }

    pub fn names(&self) -> Names {
        self.names.clone()
    }

    /// Without what anybody who has it may upload with.
    pub fn names_without_powers(&self) -> Names {
        let mut names = self.names.clone();
        names.parameters.entry("Token").or_default().truncate(1);
        names
    }

    pub fn owner(&self) -> &str {
        &self.ada.token
    }

    /// Everybody there is, the owner most often.
    pub fn senders(&self) -> Vec<Option<String>> {
        let others = [&self.ada, &self.ada, &self.eve, &self.bob].map(|user| Some(user.token.clone()));
        others.into_iter().chain(self.powerless()).collect()
    }

    /// Those who may change nothing.
    pub fn powerless(&self) -> Vec<Option<String>> {
        vec![None, Some("plc_nonsense".into()), Some(self.reader.clone()), Some(self.deactivated.clone())]
    }

    /// What ada began is there, whatever was sent, and nothing that is stored contradicts anything else.
    pub fn is_still_there(&self) {
        let path = format!("/v2/conversations/{}", self.conversation);
        self.eve.get(&path).expect(200);
        assert_eq!(self.server.discrepancies(), []);
    }
}

fn conversation(ada: &User<'_>) -> String {
    let shared = json!({"domain": "project", "aggregate": "project", "id": PROJECT});
    let new = json!({"title": "Furniture", "messageContent": "A chair", "sharedWith": shared});
    text(&ada.post("/v2/conversations", &new).expect(201), "conversationId")
}

fn names(ada: &User<'_>, eve: &User<'_>, conversation: &str) -> Names {
    let path = format!("/v2/conversations/{conversation}");
    let said = json!({"messageContent": "A table"});
    let message = text(&ada.post(&format!("{path}/messages"), &said).expect(201), "messageId");
    eve.post(&format!("{path}/messages"), &said).expect(201);
    let short = text(&ada.get(&path).expect(200), "shortId");
    let category = text(&ada.get("/v2/conversation-categories").expect(200)[0], "categoryId");
    let (file, spare) = (file(ada, &path), upload_token(ada, &path));
    let attached = json!({"fileIds": [file]});
    ada.post(&format!("{path}/messages"), &attached).expect(201);
    let access = text(&ada.get(&format!("{path}/files/{file}/access-token")).expect(200), "accessToken");
    let new = json!({"description": "spare", "roles": ["api_read"]});
    ada.post("/v2/users/self/api-tokens", &new).expect(201);
    let tokens = ada.get("/v2/users/self/api-tokens").expect(200);
    let spare_token = tokens.as_array().into_iter().flatten().find(|token| token["description"] == "spare");
    let api_token = text(spare_token.expect("the token is listed"), "apiTokenId");
    let notification = notification(ada);
    let people = [ada.id.to_string(), eve.id.to_string(), "self".into()];
    let own = |value: &str| vec![value.to_owned()];
    let parameters = BTreeMap::from([
        ("conversationId", vec![conversation.to_owned(), conversation.to_owned(), short]),
        ("messageId", own(&message)),
        ("categoryId", own(&category)),
        ("fileId", own(&file)),
        ("fileName", vec!["a.csv".into(), "b.csv".into()]),
        ("customerId", own(CUSTOMER)),
        ("userId", people.to_vec()),
        ("notificationId", own(&notification)),
        ("apiTokenId", own(&api_token)),
        ("token", own(&spare)),
        ("fileUploadToken", own(&spare)),
        ("name", vec!["conversation".into(), "avatar".into()]),
        ("fileUploadType", vec!["conversation".into(), "avatar".into(), "anchorIcon".into()]),
        ("Token", vec![access, spare.clone()]),
    ]);
    let ids =
        [conversation, &message, &category, &file, PROJECT, &people[0], &people[1], &notification, &spare];
    Names { parameters, ids: ids.map(str::to_owned).to_vec() }
}

fn upload_token(ada: &User<'_>, conversation: &str) -> String {
    text(&ada.post(&format!("{conversation}/files"), &json!({})).expect(201), "uploadToken")
}

fn file(ada: &User<'_>, conversation: &str) -> String {
    let part = Part::bytes(&b"name;size\nchair;1\n"[..]).file_name("a.csv").mime_str("text/csv");
    let form = Form::new().part("file", part.expect("a content type"));
    let request = ada.request(Method::POST, "/v2/files").header("token", upload_token(ada, conversation));
    text(&ada.send(request.multipart(form)).expect(201), "id")
}

/// Notifications follow what happened; this waits for one.
fn notification(ada: &User<'_>) -> String {
    let end = Instant::now() + Duration::from_secs(20);
    loop {
        let listed = ada.get("/v2/notifications").expect(200);
        if let Some(id) = listed[0]["id"].as_str() {
            return id.to_owned();
        }
        assert!(Instant::now() < end, "no notification ever came");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn text(of: &Value, name: &str) -> String {
    of[name].as_str().unwrap_or_else(|| panic!("no {name} in {of}")).to_owned()
}
