//! What goes out to a contact.

use parlance_engine::campaign::Purpose;
use parlance_engine::channel::Channel;
use parlance_engine::contact::{self, Address};
use parlance_engine::conversation::line::{self, Sending, Whose};
use parlance_engine::conversation::{self, Status, thread};
use parlance_engine::event::Kind as What;
use parlance_engine::message::{self, Delivery, Message, Post};
use parlance_engine::notice::{self, Timing};
use parlance_engine::notification;
use parlance_engine::{ConversationId, Error, MessageId, Result};

use super::{ADA, BOB, Desk, OTHER_CODE, SHORT_CODE};
use crate::support::{House, on_both};

on_both! {
    fn what_an_agent_says_goes_out_by_the_channel_of_the_contact(house: &House) {
        let desk = Desk::set(house);
        for (came, goes) in [(Channel::Sms, Channel::Sms), (Channel::Rcs, Channel::Rcs), (Channel::Voice, Channel::Sms)] {
            desk.hear_by(came, ADA, SHORT_CODE, "Hello?");
            let said = desk.say(desk.line(), "Good day.").unwrap();
            assert_eq!((said.channel, said.delivery), (Some(goes), Some(Delivery::Queued)));
        }
        assert_eq!(desk.page().lines[0].conversation.status, Status::Answered);
    }

    fn what_agents_say_among_themselves_goes_nowhere(house: &House) {
        let desk = Desk::set(house);
        desk.hear(ADA, "Hello?");
        let id = desk.line();
        let post = Post { internal: true, ..Post::new(id, "Who takes this?".into()) };
        let said = desk.write(move |cx| message::post(cx, &post)).unwrap();
        assert_eq!((said.channel, said.delivery), (None, None));
        assert_eq!(desk.said(ADA), ["Hello?"]);
    }

    fn what_went_out_stays_as_it_is_and_carries_no_more_than_a_text_can(house: &House) {
        let desk = Desk::set(house);
        desk.hear(ADA, "Hello?");
        let id = desk.line();
        let said = desk.say(id, "Good day.").unwrap();
        let edited = desk.write(move |cx| message::edit(cx, id, said.id, Some("Good night.")));
        assert!(matches!(edited, Err(Error::Forbidden(_))), "{edited:?}");
        assert!(desk.say(id, &"x".repeat(line::TEXT_CHARS_MAX)).is_ok());
        let long = desk.say(id, &"x".repeat(line::TEXT_CHARS_MAX + 1));
        assert!(matches!(long, Err(Error::Invalid { field: "body", .. })), "{long:?}");
    }

    fn how_far_a_message_came_is_known_until_it_is_final(house: &House) {
        let desk = Desk::set(house);
        let heard = desk.hear(ADA, "Hello?");
        let said = desk.say(desk.line(), "Good day.").unwrap().id;
        let steps = [
            (said, Delivery::Accepted, true), (said, Delivery::Accepted, false), (said, Delivery::Queued, false),
            (said, Delivery::Unknown, true), (said, Delivery::Delivered, true), (said, Delivery::Accepted, false),
            (said, Delivery::Undelivered, false), (heard, Delivery::Delivered, false),
        ];
        for (id, delivery, is_news) in steps {
            assert_eq!(desk.set_delivery(id, delivery), Ok(is_news), "{delivery:?}");
        }
        assert_eq!(desk.page().lines[0].last.delivery, Some(Delivery::Delivered));
        assert_eq!(desk.count(What::MessageDelivery), 3);
        let other = Desk::named(house, "other");
        assert_eq!(other.set_delivery(said, Delivery::Undelivered), Ok(false), "it is none of theirs");
    }

    fn a_contact_hears_by_the_carrier_and_not_by_mail_as_well(house: &House) {
        let desk = Desk::set(house);
        let new = contact::New { phone: Some(ADA.into()), email: Some("ada@example.org".into()), ..Default::default() };
        let saving = contact::Saving { contacts: vec![new], ..Default::default() };
        desk.write(move |cx| contact::save(cx, &saving)).unwrap();
        desk.hear(ADA, "Hello?");
        desk.say(desk.line(), "Good day.").unwrap();
        desk.hear(ADA, "Good day!");
        let timing = Timing { inactive_seconds: 300, digest_seconds: 900, lease_seconds: 60, retry_seconds: 60 };
        house.write(desk.operator(), move |cx| notice::follow(cx, &timing, 1_000)).unwrap();
        house.write(desk.operator(), |cx| notification::follow(cx, 1_000)).unwrap();
        for table in ["notice", "notification"] {
            let told = house.database.rows(&format!("SELECT person FROM {table}"));
            assert_eq!(told, [desk.agent.person.to_string()], "{table}: the agent who took part, of the second text");
        }
    }

    fn a_campaign_begins_lines_that_its_author_takes_no_part_in(house: &House) {
        let desk = Desk::set(house);
        desk.hear(ADA, "Hello?");
        desk.hear(BOB, "Hello?");
        for phone in [ADA, BOB] {
            let author = desk.agent.person;
            let sent = house.write(desk.operator(), move |cx| {
                let contact = contact::by_address(cx, &Address::Phone(phone.into()))?.expect("they wrote");
                line::send(cx, &Sending {
                    contact: &contact, our_address: OTHER_CODE, channel: Channel::Sms, purpose: Purpose::Alert,
                    author, text: "Your parcel is here.".into(), campaign: "sms_1".into(),
                })
            }).unwrap();
            assert_eq!((sent.author, sent.delivery), (author, Some(Delivery::Queued)));
        }
        let page = desk.page();
        assert_eq!(page.total, 4);
        assert_eq!((page.lines[0].our_address.as_str(), page.lines[0].purpose), (OTHER_CODE, Some(Purpose::Alert)));
        assert_eq!(page.lines[0].last_user_channel, None);
        let id = page.lines[0].conversation.id;
        let thread = house.read(desk.agent, move |cx| thread::get(cx, id)).unwrap();
        assert_eq!(thread.items.len(), 3, "it began, was answered before a question, and something was said");
        let unread = house.read(desk.agent, move |cx| conversation::ticket::members(cx, id)).unwrap();
        assert_eq!(unread.len(), 1, "the contact alone takes part");
        assert_eq!(desk.say(id, "Any time.").map(|said| said.channel), Ok(Some(Channel::Sms)));
    }
}

impl Desk<'_> {
    /// The line in which something was said last.
    fn line(&self) -> ConversationId {
        self.page().lines[0].conversation.id
    }

    pub(super) fn say(&self, id: ConversationId, text: &str) -> Result<Message> {
        self.house.post(self.agent, id, text)
    }

    fn set_delivery(&self, id: MessageId, delivery: Delivery) -> Result<bool> {
        self.house.write(self.operator(), move |cx| message::set_delivery(cx, id, delivery))
    }

    pub(super) fn line_of(&self, phone: &str) -> ConversationId {
        self.messages(Whose::Phone(phone.into())).lines[0].conversation.id
    }
}
