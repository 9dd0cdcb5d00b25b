//! Notifications: who is told of what, and what reading does to it.

use parlance_engine::access::Caller;
use parlance_engine::conversation::ticket::{self, New, Request, Service};
use parlance_engine::message::Kind;
use parlance_engine::message::{self, Message, Post};
use parlance_engine::notification::{self, Counts, Filter, Notification, Severity};
use parlance_engine::workspace::Workspace;
use parlance_engine::{ConversationId, Error, MessageId, Principal, participant};

use crate::support::{House, on_both};

/// A workspace, and in it somebody who sells, somebody who buys, and somebody who answers.
pub struct Shop {
    pub workspace: Workspace,
    pub anna: Caller,
    pub ben: Caller,
    pub agent: Caller,
}

impl Shop {
    pub fn open(house: &House) -> Shop {
        let workspace = house.workspace("shop");
        let (anna, ben) = (house.customer(&workspace, "anna"), house.customer(&workspace, "ben"));
        let agent = house.agent(&workspace, "agent");
        Shop { workspace, anna, ben, agent }
    }

    pub fn operator(&self) -> Principal {
        Principal::Operator(Some(self.workspace.id))
    }
}

/// Comes to the end of the log, a few events at a time.
pub fn follow(house: &House, shop: &Shop) {
    while house.write(shop.operator(), |cx| notification::follow(cx, 3)).expect("the log is followed") {}
}

fn page(house: &House, who: Caller, filter: Filter) -> notification::Page {
    house.read(who, move |cx| notification::page(cx, &filter, 0, 100)).expect("a page")
}

fn all(house: &House, who: Caller) -> Vec<Notification> {
    page(house, who, Filter::default()).notifications
}

fn unread(house: &House, who: Caller) -> i64 {
    house.read(who, notification::unread).expect("counts").total()
}

fn post(house: &House, who: Caller, id: ConversationId, body: &str) -> Message {
    house.clock.forward(1);
    house.post(who, id, body).expect("a message is posted")
}

