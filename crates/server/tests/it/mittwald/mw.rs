//! The command `mw` of mittwald, which is not on the registry of npm: what it asks, in what order and with which
//! headers, and how it repeats what failed (contract §8 and §9).

use std::cell::{Cell, RefCell};
use std::num::NonZeroU32;
use std::time::Duration;

use parlance_engine::person::Kind;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Database, Server, User, on_both};

/// How often it repeats one request.
const RETRIES_MAX: u32 = 10;

/// One run of the program.
struct Mw<'u> {
    user: &'u User<'u>,
    server: &'u Server,
    /// The path that was last changed, and the event of it.
    reached: RefCell<Option<(String, String)>>,
    /// Whether anything was posted: from then on it repeats a GET that is forbidden.
    has_posted: Cell<bool>,
    /// How many requests waited for an event.
    waited: Cell<u32>,
    repeated: Cell<u32>,
}

impl<'u> Mw<'u> {
    fn run(server: &'u Server, user: &'u User<'u>) -> Mw<'u> {
        let (reached, has_posted) = (RefCell::new(None), Cell::new(false));
        Mw { user, server, reached, has_posted, waited: Cell::new(0), repeated: Cell::new(0) }
    }

    fn get(&self, path: &str) -> Answer {
        self.ask(&Method::GET, path, None)
    }

    fn ask(&self, method: &Method, path: &str, body: Option<&Value>) -> Answer {
        if *method == Method::POST {
            self.has_posted.set(true);
        }
        for retry in 0.. {
            let (answer, waits) = self.send(method, path, body);
            assert_ne!(answer.status, 412, "it would repeat this for ever");
            if retry == RETRIES_MAX || !self.repeats(method, answer.status.as_u16(), waits) {
                return answer;
            }
            self.repeated.set(self.repeated.get() + 1);
            std::thread::sleep(pause(&answer, retry));
        }
        unreachable!("the loop ends after so many repetitions");
    }

    fn send(&self, method: &Method, path: &str, body: Option<&Value>) -> (Answer, bool) {
        let mut request =
            self.server.request(method.clone(), path).header("x-access-token", &self.user.token);
        request = request
            .header("accept", "application/json, text/plain, */*")
            .header("user-agent", "mittwald-cli/1.0.0");
        if let Some(body) = body {
            request = request.json(body);
        }
        let reached = self.reached.borrow().clone().filter(|(mutated, _)| path.starts_with(mutated));
        let waits = reached.is_some();
        if let Some((_, event)) = reached {
            request = request.header("if-event-reached", event);
            self.waited.set(self.waited.get() + 1);
        }
        let answer = self.server.send(request);
        if let (true, Some(event)) = (*method != Method::GET, answer.headers.get("etag")) {
            let event = event.to_str().expect("an event's number").to_owned();
            *self.reached.borrow_mut() = Some((path.to_owned(), event));
        }
        (answer, waits)
    }

    fn repeats(&self, method: &Method, status: u16, waits: bool) -> bool {
        let is_post = *method == Method::POST;
        match status {
            429 | 500..=599 => !is_post,
            412 => waits,
            403 => *method == Method::GET && self.has_posted.get(),
            _ => false,
        }
    }
}

/// As long as the server asks for, else longer each time.
fn pause(answer: &Answer, retry: u32) -> Duration {
    let asked = answer.headers.get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok());
    asked.map_or(Duration::from_millis(100 << retry), Duration::from_secs)
}

/// `mw conversation show`, which looks the id up before it uses it.
fn show(mw: &Mw<'_>, typed: &str) -> (Value, Value) {
    let id = looked_up(mw, typed);
    let conversation = mw.get(&format!("/v2/conversations/{id}")).expect(200);
    (conversation, mw.get(&format!("/v2/conversations/{id}/messages")).expect(200))
}

fn looked_up(mw: &Mw<'_>, typed: &str) -> String {
    text(&mw.get(&format!("/v2/conversations/{typed}")).expect(200), "conversationId")
}

/// `mw conversation create --title … --message …`
fn create(mw: &Mw<'_>, title: &str, message: &str) -> String {
    let categories = mw.get("/v2/conversation-categories").expect(200);
    let general = categories.as_array().into_iter().flatten().find(|category| category["name"] == "general");
    let category = text(general.expect("there is a category `general`"), "categoryId");
    let new = json!({"title": title, "categoryId": category});
    let id = text(&mw.ask(&Method::POST, "/v2/conversations", Some(&new)).expect(201), "conversationId");
    say(mw, &id, message);
    id
}

/// `mw conversation reply … --message …`
fn reply(mw: &Mw<'_>, typed: &str, message: &str) {
    say(mw, &looked_up(mw, typed), message);
}

fn say(mw: &Mw<'_>, id: &str, message: &str) {
    let said = json!({"messageContent": message});
    mw.ask(&Method::POST, &format!("/v2/conversations/{id}/messages"), Some(&said)).expect(201);
}

