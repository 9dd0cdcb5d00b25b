//! Who may do what: every kind of person with every verb of a conversation, and every way a token can be no good.

use parlance_engine::access::Caller;
use parlance_engine::category::{self, Reference};
use parlance_engine::channel::Channel;
use parlance_engine::conversation::{self, Source, SourceKind, Start, line};
use parlance_engine::credential::{self, UNKNOWN, login, password, token};
use parlance_engine::file::{self, Place, Verdict, upload};
use parlance_engine::membership::{self, Aggregate};
use parlance_engine::message::{self, Post};
use parlance_engine::person::{self, Change};
use parlance_engine::preference::{self, Preference};
use parlance_engine::workspace::Workspace;
use parlance_engine::{
    ConversationId, Cx, Error, MessageId, Principal, Result, event, idempotency, participant,
};
use proptest::prelude::*;

use crate::support::{House, on_both};

type Verb = fn(&mut Cx<'_>, Place) -> Result<()>;

/// Every verb of a conversation. A place names the conversation and Ada's message in it.
const VERBS: [(&str, Verb); 12] = [
    ("get", |cx, at| conversation::get(cx, at.conversation).map(drop)),
    ("messages", |cx, at| message::page(cx, at.conversation, 0, 20).map(drop)),
    ("mark read", |cx, at| participant::mark_read(cx, at.conversation, 1)),
    ("post", |cx, at| message::post(cx, &Post::new(at.conversation, "Hello.".into())).map(drop)),
    ("lock", |cx, at| conversation::lock(cx, at.conversation)),
    ("draft", |cx, at| file::draft(cx, at).map(drop)),
    ("await", |cx, at| file::awaited(cx, file_of(at))),
    ("upload", |cx, at| file::uploaded(cx, file_of(at), &Verdict::Rejected(vec!["No.".into()]))),
    ("attach", |cx, at| file::attach(cx, at, file_of(at)).map(drop)),
    ("delete", |cx, at| file::delete(cx, at, file_of(at))),
    ("request an upload", |cx, at| upload::request(cx, at.conversation).map(drop)),
    ("lend a file", |cx, at| upload::lend(cx, at.conversation, file_of(at)).map(drop)),
];

/// The verbs of the operator alone.
const OPERATIONS: [(&str, Verb); 18] = [
    ("hear a text", |cx, _| line::hear(cx, &a_text()).map(drop)),
    ("say how far a message came", |cx, at| {
        message::set_delivery(cx, at.message, message::Delivery::Delivered).map(drop)
    }),
    ("add a token", |cx, at| token::add(cx, &a_token_for(at)).map(drop)),
    ("list tokens", |cx, at| token::page(cx, person_of(at), None, 10).map(drop)),
    ("revoke a token", |cx, at| token::revoke(cx, parlance_engine::TokenId(at.message.0))),
    ("set a password", |cx, at| {
        password::set(cx, person_of(at), "eve@example.org", &password::hash("correct horse battery")?)
    }),
    ("open a session", |cx, _| {
        let nobody = login::find(cx, "eve@example.org", &password::decoy()?)?;
        login::open(cx, &nobody).map(drop)
    }),
    ("list categories", |cx, _| category::list(cx).map(drop)),
    ("add a category", |cx, _| category::add(cx, "other", vec![Reference::Project]).map(drop)),
    ("set a category", |cx, _| category::set(cx, "general", category::Change::default()).map(drop)),
    ("list preferences", |cx, _| preference::page(cx, None, 10).map(drop)),
    ("set a preference", |cx, at| preference::set(cx, &a_preference_for(at))),
    ("remove a preference", |cx, _| preference::remove(cx, "c-1", None)),
    ("set a person", |cx, at| person::set(cx, person_of(at), &Change::default()).map(drop)),
    ("read the log", |cx, _| event::page(cx, 0, 10).map(drop)),
    ("list old files", |cx, _| file::expired(cx, 10).map(drop)),
    ("forget files", |cx, at| file::forget(cx, &[file_of(at)])),
    ("sweep answers", |cx, _| idempotency::sweep(cx, 10).map(drop)),
];

/// Tests know neither file nor person from a place alone; an id that is nobody's is as good to be refused.
fn file_of(at: Place) -> parlance_engine::FileId {
    parlance_engine::FileId(at.message.0)
}

fn person_of(at: Place) -> parlance_engine::PersonId {
    parlance_engine::PersonId(at.message.0)
}

fn a_token_for(at: Place) -> token::New {
    token::New { person: person_of(at), label: None, can_write: true, expires_at: None }
}

fn a_text() -> line::Heard {
    let (from, our_address, text) = ("+33612345678".into(), "12345".into(), "Hello?".into());
    line::Heard { from, our_address, channel: Channel::Sms, text }
}

fn a_preference_for(at: Place) -> Preference {
    Preference { customer: "c-1".into(), category: None, person: person_of(at) }
}

on_both! {
    fn who_does_not_see_a_conversation_finds_nothing_whatever_they_try(house: &House) {
        let stage = Stage::set(house);
        for who in [stage.outsider, stage.removed] {
            for (name, verb) in VERBS {
                assert_eq!(stage.attempt(who, verb), Err(Error::NotFound), "{name}");
            }
        }
        assert_eq!(stage.said(), 1);
    }

    fn who_sees_a_conversation_does_in_it_what_is_theirs_to_do(house: &House) {
        let stage = Stage::set(house);
        let forbidden = |e: &Result<()>| matches!(e, Err(Error::Forbidden(_)));
        for who in [stage.agent, stage.member] {
            for name in ["get", "messages", "mark read"] {
                assert_eq!(stage.named(who, name), Ok(()), "{name}");
            }
            assert!(forbidden(&stage.named(who, "lock")), "only who takes part may lock");
            for name in ["draft", "await", "upload", "attach", "delete"] {
                assert_eq!(stage.named(who, name), Err(Error::NotFound), "{name} on Ada's message");
            }
            assert_eq!(stage.named(who, "post"), Ok(()), "who sees it may speak");
            assert_eq!(stage.named(who, "lock"), Ok(()), "who has spoken takes part");
            stage.unlock();
        }
        for who in [stage.ada, stage.bob] {
            for name in ["get", "messages", "mark read", "post", "request an upload"] {
                assert_eq!(stage.named(who, name), Ok(()), "{name}");
            }
        }
        assert_eq!(stage.named(stage.bob, "draft"), Err(Error::NotFound), "on Ada's message");
        assert_eq!(stage.named(stage.ada, "draft"), Ok(()));
    }

    fn a_token_that_may_only_read_changes_nothing(house: &House) {
        let stage = Stage::set(house);
        let reader = Caller { can_write: false, ..stage.ada };
        for name in ["get", "messages"] {
            assert_eq!(stage.named(reader, name), Ok(()), "{name}");
        }
        for name in ["post", "lock", "draft", "await", "upload", "attach", "delete", "request an upload"] {
            let outcome = stage.named(reader, name);
            assert!(matches!(outcome, Err(Error::Forbidden(_))), "{name}: {outcome:?}");
        }
        let start = stage.start();
        let outcome = house.write(reader, move |cx| conversation::start(cx, &start));
        assert!(matches!(outcome, Err(Error::Forbidden(_))), "start: {outcome:?}");
        assert_eq!(stage.said(), 1);
    }

    fn only_a_token_of_ours_that_may_write_mints_and_ends_others(house: &House) {
        let stage = Stage::set(house);
        let operator = Principal::Operator(Some(stage.ada.workspace));
        let ada = stage.ada.person;
        let new = token::New { person: ada, label: None, can_write: true, expires_at: None };
        let minted = new.clone();
        let (first, _) = house.write(operator, move |cx| token::add(cx, &minted)).unwrap();
        let with_token = Caller { token: Some(first.id), ..stage.ada };
        let reader = Caller { can_write: false, ..with_token };
        for who in [stage.ada, reader] {
            let mine = new.clone();
            let minted = house.write(who, move |cx| token::add_own(cx, mine.clone()));
            assert!(matches!(minted, Err(Error::Forbidden(_))), "{minted:?}");
            let ended = house.write(who, move |cx| token::revoke_own(cx, first.id));
            assert!(matches!(ended, Err(Error::Forbidden(_))), "{ended:?}");
        }
        // A token for somebody else is asked for, and becomes one's own.
        let theirs = token::New { person: stage.bob.person, ..new };
        let (own, _) = house.write(with_token, move |cx| token::add_own(cx, theirs.clone())).unwrap();
        assert_eq!(own.person, ada);
        let other = Caller { token: Some(first.id), ..stage.bob };
        assert_eq!(house.write(other, move |cx| token::revoke_own(cx, own.id)), Err(Error::NotFound));
        assert_eq!(house.write(with_token, move |cx| token::revoke_own(cx, own.id)), Ok(()));
        assert_eq!(house.read(with_token, token::count_own), Ok(1));
    }

    fn the_operator_and_nobody_say_nothing_in_conversations(house: &House) {
        let stage = Stage::set(house);
        let operator = Principal::Operator(Some(stage.ada.workspace));
        for who in [Principal::Nobody, Principal::OPERATOR, operator] {
            for (name, verb) in VERBS {
                let outcome = stage.attempt(who, verb);
                assert!(matches!(outcome, Err(Error::Forbidden(_))), "{name}: {outcome:?}");
            }
        }
    }

    fn what_is_the_operators_is_nobody_elses(house: &House) {
        let stage = Stage::set(house);
        for who in [Principal::Nobody, Principal::OPERATOR, stage.ada.into(), stage.agent.into()] {
            for (name, verb) in OPERATIONS {
                let outcome = stage.attempt(who, verb);
                assert!(matches!(outcome, Err(Error::Forbidden(_))), "{name}: {outcome:?}");
            }
        }
    }

    fn a_token_opens_its_person_until_it_ends_is_revoked_or_they_are_deactivated(house: &House) {
        let stage = Stage::set(house);
        let operator = Principal::Operator(Some(stage.ada.workspace));
        let ada = stage.ada.person;
        let mint = |seconds: Option<i64>| {
            let expires_at = seconds.map(|s| house.clock.next().plus_seconds(s));
            let new = token::New { person: ada, label: None, can_write: true, expires_at };
            house.write(operator, move |cx| token::add(cx, &new)).unwrap()
        };
        let (lasting, secret) = mint(None);
        let (_, short) = mint(Some(60));
        assert_eq!(by_token(house, &secret), Ok(Caller { token: Some(lasting.id), ..stage.ada }));
        assert!(by_token(house, &short).is_ok());
        house.clock.forward(60);
        assert_eq!(by_token(house, &short), Err(UNKNOWN), "it has ended");

        let active = |active| {
            let change = Change { active: Some(active), ..Change::default() };
            house.write(operator, move |cx| person::set(cx, ada, &change)).unwrap();
        };
        active(false);
        assert_eq!(by_token(house, &secret), Err(UNKNOWN), "she is deactivated");
        active(true);
        assert!(by_token(house, &secret).is_ok());
        house.write(operator, move |cx| token::revoke(cx, lasting.id)).unwrap();
        assert_eq!(by_token(house, &secret), Err(UNKNOWN), "it is revoked");
    }

    fn a_person_has_one_login_and_a_new_address_takes_the_place_of_the_old(house: &House) {
        let stage = Stage::set(house);
        let operator = Principal::Operator(Some(stage.ada.workspace));
        let set = |who: Caller, email: &'static str| {
            let hash = password::hash("correct horse battery").unwrap();
            house.write(operator, move |cx| password::set(cx, who.person, email, &hash))
        };
        assert_eq!(set(stage.ada, "ada@old.example"), Ok(()));
        assert_eq!(set(stage.ada, " Ada@New.example "), Ok(()));
        assert!(matches!(set(stage.bob, "ada@new.example"), Err(Error::Conflict(_))), "it is Ada's");
        assert_eq!(set(stage.bob, "ada@old.example"), Ok(()), "it is nobody's any more");
        assert_eq!(house.database.rows("SELECT email FROM login ORDER BY 1"), ["ada@new.example", "ada@old.example"]);
    }

    fn a_token_is_good_in_its_one_spelling_alone(house: &House) {
        let stage = Stage::set(house);
        let new = token::New { person: stage.ada.person, label: None, can_write: true, expires_at: None };
        let operator = Principal::Operator(Some(stage.ada.workspace));
        let (token, secret) = house.write(operator, move |cx| token::add(cx, &new)).unwrap();
        assert!(by_token(house, &secret).is_ok());
        let hash = token::hash(&secret);
        let spellings = ["", " ", "\0", "plc_", "%", &hash, &token.id.to_string(), &secret.to_uppercase()];
        let padded = [format!(" {secret}"), format!("{secret} "), format!("{secret}\0"), format!("{secret}\n")];
        let cut = [secret[1..].to_owned(), secret[..secret.len() - 1].to_owned(), secret.replace("plc_", "")];
        for spelling in spellings.map(str::to_owned).into_iter().chain(padded).chain(cut) {
            assert_eq!(by_token(house, &spelling), Err(UNKNOWN), "{spelling:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_invented_token_opens_anything(secrets in prop::collection::vec(any::<String>(), 50)) {
        let house = House::on_sqlite();
        Stage::set(&house);
        for secret in secrets {
            prop_assert_eq!(by_token(&house, &secret), Err(UNKNOWN));
        }
    }
}

fn by_token(house: &House, secret: &str) -> Result<Caller> {
    let secret = secret.to_owned();
    house.read(Principal::Nobody, move |cx| credential::by_token(cx, &secret)).map(|session| session.caller)
}

/// Ada has begun a conversation with Bob, shared with a project; and who else there is.
struct Stage<'h> {
    house: &'h House,
    ada: Caller,
    bob: Caller,
    agent: Caller,
    outsider: Caller,
    /// Belongs to the project.
    member: Caller,
    /// Belonged to it until a moment ago.
    removed: Caller,
    place: Place,
}

impl<'h> Stage<'h> {
    fn set(house: &'h House) -> Stage<'h> {
        let shop: Workspace = house.workspace("shop");
        let customer = |name| house.customer(&shop, name);
        let [ada, bob, outsider, member, removed] = ["ada", "bob", "eve", "mia", "rex"].map(customer);
        let agent = house.agent(&shop, "agnes");
        let nowhere = Place { conversation: ConversationId(ada.person.0), message: MessageId(ada.person.0) };
        let mut stage = Stage { house, ada, bob, agent, outsider, member, removed, place: nowhere };
        for person in [member.person, removed.person] {
            let operator = Principal::Operator(Some(shop.id));
            house.write(operator, move |cx| membership::add(cx, person, &project(), "owner")).unwrap();
        }
        let start = stage.start();
        let conversation = house.write(ada, move |cx| conversation::start(cx, &start)).unwrap();
        let page = house.read(removed, move |cx| message::page(cx, conversation, 0, 1));
        stage.place = Place { conversation, message: page.expect("a member sees it").messages[0].id };
        let operator = Principal::Operator(Some(shop.id));
        house.write(operator, move |cx| membership::remove(cx, removed.person, &project())).unwrap();
        stage
    }

    fn start(&self) -> Start {
        Start {
            source: Some(Source { kind: SourceKind::Order, id: "o-1".into() }),
            recipient: Some("bob".into()),
            shared_with: Some(project()),
            body: "Hello.".into(),
        }
    }

    fn attempt(&self, who: impl Into<Principal>, verb: Verb) -> Result<()> {
        let place = self.place;
        self.house.write(who, move |cx| verb(cx, place))
    }

    fn named(&self, who: Caller, name: &str) -> Result<()> {
        let (_, verb) = VERBS.into_iter().find(|(n, _)| *n == name).expect("a verb of this name");
        self.attempt(who, verb)
    }

    fn said(&self) -> usize {
        let id = self.place.conversation;
        self.house.read(self.ada, move |cx| message::page(cx, id, 0, 100)).unwrap().messages.len()
    }

    /// There is no verb for this yet.
    fn unlock(&self) {
        self.house.database.execute("UPDATE conversation SET locked = 0");
    }
}

fn project() -> Aggregate {
    Aggregate { domain: "project".into(), kind: "project".into(), id: "p-1".into() }
}
