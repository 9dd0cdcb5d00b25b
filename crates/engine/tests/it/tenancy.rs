//! Two workspaces: with every id of the other one tried on every verb, nothing is seen and nothing is changed.

use parlance_engine::access::Caller;
use parlance_engine::account::sub_account;
use parlance_engine::account::{self, Parameter, Parameters};
use parlance_engine::callback::{self, Due};
use parlance_engine::channel::Channel;
use parlance_engine::contact;
use parlance_engine::conversation::line::{self, Heard};
use parlance_engine::conversation::{
    self, Listing, Order, Source, SourceKind, Start, Status, thread, ticket,
};
use parlance_engine::credential::{password, token};
use parlance_engine::file::{self, Place, Verdict, upload};
use parlance_engine::membership::{self, Aggregate};
use parlance_engine::message::{self, Post};
use parlance_engine::notice::{self, Timing};
use parlance_engine::person::{self, Change, Facts};
use parlance_engine::preference::{self, Preference};
use parlance_engine::{
    CategoryId, ConversationId, Cx, Error, FileId, MessageId, PersonId, Principal, Result, Time, TokenId,
    category, event, idempotency, notification, participant, presence,
};

use crate::support::{House, on_both};

const IMAGE: Verdict = Verdict::Image { content_type: "image/png", size_bytes: 9, width_px: 3, height_px: 3 };

on_both! {
    fn no_id_of_another_workspace_shows_or_changes_anything(house: &House) {
        let (ours, theirs) = (furnish(house, "ours"), furnish(house, "theirs"));
        let before = house.database.dump(theirs.ada.workspace);
        for who in [ours.ada, ours.agent] {
            for (name, verb) in PEOPLES {
                let outcome = attempt(house, who, verb, &ours, &theirs);
                assert!(refused(&outcome), "{name}: {outcome:?}");
            }
        }
        let operator = Principal::Operator(Some(ours.ada.workspace));
        for (name, verb) in OPERATORS {
            let outcome = attempt(house, operator, verb, &ours, &theirs);
            assert!(refused(&outcome), "{name}: {outcome:?}");
        }
        assert_eq!(house.database.dump(theirs.ada.workspace), before);
    }

    fn no_list_shows_anything_of_another_workspace(house: &House) {
        let ours = furnish(house, "ours");
        let operator = Principal::Operator(Some(ours.ada.workspace));
        let everything = move |house: &House| {
            let all = Listing { skip: 0, limit: 100, order: Order::Created, descending: false };
            let pages = [ours.ada, ours.agent].map(|who| house.read(who, move |cx| conversation::page(cx, all)));
            let unread = [ours.ada, ours.agent].map(|who| house.read(who, participant::unread));
            let people = house.read(operator, |cx| person::page(cx, None, 100));
            let log = house.read(operator, |cx| event::page(cx, 0, 1_000));
            let tokens = house.read(operator, move |cx| token::page(cx, ours.ada.person, None, 100));
            let belongs = house.read(operator, move |cx| membership::page(cx, ours.ada.person, None, 100));
            format!("{pages:?} {unread:?} {people:?} {log:?} {tokens:?} {belongs:?}")
        };
        let before = everything(house);
        assert!(!before.contains("Err("), "{before}");
        furnish(house, "theirs");
        assert_eq!(everything(house), before);
    }

    fn what_one_workspace_sweeps_stays_in_another(house: &House) {
        let (ours, theirs) = (furnish(house, "ours"), furnish(house, "theirs"));
        let before = house.database.dump(theirs.ada.workspace);
        house.clock.forward(48 * 60 * 60);
        let operator = Principal::Operator(Some(ours.ada.workspace));
        assert_eq!(house.write(operator, |cx| idempotency::sweep(cx, 100)), Ok(1));
        let old = house.read(operator, |cx| file::expired(cx, 100)).unwrap();
        assert_eq!(old, [ours.draft]);
        house.write(operator, move |cx| file::forget(cx, &[theirs.draft, theirs.file])).unwrap();
        assert_eq!(house.database.dump(theirs.ada.workspace), before);
    }
}