/// `mw conversation close …`
fn close(mw: &Mw<'_>, typed: &str) {
    let id = looked_up(mw, typed);
    let closed = json!({"status": "closed"});
    mw.ask(&Method::PUT, &format!("/v2/conversations/{id}/status"), Some(&closed)).expect(200);
}

fn text(of: &Value, name: &str) -> String {
    of[name].as_str().unwrap_or_else(|| panic!("no {name} in {of}")).to_owned()
}

/// What the program prints of a thread.
fn printed(thread: &Value) -> Vec<String> {
    let items = thread.as_array().into_iter().flatten();
    items.filter(|item| item["type"] != "SERVICE_REQUEST").map(|item| text(item, "messageContent")).collect()
}

on_both! {
    fn a_ticket_lives_its_whole_life_under_mw(server: &Server) {
        let desk = server.workspace("desk");
        let ada = server.customer(&desk, "ada");
        let eve = server.user(&desk, Kind::Agent, "eve");

        Mw::run(server, &ada).get("/v2/users/self").expect(200);

        let mw = Mw::run(server, &ada);
        let id = create(&mw, "Printer on fire", "It **burns**");
        assert_eq!((mw.waited.get(), mw.repeated.get()), (1, 0));

        let listed = Mw::run(server, &ada).get("/v2/conversations").expect(200);
        let [listed] = &listed.as_array().expect("a list")[..] else { panic!("not one: {listed}") };
        let shown = ["title", "status"].map(|name| text(listed, name));
        assert_eq!(shown, ["Printer on fire", "open"]);
        assert_eq!(listed["createdBy"]["userId"], json!(ada.id.to_string()));
        assert!(!text(listed, "createdAt").is_empty());
        let short = text(listed, "shortId");

        reply(&Mw::run(server, &eve), &short, "Use water");
        let mw = Mw::run(server, &ada);
        close(&mw, &short);
        assert_eq!(mw.repeated.get(), 0);

        let by_short_id = show(&Mw::run(server, &ada), &short);
        assert_eq!(by_short_id, show(&Mw::run(server, &ada), &id));
        let (conversation, thread) = by_short_id;
        assert_eq!(text(&conversation, "status"), "closed");
        let printed = printed(&thread);
        assert_eq!(printed[..2], ["CONVERSATION_CREATED", "It **burns**"]);
        assert_eq!(printed.last().map(String::as_str), Some("STATUS_CLOSED"));
        assert!(printed.contains(&"Use water".to_owned()));

        reply(&Mw::run(server, &ada), &id, "It burns again");
        let (conversation, thread) = show(&Mw::run(server, &ada), &id);
        assert_eq!(text(&conversation, "status"), "open");
        assert!(self::printed(&thread).contains(&"STATUS_OPEN".to_owned()));
    }

    fn what_mw_may_not_see_it_is_told_once_and_not_ten_times(server: &Server) {
        let desk = server.workspace("desk");
        let (ada, bob) = (server.customer(&desk, "ada"), server.customer(&desk, "bob"));
        let id = create(&Mw::run(server, &ada), "Private", "Mine");
        let mw = Mw::run(server, &bob);
        create(&mw, "Another", "So that something was posted");
        for path in [format!("/v2/conversations/{id}"), format!("/v2/conversations/{id}/messages")] {
            mw.get(&path).expect(404);
        }
        mw.get("/v2/conversations/999999").expect(404);
        mw.get("/v2/conversations/nonsense").expect(404);
        let posted = json!({"messageContent": "No"});
        mw.ask(&Method::POST, &format!("/v2/conversations/{id}/messages"), Some(&posted)).expect(404);
        assert_eq!(mw.repeated.get(), 0);
    }

    fn an_event_of_one_node_is_waited_for_by_whoever_asks_for_it(server: &Server) {
        let desk = server.workspace("desk");
        let ada = server.customer(&desk, "ada");
        let mw = Mw::run(server, &ada);
        let id = create(&mw, "Many", "0");
        for n in 1..20 {
            say(&mw, &id, &n.to_string());
            let path = format!("/v2/conversations/{id}/messages");
            let thread = mw.get(&path).expect(200);
            assert_eq!(printed(&thread).last(), Some(&n.to_string()));
        }
        assert!(mw.waited.get() > 19);
        assert_eq!(mw.repeated.get(), 0);
    }
}

#[test]
fn who_asks_too_fast_waits_as_long_as_the_server_says_and_is_answered() {
    let server = Server::configured(Database::sqlite(), |config| {
        config.rates.token_per_second = 2;
        config.rates.token_burst = NonZeroU32::MIN;
    });
    let desk = server.workspace("desk");
    let ada = server.customer(&desk, "ada");
    let mw = Mw::run(&server, &ada);
    for _ in 0..4 {
        mw.get("/v2/conversations").expect(200);
    }
    assert!(mw.repeated.get() > 0, "the limit is never reached: this test says nothing");
}
