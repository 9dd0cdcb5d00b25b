//! Tickets: how a conversation stands, who sees what of it, what changes it, and how lists of them are put in order.

use parlance_engine::access::{Caller, Scope};
use parlance_engine::conversation::thread::{self, Item};
use parlance_engine::conversation::ticket::{self, Change, Listing, New, Order, Standing};
use parlance_engine::conversation::{self, Status};
use parlance_engine::membership::{self, Aggregate};
use parlance_engine::message::{self, Post};
use parlance_engine::preference::{self, Preference};
use parlance_engine::workspace::Workspace;
use parlance_engine::{
    ConversationId, Error, MessageId, PersonId, Principal, Result, category, event, participant,
};

use crate::support::{House, on_both};

on_both! {
    fn a_customer_opens_and_an_agent_answers(house: &House) {
        let at = Desk::new(house);
        let id = at.ticket(house, &says("The mail\nis down.")).unwrap();
        assert_eq!(standing(house, at.ada, id), Status::Open);
        house.post(at.agent, id, "We look into it.").unwrap();
        assert_eq!(standing(house, at.ada, id), Status::Answered);
        house.write(at.ada, move |cx| conversation::set_status(cx, id, Status::Closed)).unwrap();
        house.post(at.ada, id, "It is down again.").unwrap();
        assert_eq!(standing(house, at.ada, id), Status::Open);
        assert_eq!(
            seen(house, at.ada, id),
            ["created", "The mail\nis down.", "We look into it.", "answered", "closed", "It is down again.", "open"]
        );
    }

    fn a_status_that_is_already_so_changes_nothing(house: &House) {
        let at = Desk::new(house);
        let id = at.ticket(house, &says("Hello.")).unwrap();
        let close = move |cx: &mut parlance_engine::Cx<'_>| conversation::set_status(cx, id, Status::Closed);
        house.write(at.ada, close).unwrap();
        let before = house.database.dump_what_there_is(at.shop.id);
        house.write(at.agent, close).unwrap();
        assert_eq!(house.database.dump_what_there_is(at.shop.id), before);
    }

    fn only_an_agent_says_that_a_ticket_waits_or_is_in_progress(house: &House) {
        let at = Desk::new(house);
        let id = at.ticket(house, &says("Hello.")).unwrap();
        for status in [Status::Waiting, Status::InProgress] {
            let set = move |cx: &mut parlance_engine::Cx<'_>| conversation::set_status(cx, id, status);
            assert!(matches!(house.write(at.ada, set), Err(Error::Forbidden(_))));
            assert_eq!(house.write(at.agent, set), Ok(()));
            assert_eq!(standing(house, at.ada, id), status);
        }
    }

    fn a_ticket_is_called_what_it_was_called_else_its_first_words(house: &House) {
        let at = Desk::new(house);
        let named = New { title: Some("  The  mail ".into()), ..says("is down") };
        let titles = [(named, "The mail"), (says("\n  is down\nsince noon"), "is down"), (New::default(), "Conversation")];
        for (new, title) in titles {
            let id = at.ticket(house, &new).unwrap();
            assert_eq!(one(house, at.ada, id).title, title);
        }
        let id = at.ticket(house, &New::default()).unwrap();
        house.post(at.ada, id, "The first words.").unwrap();
        house.post(at.ada, id, "Other words.").unwrap();
        assert_eq!(one(house, at.ada, id).title, "The first words.");
    }

    fn what_agents_say_among_themselves_nobody_else_finds(house: &House) {
        let at = Desk::new(house);
        let id = at.ticket(house, &says("Hello.")).unwrap();
        let before = one(house, at.ada, id);
        let members = || house.read(at.ada, move |cx| ticket::members(cx, id)).unwrap().len();
        let note = house.write(at.agent, move |cx| message::post(cx, &internal(id, "He is angry."))).unwrap();
        assert_eq!(members(), 1, "nobody sees who whispers");
        let page = house.read(at.agent, move |cx| message::page(cx, id, 0, 1)).unwrap();
        assert!(page.people.iter().any(|person| person.id == at.agent.person));
        let refused = house.write(at.ada, move |cx| message::post(cx, &internal(id, "I am not.")).map(drop));
        assert!(matches!(refused, Err(Error::Forbidden(_))));
        assert_eq!(seen(house, at.ada, id), ["created", "Hello."]);
        assert_eq!(seen(house, at.agent, id), ["created", "Hello.", "He is angry."]);
        let page = house.read(at.ada, move |cx| message::page(cx, id, 0, 20)).unwrap();
        assert_eq!(page.messages.iter().map(|m| m.index).collect::<Vec<_>>(), [1]);
        let after = one(house, at.ada, id);
        assert_eq!((after.last, after.conversation.status, after.title), (before.last, before.conversation.status, before.title));
        let edit = house.write(at.ada, move |cx| message::edit(cx, id, note.id, Some("He is kind.")));
        assert_eq!(edit, Err(Error::NotFound));
    }

    fn a_page_of_messages_leaves_no_gap_where_something_internal_was_said(house: &House) {
        let at = Desk::new(house);
        let id = at.ticket(house, &says("1")).unwrap();
        for n in 2..=9 {
            let post = if n % 2 == 0 { internal(id, &n.to_string()) } else { Post::new(id, n.to_string()) };
            house.write(at.agent, move |cx| message::post(cx, &post)).unwrap();
        }
        let page = |who: Caller, skip| {
            let page = house.read(who, move |cx| message::page(cx, id, skip, 2)).unwrap();
            page.messages.into_iter().map(|m| m.body).collect::<Vec<_>>().join(" ")
        };
        assert_eq!([0, 2, 4].map(|skip| page(at.ada, skip)), ["9 7", "5 3", "1"]);
        assert_eq!([0, 2, 8].map(|skip| page(at.agent, skip)), ["9 8", "7 6", "1"]);
    }

    fn an_author_changes_what_they_said_and_what_it_was_is_kept(house: &House) {
        let at = Desk::new(house);
        let id = at.ticket(house, &says("Helo.")).unwrap();
        let said = first(house, at.ada, id);
        let edit = |who, text: &'static str| house.write(who, move |cx| message::edit(cx, id, said, Some(text)));
        assert_eq!([edit(at.ada, "Hello."), edit(at.ada, "Hello."), edit(at.ada, "Hello!")], [Ok(()), Ok(()), Ok(())]);
        assert_eq!(seen(house, at.agent, id), ["created", "Hello!"]);
        let versions = house.read(at.operator, move |cx| message::versions(cx, said)).unwrap();
        assert_eq!(versions.iter().map(|v| (v.body.as_str(), v.editor)).collect::<Vec<_>>(), [("Helo.", at.ada.person), ("Hello.", at.ada.person)]);
        assert!(matches!(edit(at.agent, "Goodbye."), Err(Error::Forbidden(_))));
        assert!(matches!(edit(at.ada, "  "), Err(Error::Invalid { field: "body", .. })));
        house.write(at.ada, move |cx| conversation::set_status(cx, id, Status::Closed)).unwrap();
        assert!(matches!(edit(at.ada, "Too late."), Err(Error::Forbidden(_))));
        assert_eq!(seen(house, at.ada, id), ["created", "Hello!", "closed"]);
    }

    fn a_ticket_is_seen_by_whom_it_is_for_and_by_members_of_what_it_is_shared_with(house: &House) {
        let at = Desk::new(house);
        let (bob, eve) = (house.customer(&at.shop, "bob"), house.customer(&at.shop, "eve"));
        at.member(house, at.ada, "customer");
        at.member(house, bob, "customer");
        let shared = at.ticket(house, &New { shared_with: Some(aggregate("customer")), ..says("Ours.") }).unwrap();
        let private = at.ticket(house, &says("Mine.")).unwrap();
        let for_bob = at.ticket(house, &New { main_person: Some(bob.person), ..says("His.") }).unwrap();
        let to_bob = at.ticket(house, &New { shared_with: Some(user(bob.person)), ..says("To him.") }).unwrap();
        assert_eq!(list(house, bob, &Listing { order: vec![(Order::ShortId, false)], ..all() }), [shared, for_bob, to_bob]);
        assert_eq!(list(house, eve, &all()), []);
        assert_eq!(house.read(bob, move |cx| ticket::get(cx, private)).map(drop), Err(Error::NotFound));
        assert_eq!([shared, private, to_bob].map(|id| one(house, at.ada, id).is_private()), [false, true, true]);
        let end = aggregate("customer");
        house.write(at.operator, move |cx| membership::remove(cx, bob.person, &end)).unwrap();
        assert_eq!(list(house, bob, &Listing { order: vec![(Order::ShortId, false)], ..all() }), [for_bob, to_bob]);
    }

    fn who_is_a_member_no_longer_is_out_of_what_they_were_in_as_one(house: &House) {
        let at = Desk::new(house);
        let bob = house.customer(&at.shop, "bob");
        [at.ada, bob, at.agent].into_iter().for_each(|who| at.member(house, who, "customer"));
        let shared = New { shared_with: Some(aggregate("customer")), ..says("Ours.") };
        let ours = at.ticket(house, &shared).unwrap();
        let for_bob = at.ticket(house, &New { main_person: Some(bob.person), ..shared.clone() }).unwrap();
        let by_bob = house.write(bob, move |cx| ticket::start(cx, &shared)).unwrap();
        for who in [bob, at.agent] {
            [ours, for_bob, by_bob].into_iter().for_each(|id| drop(house.post(who, id, "I say.").unwrap()));
        }
        for who in [bob.person, at.agent.person] {
            house.write(at.operator, move |cx| membership::remove(cx, who, &aggregate("customer"))).unwrap();
        }
        let by_number = Listing { order: vec![(Order::ShortId, false)], ..all() };
        assert_eq!(list(house, bob, &by_number), [for_bob, by_bob]);
        assert_eq!(house.post(bob, ours, "Still here?").map(drop), Err(Error::NotFound));
        assert_eq!(seen(house, at.ada, ours)[1..], ["Ours.", "I say.", "I say.", "answered"]);
        let members = |id| house.read(at.ada, move |cx| ticket::members(cx, id)).unwrap();
        let takes_part = |id| members(id).iter().filter(|member| member.takes_part).count();
        assert_eq!([ours, for_bob, by_bob].map(takes_part), [2, 3, 2]);
    }

    fn nobody_is_drawn_in_by_somebody_they_have_nothing_to_do_with(house: &House) {
        let at = Desk::new(house);
        let stranger = house.customer(&at.shop, "stranger");
        let foreign = house.customer(&house.workspace("other"), "foreign");
        let related = |to: Aggregate| New { related_to: Some(to), ..says("Hello.") };
        let shared = |with: Aggregate| New { shared_with: Some(with), ..says("Hello.") };
        let refused = [
            (New { main_person: Some(stranger.person), ..says("Hello.") }, "mainUserId"),
            (New { main_person: Some(foreign.person), ..says("Hello.") }, "mainUserId"),
            (shared(user(stranger.person)), "sharedWith"),
            (shared(aggregate("customer")), "sharedWith"),
            (shared(aggregate("project")), "sharedWith"),
            (related(aggregate("project")), "relatedTo"),
            (related(user(foreign.person)), "relatedTo"),
        ];
        for (new, field) in refused {
            let before = house.database.dump_what_there_is(at.shop.id);
            let outcome = at.ticket(house, &new);
            assert!(matches!(&outcome, Err(Error::Invalid { field: named, .. }) if *named == field), "{field}: {outcome:?}");
            assert_eq!(house.database.dump_what_there_is(at.shop.id), before);
        }
        assert!(at.ticket(house, &related(Aggregate { domain: "app".into(), kind: "appinstallation".into(), id: "a-1".into() })).is_ok());
    }

    fn lists_are_in_every_order_and_count_all_there_is(house: &House) {
        let at = Desk::new(house);
        let titles = ["b", "a", "c", "a"];
        let ids = titles.map(|title| at.ticket(house, &New { title: Some(title.into()), ..says("Hello.") }).unwrap());
        house.post(at.ada, ids[0], "Newest.").unwrap();
        house.write(at.ada, move |cx| conversation::set_status(cx, ids[2], Status::Closed)).unwrap();
        let [b, a, c, a2] = ids;
        let mut by_id = ids.to_vec();
        by_id.sort_by(|one, other| other.cmp(one));
        let orders = [
            (vec![], vec![b, a2, c, a]),
            (vec![(Order::LastMessage, false)], vec![a, c, a2, b]),
            (vec![(Order::Created, true)], vec![a2, c, a, b]),
            (vec![(Order::ShortId, false), (Order::Title, true)], vec![b, a, c, a2]),
            (vec![(Order::Title, false), (Order::Created, true)], vec![a2, a, b, c]),
            (vec![(Order::Title, true), (Order::LastMessage, false)], vec![c, b, a, a2]),
            (vec![(Order::Id, true)], by_id),
        ];
        for who in [at.ada, at.agent] {
            for (order, expected) in &orders {
                assert_eq!(list(house, who, &Listing { order: order.clone(), ..all() }), *expected, "{order:?}");
                let middle = Listing { skip: 1, limit: 2, order: order.clone(), ..all() };
                assert_eq!(list(house, who, &middle), expected[1..3], "{order:?}");
                let open = Listing { standing: Standing::Open, order: order.clone(), ..all() };
                let still: Vec<_> = expected.iter().copied().filter(|id| *id != c).collect();
                assert_eq!(list(house, who, &open), still, "{order:?}");
            }
            let totals = [Standing::Any, Standing::Open, Standing::Closed].map(|standing| {
                house.read(who, move |cx| ticket::page(cx, &Listing { standing, limit: 1, ..all() })).unwrap().total
            });
            assert_eq!(totals, [4, 3, 1]);
        }
    }

    fn a_change_that_changes_nothing_is_no_event(house: &House) {
        let at = Desk::new(house);
        let id = at.ticket(house, &New { title: Some("One".into()), ..says("Hello.") }).unwrap();
        let rename = |title: &'static str| {
            let change = Change { title: Some(title.into()), ..Change::default() };
            house.write(at.ada, move |cx| ticket::change(cx, id, &change))
        };
        let log = || house.read(at.operator, |cx| event::page(cx, 0, 100)).unwrap().len();
        let before = log();
        assert_eq!((rename("One"), log()), (Ok(()), before));
        assert_eq!((rename("Two"), log()), (Ok(()), before + 1));
        assert!(matches!(rename(" \n "), Err(Error::Invalid { field: "title", .. })));
        assert_eq!(one(house, at.agent, id).title, "Two");
    }

    fn the_title_of_a_marketplaces_conversation_obeys_its_rules(house: &House) {
        let at = Desk::new(house);
        house.customer(&at.shop, "bob");
        let id = house.start(at.ada, "bob", "o-1", "Hello.").unwrap();
        let rename = |title: &'static str| {
            let change = Change { title: Some(title.into()), ..Change::default() };
            house.write(at.ada, move |cx| ticket::change(cx, id, &change))
        };
        assert_eq!(rename("Pay at https://evil.example"), Ok(()));
        assert_eq!(one(house, at.agent, id).title, "Pay at [link removed]");
        assert!(matches!(rename("\u{1f600}"), Err(Error::Invalid { field: "title", .. })));
    }

    fn a_short_id_names_a_conversation_in_its_own_workspace_alone(house: &House) {
        let at = Desk::new(house);
        let id = at.ticket(house, &says("Hello.")).unwrap();
        let short = one(house, at.ada, id).conversation.short_id.to_string();
        let named = |who: Caller, text: &str| {
            let text = text.to_owned();
            house.read(who, move |cx| ticket::by_reference(cx, &text))
        };
        assert_eq!(named(at.ada, &short), Ok(id));
        assert_eq!(named(at.ada, &id.to_string().to_uppercase()), Ok(id));
        for text in ["", "#1", "+1", " 1", "1.0", "-1", "99999999999999999999", "0"] {
            assert_eq!(named(at.ada, text), Err(Error::NotFound), "{text:?}");
        }
        let other = house.customer(&house.workspace("other"), "ada");
        assert_eq!(named(other, &short), Err(Error::NotFound));
    }

    fn for_a_marketplace_there_are_no_tickets(house: &House) {
        let at = Desk::new(house);
        let id = at.ticket(house, &says("Hello.")).unwrap();
        let buyer = Caller { scope: Scope::Marketplace, ..at.ada };
        assert_eq!(house.post(buyer, id, "Hello?").map(drop), Err(Error::NotFound));
        assert_eq!(house.write(buyer, move |cx| conversation::lock(cx, id)), Err(Error::NotFound));
        house.post(at.agent, id, "Hello, Ada.").unwrap();
        assert_eq!(house.read(buyer, participant::unread), Ok(0));
    }

    fn the_agent_whom_a_customer_prefers_takes_part_from_the_beginning(house: &House) {
        let at = Desk::new(house);
        let (other, agent) = (house.agent(&at.shop, "oscar"), at.agent);
        at.member(house, at.ada, "customer");
        let prefer = |category, person| Preference { customer: "c-1".into(), category, person };
        for new in [prefer(None, agent.person), prefer(Some(category::GENERAL), other.person)] {
            house.write(at.operator, move |cx| preference::set(cx, &new)).unwrap();
        }
        let domains = house.read(at.agent, category::offered).unwrap();
        let domains = domains.iter().find(|c| c.name == "domains").unwrap().id;
        let related = New { related_to: Some(aggregate("customer")), category: Some(domains), ..says("Mine.") };
        let shared = New { shared_with: Some(aggregate("customer")), ..says("Ours.") };
        for (new, whose) in [(related, agent), (shared, other)] {
            let id = at.ticket(house, &new).unwrap();
            let members = house.read(at.ada, move |cx| ticket::members(cx, id)).unwrap();
            let mut found: Vec<_> = members.iter().filter(|m| m.takes_part).map(|m| m.person.id).collect();
            found.sort();
            let mut expected = [at.ada.person, whose.person];
            expected.sort();
            assert_eq!(found, expected);
        }
    }

    fn a_service_is_asked_for_in_a_ticket_of_its_own(house: &House) {
        let at = Desk::new(house);
        let request = ticket::Request { service: ticket::Service::Relocation, payload: "{}".into() };
        let id = house.write(at.ada, move |cx| ticket::request(cx, &request)).unwrap();
        let thread = house.read(at.agent, move |cx| thread::get(cx, id)).unwrap();
        let Item::Message(asked) = &thread.items[1] else { panic!("{thread:?}") };
        assert_eq!((asked.kind, asked.body.as_str(), asked.payload.as_deref()), (message::Kind::ServiceRequest, "relocation", Some("{}")));
        let said = asked.id;
        assert!(matches!(house.write(at.ada, move |cx| message::edit(cx, id, said, Some("call"))), Err(Error::Forbidden(_))));
    }

    fn members_are_those_who_take_part_and_those_it_is_shared_with(house: &House) {
        let at = Desk::new(house);
        let bob = house.customer(&at.shop, "bob");
        at.member(house, at.ada, "customer");
        at.member(house, bob, "customer");
        let id = at.ticket(house, &New { shared_with: Some(aggregate("customer")), ..says("Ours.") }).unwrap();
        house.post(at.agent, id, "Hello.").unwrap();
        let members = house.read(bob, move |cx| ticket::members(cx, id)).unwrap();
        let mut found: Vec<_> = members.iter().map(|m| (m.person.id, m.takes_part)).collect();
        found.sort();
        let mut expected = [(at.ada.person, true), (at.agent.person, true), (bob.person, false)];
        expected.sort();
        assert_eq!(found, expected);
    }
}