type Verb = fn(&mut Cx<'_>, &Rooms, &Rooms) -> Result<()>;

/// Verbs of people: what is ours, then what is theirs.
const PEOPLES: [(&str, Verb); 30] = [
    ("get", |cx, _, t| conversation::get(cx, t.conversation).map(drop)),
    ("lock", |cx, _, t| conversation::lock(cx, t.conversation)),
    ("messages", |cx, _, t| message::page(cx, t.conversation, 0, 20).map(drop)),
    ("post", |cx, _, t| message::post(cx, &Post::new(t.conversation, "Hello.".into())).map(drop)),
    ("mark read", |cx, _, t| participant::mark_read(cx, t.conversation, 1)),
    ("start by id", |cx, _, t| conversation::start(cx, &start(&t.ada.person.to_string())).map(drop)),
    ("start by name", |cx, _, t| conversation::start(cx, &start(&t.name)).map(drop)),
    ("get a person", |cx, _, t| person::get(cx, t.ada.person).map(drop)),
    ("name a person", |cx, _, t| person::by_reference(cx, &t.ada.person.to_string()).map(drop)),
    ("draft", |cx, _, t| file::draft(cx, t.place()).map(drop)),
    ("draft in our conversation", |cx, o, t| {
        file::draft(cx, Place { conversation: o.conversation, message: t.message }).map(drop)
    }),
    ("set the status", |cx, _, t| conversation::set_status(cx, t.conversation, Status::Closed)),
    ("edit", |cx, _, t| message::edit(cx, t.conversation, t.message, Some("Edited."))),
    ("edit through ours", |cx, o, t| message::edit(cx, o.conversation, t.message, Some("Edited."))),
    ("thread", |cx, _, t| thread::get(cx, t.conversation).map(drop)),
    ("ticket", |cx, _, t| ticket::get(cx, t.conversation).map(drop)),
    ("change", |cx, _, t| {
        ticket::change(
            cx,
            t.conversation,
            &ticket::Change { title: Some("Taken".into()), ..Default::default() },
        )
    }),
    ("members", |cx, _, t| ticket::members(cx, t.conversation).map(drop)),
    ("category", |cx, _, t| category::get(cx, &t.category.to_string()).map(drop)),
    ("category by name", |cx, _, t| category::get(cx, &format!("sort of {}", t.name)).map(drop)),
    ("begin of a category", |cx, _, t| {
        let new = ticket::New { category: Some(t.category), ..ticket::New::default() };
        ticket::start(cx, &new).map(drop)
    }),
    ("begin for a person", |cx, _, t| {
        let new = ticket::New { main_person: Some(t.ada.person), ..ticket::New::default() };
        ticket::start(cx, &new).map(drop)
    }),
    ("read a notification", |cx, _, t| notification::set_read(cx, t.message, true)),
    ("send a file", |cx, _, t| upload::request(cx, t.conversation).map(drop)),
    ("borrow a file", |cx, _, t| upload::lend(cx, t.conversation, t.file).map(drop)),
    ("borrow a file through ours", |cx, o, t| upload::lend(cx, o.conversation, t.file).map(drop)),
    ("await", |cx, _, t| file::awaited(cx, t.draft)),
    ("upload", |cx, _, t| file::uploaded(cx, t.draft, &IMAGE)),
    ("attach to our message", |cx, o, t| file::attach(cx, o.place(), t.file).map(drop)),
    ("delete", |cx, o, t| {
        file::delete(cx, o.place(), t.file).and_then(|()| file::delete(cx, t.place(), t.file))
    }),
];

/// Verbs of the operator of our workspace.
const OPERATORS: [(&str, Verb); 17] = [
    ("get a person", |cx, _, t| person::get(cx, t.ada.person).map(drop)),
    ("set a person", |cx, _, t| {
        let change = Change { active: Some(false), ..Change::default() };
        person::set(cx, t.ada.person, &change).map(drop)
    }),
    ("add a token", |cx, _, t| {
        let new = token::New { person: t.ada.person, label: None, can_write: true, expires_at: None };
        token::add(cx, &new).map(drop)
    }),
    ("list tokens", |cx, _, t| none(token::page(cx, t.ada.person, None, 10)?)),
    ("revoke a token", |cx, _, t| token::revoke(cx, t.token)),
    ("set a password", |cx, _, t| {
        password::set(cx, t.ada.person, "eve@ours.example", &password::hash("correct horse battery")?)
    }),
    ("take a login", |cx, o, _| {
        match password::set(
            cx,
            o.ada.person,
            "Ada@theirs.example ",
            &password::hash("correct horse battery")?,
        ) {
            Err(Error::Conflict(_)) => Err(Error::NotFound),
            other => other,
        }
    }),
    ("add a member", |cx, _, t| membership::add(cx, t.ada.person, &project(), "owner").map(drop)),
    ("list memberships", |cx, _, t| none(membership::page(cx, t.ada.person, None, 10)?)),
    ("change a category", |cx, _, t| {
        let change = category::Change { active: Some(false), ..category::Change::default() };
        category::set(cx, &t.category.to_string(), change).map(drop)
    }),
    ("prefer a person", |cx, _, t| preference::set(cx, &preferred(t.agent.person))),
    ("end their e-mails", |cx, _, t| notice::set_wanted(cx, t.ada.person, false)),
    ("look at versions", |cx, _, t| none(message::versions(cx, t.message)?)),
    ("see a sub-account", |cx, _, t| sub_account::get(cx, &t.sub_account()).map(drop)),
    ("change a sub-account", |cx, _, t| {
        sub_account::edit(cx, &t.sub_account(), &sub_account::Change::default()).map(drop)
    }),
    ("make a call", |cx, o, t| {
        let due = |of: &Rooms| Due {
            workspace: of.ada.workspace,
            id: t.call(),
            host: "a.example".into(),
            due_at: Time(0),
        };
        none(callback::claim(cx, &[due(t), due(o)], 10)?)
    }),
    ("remove a member", |cx, _, t| membership::remove(cx, t.ada.person, &project())),
];

fn attempt(house: &House, who: impl Into<Principal>, verb: Verb, ours: &Rooms, theirs: &Rooms) -> Result<()> {
    let (ours, theirs) = (ours.clone(), theirs.clone());
    house.write(who, move |cx| verb(cx, &ours, &theirs))
}

/// There is nothing here, or nobody to write to.
fn refused(outcome: &Result<()>) -> bool {
    let named = ["recipientId", "mainUserId", "category", "categoryId"];
    matches!(outcome, Err(Error::NotFound))
        || matches!(outcome, Err(Error::Invalid { field, .. }) if named.contains(field))
}

fn none<T>(found: Vec<T>) -> Result<()> {
    if found.is_empty() { Err(Error::NotFound) } else { Ok(()) }
}

/// Everything a workspace can have.
#[derive(Clone)]
struct Rooms {
    ada: Caller,
    agent: Caller,
    /// Ada's name outside, of this workspace alone.
    name: String,
    conversation: ConversationId,
    message: MessageId,
    file: FileId,
    draft: FileId,
    token: TokenId,
    category: CategoryId,
}

impl Rooms {
    fn place(&self) -> Place {
        Place { conversation: self.conversation, message: self.message }
    }

    /// The address of its sub-account.
    fn sub_account(&self) -> String {
        format!("zoe@{}.example", self.ada.workspace)
    }

    /// The id of its callback.
    fn call(&self) -> String {
        format!("{}.inbound.1", self.message)
    }
}

fn furnish(house: &House, slug: &'static str) -> Rooms {
    let workspace = house.workspace(slug);
    let name = format!("ada of {slug}");
    let (ada, agent) = (house.customer(&workspace, &name), house.agent(&workspace, "agnes"));
    let operator = Principal::Operator(Some(workspace.id));
    let bob = house.customer(&workspace, "bob").person;
    let reachable = Facts { email: Some("bob@example.com".into()), ..Facts::default() };
    let reachable = Change { facts: reachable, ..Change::default() };
    house.write(operator, move |cx| person::set(cx, bob, &reachable)).expect("Bob has an address");
    let begin = |body: &str| house.start(ada, "bob", "o-1", body).expect("a conversation begins");
    let (conversation, _) = (begin("Hello."), begin("Are you there?"));
    let page = house.read(ada, move |cx| message::page(cx, conversation, 1, 1)).unwrap();
    let place = Place { conversation, message: page.messages[0].id };
    let hang = move |cx: &mut Cx<'_>| {
        let file = file::draft(cx, place)?.file;
        file::uploaded(cx, file, &IMAGE)?;
        Ok((file::attach(cx, place, file)?.id, file::draft(cx, place)?.file))
    };
    let (file, draft) = house.write(ada, hang).expect("a file is attached");
    house
        .write(ada, move |cx| message::edit(cx, conversation, place.message, Some("Good day.")))
        .expect("it is edited");
    house
        .write(agent, move |cx| conversation::set_status(cx, conversation, Status::Waiting))
        .expect("it waits");
    let once = idempotency::Once { key: "k".into(), request_hash: "h".into() };
    let answer = idempotency::Answer { status: 201, body: slug.to_owned() };
    house.write(ada, move |cx| idempotency::once(cx, Some(&once), |_| Ok(answer.clone()))).unwrap();
    let token = house.write(operator, move |cx| admit(cx, ada.person, slug)).expect("Ada is let in");
    let sort = format!("sort of {name}");
    let category =
        house.write(operator, move |cx| news(cx, ada.person, agent.person, &sort)).expect("there is news");
    house.write(agent, |cx| contact::save(cx, &listed()).map(drop)).expect("a contact is kept");
    let heard = Heard {
        from: "+33612345678".into(),
        our_address: "12345".into(),
        channel: Channel::Sms,
        text: "STOP".into(),
    };
    house.write(operator, move |cx| line::hear(cx, &heard)).expect("a text comes in");
    crate::sending::furnish(house, &workspace);
    let rooms =
        Rooms { ada, agent, name, conversation, message: place.message, file, draft, token, category };
    call_back(house, &rooms);
    rooms
}

