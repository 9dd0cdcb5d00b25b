//! What the inbox shows, and to whom.

use parlance_engine::access::{Caller, Scope};
use parlance_engine::channel::{Channel, Family};
use parlance_engine::checkup::Checkup;
use parlance_engine::conversation::line::{self, Whose};
use parlance_engine::conversation::{self, Status, ticket};
use parlance_engine::event::Kind as What;
use parlance_engine::message::{self, Delivery};
use parlance_engine::person::Kind;
use parlance_engine::{ConversationId, Cx, Error};

use super::{ADA, BOB, Desk, OTHER_CODE, SHORT_CODE, agent};
use crate::search::find;
use crate::support::{House, on_both};

on_both! {
    fn a_text_begins_a_line_and_the_next_one_goes_into_it(house: &House) {
        let desk = Desk::set(house);
        desk.hear(ADA, "Hello?");
        desk.hear("06 12 34 56 78", "Is anybody there?");
        let page = desk.page();
        assert_eq!((page.lines.len(), page.total), (1, 1));
        let line = &page.lines[0];
        assert_eq!((line.our_address.as_str(), line.family, line.color), (SHORT_CODE, Family::Phone, 0));
        assert_eq!(line.contact.phone.as_deref(), Some(ADA));
        assert_eq!((line.last.body.as_str(), line.last.channel), ("Is anybody there?", Some(Channel::Sms)));
        assert_eq!((line.last_user_channel, line.last.delivery), (Some(Channel::Sms), None));
        assert!(line.is_inbound(&line.last));
        assert_eq!((line.conversation.message_count, line.conversation.status), (2, Status::Open));
        assert_eq!(desk.said("0033 6 12 34 56 78"), ["Hello?", "Is anybody there?"]);
    }

    fn there_is_one_line_for_each_contact_address_and_family_however_many_write_at_once(house: &House) {
        let desk = Desk::set(house);
        std::thread::scope(|scope| {
            for thread in 0..8 {
                let desk = &desk;
                scope.spawn(move || {
                    for n in 0..10 {
                        let (from, to) = ([ADA, BOB][n % 2], [SHORT_CODE, OTHER_CODE][thread % 2]);
                        let channel = [Channel::Sms, Channel::Rcs, Channel::Email][thread % 3];
                        desk.hear_by(channel, from, to, &format!("{thread} {n}"));
                    }
                });
            }
        });
        let page = desk.page();
        // Two people, known by a number and by what they are called in mail, at two addresses, in two families.
        assert_eq!((page.lines.len(), page.total), (8, 8));
        assert_eq!(page.lines.iter().map(|line| line.conversation.message_count).sum::<i64>(), 80);
        assert_eq!(Checkup::open(&house.database.address).unwrap().discrepancies(), Ok(vec![]));
    }

    fn the_line_in_which_something_was_said_last_comes_first(house: &House) {
        let desk = Desk::set(house);
        for n in 0..5 {
            desk.hear(&format!("+3361234567{n}"), "Hello.");
        }
        desk.hear("+33612345671", "Again.");
        let page = house.read(desk.agent, |cx| line::page(cx, 0, 2)).unwrap();
        let next = house.read(desk.agent, |cx| line::page(cx, 2, 2)).unwrap();
        let phones = |page: &line::Page| page.lines.iter().map(|l| l.contact.title()).collect::<Vec<_>>();
        assert_eq!(phones(&page), ["+33612345671", "+33612345674"]);
        assert_eq!(phones(&next), ["+33612345673", "+33612345672"]);
        assert_eq!((page.total, next.total), (5, 5));
    }

    fn a_closed_line_opens_again_when_the_contact_writes(house: &House) {
        let desk = Desk::set(house);
        desk.hear(ADA, "Hello.");
        let id = desk.page().lines[0].conversation.id;
        desk.write(move |cx| conversation::set_status(cx, id, Status::Closed)).unwrap();
        desk.hear(ADA, "STOP");
        let page = desk.page();
        assert_eq!((page.lines.len(), page.lines[0].conversation.status), (1, Status::Open));
        let listing = ticket::Listing { skip: 0, limit: 1, order: Vec::new(), standing: ticket::Standing::Closed };
        assert_eq!(house.read(desk.agent, move |cx| ticket::page(cx, &listing)).unwrap().total, 0, "it counts once");
    }

    fn messages_are_found_by_number_e_mail_and_line(house: &House) {
        let desk = Desk::set(house);
        for n in 0..3 {
            desk.hear(ADA, &format!("code {n}"));
            desk.hear_by(Channel::Rcs, ADA, OTHER_CODE, &format!("other {n}"));
        }
        desk.hear(BOB, "Not Ada.");
        desk.hear_by(Channel::Facebook, "fb-1", "page-1", "From a page.");
        let contact = parlance_engine::contact::New {
            phone: Some(ADA.into()), email: Some("Ada@Example.org".into()), ..Default::default()
        };
        let saving = parlance_engine::contact::Saving {
            contacts: vec![contact], overwrite: true, ..Default::default()
        };
        desk.write(move |cx| parlance_engine::contact::save(cx, &saving)).unwrap();
        let all = ["code 0", "other 0", "code 1", "other 1", "code 2", "other 2"];
        assert_eq!(desk.said("06.12.34.56.78"), all);
        let by_email = desk.messages(Whose::Email(" ADA@example.org".into()));
        assert_eq!(by_email.messages.len(), 6);
        assert!(by_email.messages.iter().all(|message| by_email.line(message).is_some()));
        let line = by_email.lines.iter().find(|line| line.our_address == OTHER_CODE).unwrap();
        let of_line = desk.messages(Whose::Line(line.conversation.id));
        assert_eq!(of_line.messages.iter().map(|m| &*m.body).collect::<Vec<_>>(), ["other 2", "other 1", "other 0"]);
        assert_eq!(desk.messages(Whose::Page("fb-1".into())).messages.len(), 1);
        let part = house.read(desk.agent, |cx| line::messages(cx, &Whose::Phone(ADA.into()), 1, 2)).unwrap();
        assert_eq!(part.messages.iter().map(|m| &*m.body).collect::<Vec<_>>(), ["code 2", "other 1"]);
        for nobody in [Whose::Phone("+33699999999".into()), Whose::Phone("x".into()), Whose::Email("x".into()), Whose::Page("x".into())] {
            assert_eq!(desk.messages(nobody).messages, []);
        }
    }

    fn a_sender_without_a_number_is_found_as_it_is_spelled_and_a_number_before_it(house: &House) {
        let desk = Desk::set(house);
        for sender in ["DHL-Info", "36111", "0700 INFO"] {
            desk.hear(sender, &format!("From {sender}."));
            assert_eq!(desk.said(&format!(" {sender}\n")), [format!("From {sender}.")]);
        }
        let named = house.database.rows("SELECT name FROM person WHERE kind = 'contact' ORDER BY name");
        assert_eq!(named, ["0700 INFO", "36111", "DHL-Info"]);
        // A short code here may be a number in another country: whoever has the number comes first.
        house.database.execute("UPDATE workspace SET country = 'DE'");
        assert_eq!(desk.said("36111"), ["From 36111."]);
        desk.hear("+4936111", "From Erfurt.");
        assert_eq!(desk.said("36111"), ["From Erfurt."]);
        for nobody in ["", " ", "dhl", "sender:DHL-Info"] {
            assert_eq!(desk.said(nobody), [""; 0], "{nobody:?}");
        }
    }

    fn an_agent_is_given_a_line_and_relieved_of_it(house: &House) {
        let desk = Desk::set(house);
        let other = agent(house, &desk.workspace, "aurel");
        desk.hear(ADA, "Hello.");
        let id = desk.page().lines[0].conversation.id;
        let assign = |email: Option<&'static str>| desk.write(move |cx| line::assign(cx, id, email));
        assert_eq!(assign(Some(" Aurel@SHOP.example")).map(|of| of.agent.map(|agent| agent.id)), Ok(Some(other.person)));
        assert_eq!(assign(Some("aurel@shop.example")).map(|of| of.agent.map(|agent| agent.id)), Ok(Some(other.person)));
        let page = desk.page();
        assert_eq!(page.assignee(&page.lines[0]).map(|agent| agent.id), Some(other.person));
        assert!(matches!(assign(Some("nobody@shop.example")), Err(Error::Invalid { field: "agent_email", .. })));
        assert_eq!(assign(None).map(|of| (of.line.assignee, of.agent)), Ok((None, None)));
        assert_eq!(desk.count(What::ConversationAssigned), 2, "what changes nothing is no news");
    }

    fn only_agents_see_lines_and_only_where_there_are_words_for_them(house: &House) {
        let desk = Desk::set(house);
        desk.hear(ADA, "Hello.");
        let line = desk.page().lines[0].conversation.id;
        let customer = house.customer(&desk.workspace, "carl");
        let ticket = house.write(customer, |cx| ticket::start(cx, &ticket::New::default())).unwrap();
        for verb in [
            |cx: &mut Cx<'_>, _| line::page(cx, 0, 10).map(drop),
            |cx: &mut Cx<'_>, id| line::messages(cx, &Whose::Line(id), 0, 10).map(drop),
            |cx: &mut Cx<'_>, id| line::assign(cx, id, None).map(drop),
        ] {
            let outcome = house.write(customer, move |cx| verb(cx, line));
            assert!(matches!(outcome, Err(Error::Forbidden(_))), "{outcome:?}");
        }
        let sees = |who: Caller, id: ConversationId| house.read(who, move |cx| conversation::get(cx, id)).map(drop);
        assert_eq!(sees(customer, line), Err(Error::NotFound));
        let scoped = |scope| Caller { scope, ..desk.agent };
        assert_eq!(sees(scoped(Scope::Marketplace), line), Err(Error::NotFound));
        assert_eq!(sees(scoped(Scope::Inbox), line), Ok(()));
        assert_eq!(sees(scoped(Scope::Inbox), ticket), Err(Error::NotFound));
        assert_eq!(sees(scoped(Scope::All), line), Ok(()));
        let assigned = desk.write(move |cx| line::assign(cx, ticket, None)).map(drop);
        assert_eq!(assigned, Err(Error::NotFound), "a ticket is no line");
    }

    fn a_line_is_a_ticket_of_the_contact_to_an_agent(house: &House) {
        let desk = Desk::set(house);
        desk.hear(ADA, "Hello.");
        let id = desk.page().lines[0].conversation.id;
        let page = house.read(desk.agent, move |cx| ticket::get(cx, id)).unwrap();
        assert_eq!(page.tickets[0].title, ADA);
        let contact = page.person(page.tickets[0].main_person).unwrap();
        assert_eq!((contact.kind, contact.facts.phone.as_deref()), (Kind::Contact, Some(ADA)));
        let members = house.read(desk.agent, move |cx| ticket::members(cx, id)).unwrap();
        assert_eq!(members.len(), 1);
    }

    fn what_was_said_in_a_line_is_found_and_so_is_its_contact(house: &House) {
        let desk = Desk::set(house);
        desk.hear(ADA, "Is the green parcel there?");
        desk.hear(BOB, "Hello.");
        assert_eq!(find(house, desk.agent, "parcel green"), [1]);
        assert_eq!(find(house, desk.agent, "33612345678"), [1]);
        let said = desk.say(desk.line_of(BOB), "Your parcel is blue.").unwrap().id;
        assert_eq!(find(house, desk.agent, "parcel"), [1, 2]);
        let delivered = move |cx: &mut Cx<'_>| message::set_delivery(cx, said, Delivery::Delivered);
        house.write(desk.operator(), delivered).unwrap();
        assert_eq!(find(house, desk.agent, "parcel"), [1, 2]);
    }

    fn another_workspace_s_lines_are_nobody_s_here(house: &House) {
        let (ours, theirs) = (Desk::named(house, "ours"), Desk::named(house, "theirs"));
        theirs.hear(ADA, "Hello.");
        let id = theirs.page().lines[0].conversation.id;
        let before = house.database.dump_what_there_is(theirs.workspace.id);
        assert_eq!(ours.page().total, 0);
        assert_eq!(ours.messages(Whose::Phone(ADA.into())).messages, []);
        let read = house.read(ours.agent, move |cx| line::messages(cx, &Whose::Line(id), 0, 10)).map(drop);
        let assigned = ours.write(move |cx| line::assign(cx, id, None)).map(drop);
        assert_eq!((read, assigned), (Err(Error::NotFound), Err(Error::NotFound)));
        let stranger = "agnes@theirs.example";
        ours.hear(ADA, "The same number, another shop.");
        let own = ours.page().lines[0].conversation.id;
        let assigned = ours.write(move |cx| line::assign(cx, own, Some(stranger))).map(drop);
        assert!(matches!(assigned, Err(Error::Invalid { .. })));
        assert_eq!(theirs.page().lines[0].conversation.message_count, 1);
        assert_eq!(house.database.dump_what_there_is(theirs.workspace.id), before);
    }

    fn looking_and_hearing_keep_to_their_budgets_of_statements(house: &House) {
        let desk = Desk::set(house);
        for n in 0..100 {
            desk.hear(&format!("+336123456{n:02}"), "Hello.");
        }
        let counted = house.read(desk.agent, |cx| {
            let before = cx.statements();
            assert_eq!(line::page(cx, 0, 100)?.lines.len(), 100);
            Ok(cx.statements() - before)
        });
        assert_eq!(counted, Ok(2), "the lines, and how many there are");
        let again = line::Heard {
            from: "+33612345607".into(), our_address: SHORT_CODE.into(), channel: Channel::Sms, text: "Again.".into(),
        };
        let counted = house.write(desk.operator(), move |cx| {
            let before = cx.statements();
            line::hear(cx, &again)?;
            Ok(cx.statements() - before)
        });
        assert_eq!(counted, Ok(5), "contact, line, its count, the message, and who has it unread");
    }
}
