//! Generated requests for every operation: whatever is sent is answered in this dialect's shape and never with a defect,
//! and what is refused changes nothing.

use std::fmt;

use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use serde_json::{Value, json};

use super::inbox::{Agent, Inbox};
use crate::support::{Answer, Database, Server, on_both};

/// Rounds of one run, and requests in each.
const ROUNDS: u32 = 20;
const REQUESTS: usize = 25;

/// Parameters of one request, at most.
const MEMBERS_MAX: usize = 8;

/// What a send says.
const SENDING: &[&str] = &[
    "text",
    "recipients",
    "recipients",
    "channel",
    "type",
    "sender",
    "send_at",
    "purpose",
    "simulation_mode",
    "request_id",
    "draft",
    "list_name",
    "tag_name",
];

/// Every operation and the names that it knows.
const OPERATIONS: [(&str, &str, &[&str]); 26] = [
    ("GET", "/conversations", &["page", "per_page"]),
    ("GET", "/conversations/list", &["page", "per_page"]),
    ("GET", "/conversations/messages/list", &["page", "per_page", "contact"]),
    ("PUT", "/conversations/set-agent", &["conversation_id", "agent_email"]),
    ("PUT", "/conversations/agent", &["conversation_id", "agent_email"]),
    ("GET", "/agents/list", &[]),
    ("POST", "/agents/list", &[]),
    (
        "POST",
        "/contact/create",
        &["contacts", "list_name", "list_names", "un_list", "tag_name", "do_not_overwrite"],
    ),
    ("DELETE", "/contact/delete", &["phone_numbers", "list_name"]),
    ("POST", "/contact-list/create", &["list_name"]),
    ("POST", "/contact-list/empty", &["list_name", "delete_contacts"]),
    ("DELETE", "/contact-list/delete", &["list_name"]),
    ("GET", "/wallet/check-balance", &["with_details", "country_code", "product_name"]),
    ("GET", "/wallet/check-credits", &["country_codes"]),
    ("POST", "/sms-campaign/send", SENDING),
    ("POST", "/multi-channel/send", SENDING),
    ("POST", "/sms-campaign-on-list/create", SENDING),
    ("GET", "/sms-campaign-on-list/status", &["ticket_number"]),
    ("POST", "/sms-campaign-on-tag/send", &["ticket_number"]),
    ("DELETE", "/sms-campaign-on-list/cancel", &["ticket_number"]),
    ("GET", "/sms-campaign/draft", &["ticket_number"]),
    ("GET", "/campaign/parameters", &[]),
    (
        "PATCH",
        "/user/campaign-parameters/edit",
        &["callbacks", "alert_bound", "alert_emails_to", "email_for_inbounds", "callback_url_for_inbounds"],
    ),
    ("POST", "/subaccount/create", &["email", "first_name", "last_name", "callbacks"]),
    ("GET", "/subaccount/agnes@example.com", &[]),
    ("PATCH", "/subaccount/agnes@example.com/edit", &["first_name", "company_name", "callbacks"]),
];

/// A request, and where its parameters stand.
#[derive(Clone)]
struct Generated {
    method: &'static str,
    path: &'static str,
    query: String,
    kind: &'static str,
    body: Vec<u8>,
}

/// Says how to repeat the run before it begins.
fn runner() -> TestRunner {
    let config =
        Config { cases: ROUNDS, failure_persistence: None, max_shrink_iters: 100, ..Config::default() };
    let seed = match config.rng_seed {
        RngSeed::Fixed(seed) => seed,
        RngSeed::Random => rand::random(),
    };
    eprintln!("PROPTEST_RNG_SEED={seed} repeats this run");
    TestRunner::new(Config { rng_seed: RngSeed::Fixed(seed), ..config })
}

/// What makes sense somewhere.
const SENSIBLE: &str = "1 100 -1 0 true no sms RCS email live_chat live_chat alert wholesale sms_premium hlr FR +33600000001 0600000002 \
    agnes@example.com cid_ fid_1 friends 12345 Hello {first_name} 2030-01-01T00:00:00+02:00 https://hooks.example.com/a filter";