/// An account that wants to be called back, a callback, and a memo.
fn call_back(house: &House, rooms: &Rooms) {
    let new = sub_account::New {
        email: rooms.sub_account(),
        first_name: "Zoe".into(),
        last_name: String::new(),
        company_name: String::new(),
        password: None,
        parameters: Parameters::new(),
    };
    let operator = Principal::Operator(Some(rooms.ada.workspace));
    house
        .write(operator, move |cx| {
            let urls: Parameters = [(Parameter::InboundUrl, "https://a.example".to_owned())].into();
            account::set_parameters(cx, &urls)?;
            sub_account::create(cx, &new)
        })
        .expect("an account has said something");
    house.database.execute(&format!(
        "INSERT INTO callback (workspace, id, kind, url, host, message, subject, number, text, our_address, channel,
             happened_at, state, attempts, due_at, outcome)
         VALUES ({}, '{}', 'inbound', 'https://a.example', 'a.example', '{}', 's', '+33600000001', '', '1', 'sms', 0,
             'waiting', 0, 0, '')",
        rooms.ada.workspace,
        rooms.call(),
        rooms.message
    ));
    house.database.execute(&format!(
        "INSERT INTO memo (workspace, id, kind, address, message, balance_micro, bound_micro, happened_at, attempts,
             due_at)
         VALUES ({}, '{}', 'text', 'desk@a.example', '{1}', 0, 0, 0, 0, 0)",
        rooms.ada.workspace, rooms.message
    ));
}

