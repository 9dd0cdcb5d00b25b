//! Who may do what with which conversation, as a table: person × conversation × operation.

use std::time::{Duration, Instant};

use parlance_engine::credential::token;
use parlance_engine::membership::{self, Aggregate};
use parlance_engine::person::{self, Change, Kind};
use parlance_engine::workspace::Workspace;
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use crate::support::{Database, Server, User, on_both};

/// What is tried, in this order. For the lists 200 means that the conversation is on it, and 404 that it is not.
const OPERATIONS: [&str; 13] = [
    "list",
    "search",
    "get",
    "messages",
    "members",
    "post",
    "edit own",
    "edit other's",
    "status",
    "update",
    "upload",
    "access-token",
    "download",
];

const FULL: [u16; 13] = [200, 200, 200, 200, 200, 201, 200, 403, 200, 200, 201, 200, 200];
const READ: [u16; 13] = [200, 200, 200, 200, 200, 403, 403, 403, 403, 403, 403, 200, 200];
/// A file is opened by a token that is granted for it, whoever shows it: without one it says no more than that.
const BLIND: [u16; 13] = [404, 404, 404, 404, 404, 404, 404, 404, 404, 404, 404, 404, 401];
const NOBODY: [u16; 13] = [401; 13];

/// Ada begins three conversations: one is shared with the project, and it is for bob; one is shared with carl; one is
/// shared with nobody.
#[rustfmt::skip]
const TABLE: [(&str, [[u16; 13]; 3]); 14] = [
    //                                             the project's  carl's   nobody's
    ("ada, who began it",                         [FULL,          FULL,    FULL]),
    ("bob, for whom it is",                       [FULL,          BLIND,   BLIND]),
    ("carl, with whom one is shared",             [BLIND,         FULL,    BLIND]),
    ("dora, a member of the project",             [FULL,          BLIND,   BLIND]),
    ("olga, who owns the project",                [FULL,          BLIND,   BLIND]),
    ("otto, who owns another project",            [BLIND,         BLIND,   BLIND]),
    ("fred, who was a member of the project",     [BLIND,         BLIND,   BLIND]),
    ("frida, who was one and has spoken",         [BLIND,         BLIND,   BLIND]),
    ("mallory, who belongs to nothing",           [BLIND,         BLIND,   BLIND]),
    ("eve, an agent",                             [FULL,          FULL,    FULL]),
    ("ada, by a token that may only read",        [READ,          READ,    READ]),
    ("gone, an agent who was deactivated",        [NOBODY,        NOBODY,  NOBODY]),
    ("zoe, an agent of another workspace",        [BLIND,         BLIND,   BLIND]),
    ("nobody",                                    [NOBODY,        NOBODY,  NOBODY]),
];

const PROJECT: &str = "5c2f0d7e-1a57-4d0c-9f0a-7b1d4a3e6f01";
const CUSTOMER: &str = "8f14e45f-ceea-467f-a0e6-1c2b3d4e5f60";
const OTHER_PROJECT: &str = "5c2f0d7e-1a57-4d0c-9f0a-7b1d4a3e6f02";

/// A conversation with a message and a file of ada's in it, and eve's answer.
struct Subject {
    path: String,
    word: &'static str,
    message: String,
    answer: String,
    file: String,
}

impl Subject {
    fn begin(ada: &User<'_>, eve: &User<'_>, word: &'static str, mut new: Value) -> Subject {
        new["title"] = json!(word);
        let id = text(&ada.post("/v2/conversations", &new).expect(201), "conversationId");
        let path = format!("/v2/conversations/{id}");
        let upload = text(&ada.post(&format!("{path}/files"), &json!({})).expect(201), "uploadToken");
        let part =
            Part::bytes(&b"a;b\n"[..]).file_name("a.csv").mime_str("text/csv").expect("a content type");
        let request = ada.request(Method::POST, "/v2/files").header("token", upload);
        let file = text(&ada.send(request.multipart(Form::new().part("file", part))).expect(201), "id");
        let say = |who: &User<'_>, what: Value| {
            text(&who.post(&format!("{path}/messages"), &what).expect(201), "messageId")
        };
        let message = say(ada, json!({"messageContent": "A message", "fileIds": [file]}));
        let answer = say(eve, json!({"messageContent": "An answer"}));
        Subject { path, word, message, answer, file }
    }

    /// What each operation answers. What they say is the message of theirs that they edit.
    fn outcome(&self, who: &User<'_>, ada: &User<'_>) -> [u16; 13] {
        let get = |below: &str| who.get(&format!("{}{below}", self.path)).status.as_u16();
        let access = format!("/files/{}/access-token", self.file);
        let (list, search) =
            (self.listed(who, ""), self.listed(who, &format!("?fullTextSearch={}", self.word)));
        let read = [list, search, get(""), get("/messages"), get("/members")];
        let said = who.post(&format!("{}/messages", self.path), &json!({"messageContent": "I say"}));
        let own = said.json()["messageId"].as_str().unwrap_or(&self.message).to_owned();
        let others = if who.id == ada.id { &self.answer } else { &self.message };
        let edit = |message: &str| {
            let path = format!("{}/messages/{message}", self.path);
            who.patch(&path, &json!({"messageContent": "I said"})).status.as_u16()
        };
        let write = [
            said.status.as_u16(),
            edit(&own),
            edit(others),
            who.put(&format!("{}/status", self.path), &json!({"status": "open"})).status.as_u16(),
            who.put(&self.path, &json!({"title": self.word})).status.as_u16(),
            who.post(&format!("{}/files", self.path), &json!({})).status.as_u16(),
        ];
        let files = [get(&access), self.download(who, &access)];
        [&read[..], &write[..], &files[..]].concat().try_into().expect("an outcome of each operation")
    }

    fn listed(&self, who: &User<'_>, query: &str) -> u16 {
        let answer = who.get(&format!("/v2/conversations{query}"));
        match answer.status.as_u16() {
            200 if answer.json().as_array().is_some_and(|all| all.iter().any(|one| self.is(one))) => 200,
            200 => 404,
            status => status,
        }
    }

    fn is(&self, listed: &Value) -> bool {
        self.path.ends_with(listed["conversationId"].as_str().expect("an id"))
    }

    /// By the token that they are granted, or by none.
    fn download(&self, who: &User<'_>, access: &str) -> u16 {
        let granted = who.get(&format!("{}{access}", self.path)).json();
        let mut request = who.request(Method::GET, &format!("/v2/files/{}", self.file));
        if let Some(token) = granted["accessToken"].as_str() {
            request = request.header("token", token);
        }
        who.send(request).status.as_u16()
    }
}