/// What makes sense nowhere.
const ODD: [&str; 11] =
    ["", " ", "\u{0}", "a\u{0}b", "\u{202e}", "\u{1f600}", "null", "NaN", "' OR 1=1 --", "%s%n", "../.."];

fn texts(known: Vec<String>) -> impl Strategy<Value = String> {
    let words = SENSIBLE.split(' ').chain(ODD).map(str::to_owned).chain(known).collect::<Vec<_>>();
    prop_oneof![
        6 => select(words), 1 => any::<String>(), 1 => "[0-9+ ]{0,20}", 1 => Just("x".repeat(9_000))
    ]
}

/// A value that makes sense somewhere, or nowhere.
fn value(known: Vec<String>) -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        6 => texts(known).prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
        1 => (-2_i64..200).prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        1 => Just(Value::Null),
    ];
    leaf.prop_recursive(3, 30, 5, |inner| {
        let names =
            select(vec!["phone_number", "email", "first_name", "param1", "conversation_id", "0", "1", "x"]);
        let members = prop::collection::vec((names, inner.clone()), 0..4);
        let named = |(name, value): (&str, Value)| (name.to_owned(), value);
        prop_oneof![
            prop::collection::vec(inner, 0..5).prop_map(Value::from),
            members.prop_map(move |members| members.into_iter().map(named).collect()),
        ]
    })
}

fn request(known: Vec<String>) -> impl Strategy<Value = Generated> {
    let operation = select(OPERATIONS.to_vec());
    operation.prop_flat_map(move |(method, path, names)| {
        let names: Vec<&str> = names.iter().copied().chain(["metadata"]).collect();
        let members = prop::collection::vec((select(names), value(known.clone())), 0..MEMBERS_MAX);
        let kinds = vec![
            "application/json",
            "application/json; charset=utf-8",
            "",
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=b",
            "image/png",
        ];
        (members, select(kinds), 0..10_u8, any::<bool>()).prop_map(
            move |(members, kind, broken, in_query)| {
                let pairs = members.iter().map(|(name, value)| {
                    (*name, value.as_str().map_or_else(|| value.to_string(), str::to_owned))
                });
                let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
                let object: serde_json::Map<String, Value> =
                    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
                let json = Value::Object(object).to_string().into_bytes();
                let query = if in_query { form.chars().take(7_000).collect() } else { String::new() };
                let body = match broken {
                    0 => form.into_bytes(),
                    1 => json[..json.len() / 2].to_vec(),
                    2 => [json.as_slice(), b"\xff\xfe"].concat(),
                    3 => Vec::new(),
                    _ => json,
                };
                Generated { method, path, query, kind, body }
            },
        )
    })
}

impl fmt::Debug for Generated {
    /// As it is sent, its long parts cut short.
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let body = String::from_utf8_lossy(&self.body);
        write!(to, "{} {}?{:.300} {:?} {body:.300}", self.method, self.path, self.query, self.kind)
    }
}

impl Generated {
    fn send(&self, who: &Agent<'_>) -> Answer {
        // What was cut may end within an escape; that is also something to be read.
        let path = format!("{}?{}", self.path, self.query);
        let request = who.request(Method::from_bytes(self.method.as_bytes()).unwrap(), &path);
        let kind = HeaderValue::from_str(self.kind).unwrap();
        who.user.server.send(request.header(CONTENT_TYPE, kind).body(self.body.clone()))
    }
}

/// Whether it is an answer of this dialect.
fn is_answer(answer: &Answer) -> bool {
    let status = answer.status.as_u16();
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    match status {
        204 => answer.body.is_empty(),
        200 | 201 => !answer.body.is_empty() && body.get("code").is_none() | (body["code"] == 0),
        400..=499 => {
            body["code"].is_i64() && body["message"].as_str().is_some_and(|message| !message.is_empty())
        }
        _ => false,
    }
}