fn admit(cx: &mut Cx<'_>, ada: PersonId, slug: &str) -> Result<TokenId> {
    membership::add(cx, ada, &project(), "owner")?;
    password::set(cx, ada, &format!("ada@{slug}.example"), &password::hash("correct horse battery")?)?;
    let new = token::New { person: ada, label: Some("phone".into()), can_write: true, expires_at: None };
    token::add(cx, &new).map(|(token, _)| token.id)
}

/// What follows from what was said, and what else an operator sets.
fn news(cx: &mut Cx<'_>, ada: PersonId, agent: PersonId, sort: &str) -> Result<CategoryId> {
    notification::follow(cx, 1_000)?;
    notice::follow(cx, &TIMING, 1_000)?;
    presence::note(cx, &[(ada, cx.now)])?;
    notice::set_wanted(cx, ada, false)?;
    preference::set(cx, &preferred(agent))?;
    category::add(cx, sort, vec![category::Reference::Project]).map(|category| category.id)
}

fn listed() -> contact::Saving {
    let new = contact::New { phone: Some("+33612345678".into()), ..contact::New::default() };
    let lists = vec![(contact::list::Kind::List, "all".into())];
    contact::Saving { contacts: vec![new], lists, ..contact::Saving::default() }
}

fn preferred(person: PersonId) -> Preference {
    Preference { customer: "c-1".into(), category: None, person }
}

const TIMING: Timing =
    Timing { inactive_seconds: 300, digest_seconds: 900, lease_seconds: 60, retry_seconds: 60 };

fn start(recipient: &str) -> Start {
    Start {
        source: Some(Source { kind: SourceKind::Order, id: "o-1".into() }),
        recipient: Some(recipient.to_owned()),
        shared_with: None,
        body: "Hello.".into(),
    }
}

fn project() -> Aggregate {
    Aggregate { domain: "project".into(), kind: "project".into(), id: "p-1".into() }
}