/// A customer, an agent and the operator of a workspace.
struct Desk {
    shop: Workspace,
    ada: Caller,
    agent: Caller,
    operator: Principal,
}

impl Desk {
    fn new(house: &House) -> Desk {
        let shop = house.workspace("shop");
        let (ada, agent) = (house.customer(&shop, "ada"), house.agent(&shop, "agnes"));
        let operator = Principal::Operator(Some(shop.id));
        Desk { shop, ada, agent, operator }
    }

    fn ticket(&self, house: &House, new: &New) -> Result<ConversationId> {
        let new = new.clone();
        house.write(self.ada, move |cx| ticket::start(cx, &new))
    }

    fn member(&self, house: &House, who: Caller, of: &'static str) {
        house
            .write(self.operator, move |cx| membership::add(cx, who.person, &aggregate(of), "owner"))
            .unwrap();
    }
}

fn says(body: &str) -> New {
    New { body: Some(body.to_owned()), ..New::default() }
}

fn internal(id: ConversationId, body: &str) -> Post {
    Post { internal: true, ..Post::new(id, body.to_owned()) }
}

fn aggregate(of: &str) -> Aggregate {
    Aggregate { domain: of.to_owned(), kind: of.to_owned(), id: "c-1".to_owned() }
}

fn user(id: PersonId) -> Aggregate {
    Aggregate { domain: "user".into(), kind: "user".into(), id: id.to_string() }
}