on_both! {
    fn who_takes_part_is_told_of_what_others_say_and_nobody_else_is(house: &House) {
        let shop = Shop::open(house);
        let id = house.start(shop.anna, "ben", "1", "Is it still there?").unwrap();
        let answer = post(house, shop.ben, id, "It is");
        let offer = post(house, shop.agent, id, "May I help?");
        follow(house, &shop);
        let told = all(house, shop.anna);
        assert_eq!(told.iter().map(|n| n.message).collect::<Vec<_>>(), [offer.id, answer.id]);
        let newest = Notification {
            message: offer.id,
            conversation: id,
            kind: Kind::Message,
            severity: Severity::Info,
            read: false,
            created_at: offer.created_at,
        };
        assert_eq!(told[0], newest);
        assert_eq!(unread(house, shop.ben), 2);
        // The agent came with a word of their own: what was said before is nothing new to them.
        assert_eq!(all(house, shop.agent), []);
        post(house, shop.anna, id, "Yes please");
        follow(house, &shop);
        assert_eq!((unread(house, shop.agent), unread(house, shop.anna)), (1, 2));
    }

    fn following_twice_tells_once(house: &House) {
        let shop = Shop::open(house);
        house.start(shop.anna, "ben", "1", "Hello").unwrap();
        follow(house, &shop);
        follow(house, &shop);
        let failed = house.write(shop.operator(), |cx| {
            notification::follow(cx, 100)?;
            Err::<(), _>(Error::NotFound)
        });
        assert!(failed.is_err());
        follow(house, &shop);
        assert_eq!(unread(house, shop.ben), 1);
    }

    fn reading_the_messages_reads_their_notifications_whichever_comes_first(house: &House) {
        let shop = Shop::open(house);
        let id = house.start(shop.anna, "ben", "1", "One").unwrap();
        post(house, shop.anna, id, "Two");
        follow(house, &shop);
        assert_eq!(unread(house, shop.ben), 2);
        house.write(shop.ben, move |cx| participant::mark_read(cx, id, 1)).unwrap();
        follow(house, &shop);
        assert_eq!(unread(house, shop.ben), 1);
        post(house, shop.anna, id, "Three");
        house.write(shop.ben, move |cx| participant::mark_read(cx, id, 3)).unwrap();
        follow(house, &shop);
        assert_eq!((unread(house, shop.ben), all(house, shop.ben).len()), (0, 3));
    }

    fn reading_a_notification_reads_no_message(house: &House) {
        let shop = Shop::open(house);
        house.start(shop.anna, "ben", "1", "Hello").unwrap();
        follow(house, &shop);
        let message = all(house, shop.ben)[0].message;
        house.write(shop.ben, move |cx| notification::set_read(cx, message, true)).unwrap();
        assert_eq!(unread(house, shop.ben), 0);
        assert_eq!(house.read(shop.ben, participant::unread).unwrap(), 1);
        house.write(shop.ben, move |cx| notification::set_read(cx, message, false)).unwrap();
        assert_eq!(unread(house, shop.ben), 1);
    }

    fn what_agents_say_among_themselves_is_told_to_agents_alone(house: &House) {
        let shop = Shop::open(house);
        let other = house.agent(&shop.workspace, "another agent");
        let id = house.write(shop.anna, |cx| ticket::start(cx, &New { body: Some("Help".into()), ..New::default() })).unwrap();
        for agent in [shop.agent, other] {
            post(house, agent, id, "We look into it");
        }
        follow(house, &shop);
        let before = (unread(house, shop.anna), unread(house, shop.agent));
        let note = Post { internal: true, ..Post::new(id, "She is angry".into()) };
        house.write(other, move |cx| message::post(cx, &note)).unwrap();
        follow(house, &shop);
        assert_eq!((unread(house, shop.anna), unread(house, shop.agent)), (before.0, before.1 + 1));
    }

    fn a_service_that_is_asked_for_is_a_warning(house: &House) {
        let shop = Shop::open(house);
        let request = Request { service: Service::Relocation, payload: "{}".into() };
        let id = house.write(shop.anna, move |cx| ticket::request(cx, &request)).unwrap();
        // A ticket for a service is with the one who asks; somebody else is in it when it is made for both.
        house.database.execute(&format!(
            "INSERT INTO participant (workspace, conversation, person, joined_at, read_index, unread, updated_at)
             SELECT workspace, conversation, '{}', joined_at, 0, 1, updated_at FROM participant WHERE conversation = '{id}'",
            shop.agent.person
        ));
        follow(house, &shop);
        let told = all(house, shop.agent);
        assert_eq!((told[0].kind, told[0].severity), (Kind::ServiceRequest, Severity::Warning));
        let counts = house.read(shop.agent, notification::unread).unwrap();
        assert_eq!(counts, Counts { warning: 1, ..Counts::default() });
    }

    fn nobody_reads_what_others_are_told(house: &House) {
        let shop = Shop::open(house);
        house.start(shop.anna, "ben", "1", "Hello").unwrap();
        follow(house, &shop);
        let message = all(house, shop.ben)[0].message;
        for other in [shop.anna, shop.agent] {
            let outcome = house.write(other, move |cx| notification::set_read(cx, message, true));
            assert_eq!(outcome, Err(Error::NotFound));
            assert_eq!(house.write(other, |cx| notification::read_all(cx, &Filter::default())), Ok(0));
        }
        let reader = Caller { can_write: false, ..shop.ben };
        let forbidden = house.write(reader, move |cx| notification::set_read(cx, message, true));
        assert!(matches!(forbidden, Err(Error::Forbidden(_))));
        let forbidden = house.write(reader, |cx| notification::read_all(cx, &Filter::default()));
        assert!(matches!(forbidden, Err(Error::Forbidden(_))));
        assert_eq!(unread(house, shop.ben), 1);
    }

    fn a_filter_chooses_by_status_severity_kind_and_conversation(house: &House) {
        let shop = Shop::open(house);
        let one = house.start(shop.anna, "ben", "1", "Hello").unwrap();
        house.clock.forward(1);
        let two = house.start(shop.anna, "ben", "2", "Hello again").unwrap();
        follow(house, &shop);
        let about_one = Filter { conversation: Some(one), ..Filter::default() };
        let read = { let about_one = about_one.clone(); house.write(shop.ben, move |cx| notification::read_all(cx, &about_one)) };
        assert_eq!(read, Ok(1));
        let found = |filter: Filter| page(house, shop.ben, filter).notifications.iter().map(|n| n.conversation).collect::<Vec<_>>();
        assert_eq!(found(Filter::default()), [two, one]);
        assert_eq!(found(about_one), [one]);
        assert_eq!(found(Filter { read: Some(true), ..Filter::default() }), [one]);
        assert_eq!(found(Filter { read: Some(false), ..Filter::default() }), [two]);
        let severities = |of: &[Severity]| Filter { severities: Some(of.to_vec()), ..Filter::default() };
        assert_eq!(found(severities(&[Severity::Info])), [two, one]);
        assert_eq!(found(severities(&[Severity::Warning, Severity::Error, Severity::Success])), []);
        assert_eq!(found(severities(&[])), []);
        let kinds = |of: &[Kind]| Filter { kinds: Some(of.to_vec()), ..Filter::default() };
        assert_eq!(found(kinds(&[Kind::Message])), [two, one]);
        assert_eq!(found(kinds(&[Kind::ServiceRequest])), []);
        let counts = house.read(shop.ben, notification::unread).unwrap();
        assert_eq!(counts, Counts { info: 1, ..Counts::default() });
    }

    fn a_page_is_some_of_all(house: &House) {
        let shop = Shop::open(house);
        let id = house.start(shop.anna, "ben", "1", "0").unwrap();
        let said: Vec<_> = (1..5).map(|n| post(house, shop.anna, id, &n.to_string()).id).collect();
        follow(house, &shop);
        let some = house.read(shop.ben, |cx| notification::page(cx, &Filter::default(), 1, 2)).unwrap();
        assert_eq!(some.total, 5);
        assert_eq!(some.notifications.iter().map(|n| n.message).collect::<Vec<_>>(), [said[2], said[1]]);
        let none = house.read(shop.ben, |cx| notification::page(cx, &Filter::default(), 9, 2)).unwrap();
        assert_eq!((none.total, none.notifications.len()), (5, 0));
        let none = house.read(shop.ben, |cx| notification::page(cx, &Filter::default(), -1, -1)).unwrap();
        assert_eq!((none.total, none.notifications.len()), (5, 0));
    }

    fn what_is_older_than_ninety_days_is_forgotten(house: &House) {
        let shop = Shop::open(house);
        let id = house.start(shop.anna, "ben", "1", "Old").unwrap();
        post(house, shop.anna, id, "Old too");
        follow(house, &shop);
        house.clock.forward(notification::KEPT_SECONDS - 60);
        let young = post(house, shop.anna, id, "Young");
        follow(house, &shop);
        assert_eq!(house.write(shop.operator(), |cx| notification::sweep(cx, 10)), Ok(0));
        house.clock.forward(120);
        assert_eq!(house.write(shop.operator(), |cx| notification::sweep(cx, 1)), Ok(1));
        assert_eq!(house.write(shop.operator(), |cx| notification::sweep(cx, 10)), Ok(1));
        assert_eq!(all(house, shop.ben).iter().map(|n| n.message).collect::<Vec<_>>(), [young.id]);
    }

    fn who_may_no_longer_see_a_conversation_is_told_nothing_of_it(house: &House) {
        let shop = Shop::open(house);
        let gone = house.start(shop.anna, "ben", "1", "Hello").unwrap();
        house.start(shop.anna, "ben", "2", "Hello").unwrap();
        follow(house, &shop);
        assert_eq!(unread(house, shop.ben), 2);
        house.database.execute(&format!(
            "DELETE FROM participant WHERE workspace = {} AND conversation = '{gone}' AND person = '{}'",
            shop.workspace.id, shop.ben.person
        ));
        let told = page(house, shop.ben, Filter::default());
        assert_eq!((unread(house, shop.ben), told.total, told.notifications.len()), (1, 1, 1));
        assert_ne!(told.notifications[0].conversation, gone);
        let about = Filter { conversation: Some(gone), ..Filter::default() };
        assert_eq!(house.write(shop.ben, move |cx| notification::read_all(cx, &about)), Ok(0));
        let hidden = all(house, shop.ben)[0].message;
        let hidden = house.database.rows(&format!("SELECT message FROM notification WHERE message <> '{hidden}'"));
        let message: MessageId = hidden[0].parse().unwrap();
        let outcome = house.write(shop.ben, move |cx| notification::set_read(cx, message, true));
        assert_eq!(outcome, Err(Error::NotFound));
    }

    fn workspaces_are_told_nothing_of_each_other(house: &House) {
        let shop = Shop::open(house);
        let other = house.workspace("other");
        let (cara, _) = (house.customer(&other, "cara"), house.customer(&other, "ben"));
        house.start(cara, "ben", "1", "Not for this shop").unwrap();
        house.start(shop.anna, "ben", "1", "For this one").unwrap();
        follow(house, &shop);
        assert_eq!((unread(house, shop.ben), unread(house, cara)), (1, 0));
        let message = all(house, shop.ben)[0].message;
        let outcome = house.write(cara, move |cx| notification::set_read(cx, message, true));
        assert_eq!(outcome, Err(Error::NotFound));
    }
}