fn text(of: &Value, name: &str) -> String {
    of[name].as_str().unwrap_or_else(|| panic!("no {name} in {of}")).to_owned()
}

/// Search follows what was written; this waits until it is found.
fn wait_until_found(who: &User<'_>, subjects: &[Subject]) {
    let end = Instant::now() + Duration::from_secs(20);
    while subjects
        .iter()
        .any(|subject| subject.listed(who, &format!("?fullTextSearch={}", subject.word)) != 200)
    {
        assert!(Instant::now() < end, "what was written is never found");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Everybody of the table, in its order.
fn people<'s>(server: &'s Server, desk: &Workspace, ada: User<'s>, eve: User<'s>) -> Vec<User<'s>> {
    let other = server.workspace("other");
    let customer = |name: &str| server.customer(desk, name);
    let [bob, carl, dora, olga, otto, fred, frida] =
        ["bob", "carl", "dora", "olga", "otto", "fred", "frida"].map(customer);
    let gone = server.user(desk, Kind::Agent, "gone");
    let reader = token::New { person: ada.id, label: None, can_write: false, expires_at: None };
    let reader = server.bearing(&ada, &server.token(desk, reader));
    let nobody = server.bearing(&ada, "");
    let zoe = server.user(&other, Kind::Agent, "zoe");
    vec![ada, bob, carl, dora, olga, otto, fred, frida, customer("mallory"), eve, reader, gone, zoe, nobody]
}

/// Begins the three conversations, and then changes who is who.
fn begin(server: &Server, desk: &Workspace, people: &[User<'_>]) -> [Subject; 3] {
    let [ada, bob, carl, dora, olga, otto, fred, frida, _, eve, _, gone, ..] = people else {
        panic!("too few people")
    };
    for (who, project, role) in [
        (ada, PROJECT, "owner"),
        (dora, PROJECT, "external"),
        (olga, PROJECT, "owner"),
        (fred, PROJECT, "owner"),
        (frida, PROJECT, "external"),
    ] {
        server.join(desk, who, ("project", project), role);
    }
    server.join(desk, otto, ("project", OTHER_PROJECT), "owner");
    // Ada knows bob and carl from elsewhere, else she could not name them.
    for who in [ada, bob, carl] {
        server.join(desk, who, ("customer", CUSTOMER), "member");
    }
    let shared = |kind: &str, id: String| json!({"domain": kind, "aggregate": kind, "id": id});
    let with_project =
        json!({"sharedWith": shared("project", PROJECT.into()), "mainUserId": bob.id.to_string()});
    let with_carl = json!({"sharedWith": shared("user", carl.id.to_string())});
    let subjects = [("northern", with_project), ("eastern", with_carl), ("western", json!({}))]
        .map(|(word, new)| Subject::begin(ada, eve, word, new));
    let spoken = json!({"messageContent": "I was here"});
    frida.post(&format!("{}/messages", subjects[0].path), &spoken).expect(201);
    let project = Aggregate { domain: "project".into(), kind: "project".into(), id: PROJECT.into() };
    for person in [fred.id, frida.id] {
        let project = project.clone();
        server.operator(Some(desk), move |cx| membership::remove(cx, person, &project));
    }
    let gone = gone.id;
    let inactive = Change { active: Some(false), ..Change::default() };
    server.operator(Some(desk), move |cx| person::set(cx, gone, &inactive));
    subjects
}

on_both! {
    fn everybody_may_what_the_table_says(server: &Server) {
        let desk = server.workspace("desk");
        let (ada, eve) = (server.customer(&desk, "ada"), server.user(&desk, Kind::Agent, "eve"));
        let people = people(server, &desk, ada, eve);
        let subjects = begin(server, &desk, &people);
        wait_until_found(&people[0], &subjects);
        let mut wrong = Vec::new();
        for ((name, expected), who) in TABLE.iter().zip(&people) {
            for (subject, expected) in subjects.iter().zip(expected) {
                let outcome = subject.outcome(who, &people[0]);
                for ((operation, got), expected) in OPERATIONS.iter().zip(outcome).zip(expected) {
                    if got != *expected {
                        wrong.push(format!("{name}, {}: {operation} is {got}, not {expected}", subject.word));
                    }
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