fn all() -> Listing {
    Listing { skip: 0, limit: 100, order: Vec::new(), standing: Standing::Any }
}

fn list(house: &House, who: Caller, listing: &Listing) -> Vec<ConversationId> {
    let listing = listing.clone();
    let page = house.read(who, move |cx| ticket::page(cx, &listing)).unwrap();
    page.tickets.into_iter().map(|ticket| ticket.conversation.id).collect()
}

fn one(house: &House, who: Caller, id: ConversationId) -> ticket::Ticket {
    house.read(who, move |cx| ticket::get(cx, id)).unwrap().tickets.remove(0)
}

fn standing(house: &House, who: Caller, id: ConversationId) -> Status {
    one(house, who, id).conversation.status
}

fn first(house: &House, who: Caller, id: ConversationId) -> MessageId {
    house.read(who, move |cx| message::page(cx, id, 0, 1)).unwrap().messages[0].id
}

/// The thread as words: bodies of messages, names of statuses.
fn seen(house: &House, who: Caller, id: ConversationId) -> Vec<String> {
    let thread = house.read(who, move |cx| thread::get(cx, id)).unwrap();
    let word = |item: Item| match item {
        Item::Message(message) => message.body,
        Item::Update(update) => update.status.map_or("created", Status::as_str).to_owned(),
    };
    thread.items.into_iter().map(word).collect()
}