/// What requests may name: what is there, here and elsewhere.
fn known(inboxes: &[&Inbox<'_>]) -> Vec<String> {
    inboxes
        .iter()
        .flat_map(|inbox| {
            let list = inbox.agnes.get("/conversations/list").expect(200);
            let ids: Vec<String> = list
                .as_array()
                .unwrap()
                .iter()
                .map(|one| one["conversation_id"].as_str().unwrap().to_owned())
                .collect();
            ids.iter().map(|id| format!("cid_{id}")).chain(ids.clone()).collect::<Vec<_>>()
        })
        .collect()
}

fn inbox<'s>(server: &'s Server, slug: &'static str) -> Inbox<'s> {
    let inbox = Inbox::open(server, slug);
    inbox.hear("+33600000001", "Hello?");
    inbox.hear("+33600000002", "And I?");
    inbox
}

on_both! {
    fn whatever_is_sent_is_answered_in_the_shape_of_the_dialect(server: &Server) {
        let inbox = inbox(server, "shop");
        let round = prop::collection::vec(request(known(&[&inbox])), REQUESTS);
        let outcome = runner().run(&round, |requests| {
            for generated in &requests {
                let answer = generated.send(&inbox.agnes);
                let said = String::from_utf8_lossy(&answer.body).chars().take(500).collect::<String>();
                prop_assert!(is_answer(&answer), "{generated:?}\nis answered {}: {said}", answer.status);
            }
            Ok(())
        });
        outcome.unwrap();
        inbox.hear("+33600000001", "Still there?");
        assert_eq!(inbox.agnes.get("/conversations/list").expect(200)[0]["last_message"], "Still there?");
        assert_eq!(server.discrepancies(), []);
    }

    fn who_may_not_changes_nothing_whatever_they_send(server: &Server) {
        let (shop, mall) = (inbox(server, "shop"), inbox(server, "mall"));
        let known = known(&[&shop, &mall]);
        let mut reader = Agent::of(server, &shop.workspace, parlance_engine::person::Kind::Agent, "rita");
        let new = parlance_engine::credential::token::New { person: reader.user.id, label: None, can_write: false, expires_at: None };
        reader.user.token = server.token(&shop.workspace, new);
        let customer = Agent::of(server, &shop.workspace, parlance_engine::person::Kind::Customer, "ada");
        let mut nobody = Agent::of(server, &shop.workspace, parlance_engine::person::Kind::Agent, "nora");
        nobody.login = "agnes@example.com".to_owned();
        let powerless = [reader, customer, nobody];
        let before = server.dump();
        let round = prop::collection::vec((request(known), 0..powerless.len()), REQUESTS);
        let outcome = runner().run(&round, |requests| {
            for (generated, who) in &requests {
                let answer = generated.send(&powerless[*who]);
                prop_assert!(is_answer(&answer), "{generated:?}\nis answered {}", answer.status);
                let reads = *who == 0 && generated.method == "GET";
                prop_assert!(reads || answer.status.as_u16() >= 400, "{generated:?}\nis answered {}", answer.status);
            }
            prop_assert!(server.dump() == before, "something changed");
            Ok(())
        });
        outcome.unwrap();
    }
}

#[test]
fn an_answer_is_told_from_what_is_none() {
    let answer = |status: u16, body: Value| Answer {
        status: reqwest::StatusCode::from_u16(status).unwrap(),
        headers: Default::default(),
        body: body.to_string().into_bytes(),
    };
    assert!(is_answer(&answer(400, json!({"code": 125, "message": "No."}))));
    assert!(is_answer(&answer(200, json!([]))));
    assert!(!is_answer(&answer(500, json!({"code": 500, "message": "No."}))));
    assert!(!is_answer(&answer(400, json!({"code": "invalid", "message": "No."}))));
    assert!(!is_answer(&answer(201, json!({"code": 125}))));
}
