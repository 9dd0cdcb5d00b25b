//! Random texts, answers and words against a model of what becomes of them.

use std::collections::{BTreeMap, BTreeSet};

use parlance_engine::channel::Channel;
use parlance_engine::checkup::Checkup;
use parlance_engine::conversation::line::Line;
use parlance_engine::conversation::{self, Status};
use parlance_engine::message::{self, Post};
use parlance_engine::{ConversationId, Error};
use proptest::prelude::*;

use super::{ADA, BOB, Desk, OTHER_CODE, SHORT_CODE};
use crate::support::House;

const PHONES: [&str; 3] = [ADA, BOB, "+12025550173"];
const ADDRESSES: [&str; 2] = [SHORT_CODE, OTHER_CODE];
const TEXTS: [&str; 6] = ["Hello.", "Hello again.", "STOP", "baja", "Start", "help"];

/// A line, by whose it is and at which of our addresses.
type Place = (usize, usize);

#[derive(Debug, Clone)]
enum Act {
    Hear(Place, bool, usize),
    Answer(Place),
    Note(Place),
    Close(Place),
    /// More time than the pause between two answers that nobody wrote.
    Wait,
}

fn act() -> impl Strategy<Value = Act> {
    let place = || (0..PHONES.len(), 0..ADDRESSES.len());
    prop_oneof![
        6 => (place(), any::<bool>(), 0..TEXTS.len()).prop_map(|(at, is_rich, text)| Act::Hear(at, is_rich, text)),
        3 => place().prop_map(Act::Answer),
        1 => place().prop_map(Act::Note),
        1 => place().prop_map(Act::Close),
        1 => Just(Act::Wait),
    ]
}

/// What is known of a line.
#[derive(Debug, Clone, PartialEq)]
struct Known {
    messages: i64,
    notes: i64,
    status: Status,
    last_user_channel: Option<Channel>,
}

#[derive(Default)]
struct Model {
    lines: BTreeMap<Place, Known>,
    opted_out: BTreeSet<usize>,
    /// How often the workspace itself spoke a moment ago.
    spoken: BTreeMap<Place, usize>,
}

impl Model {
    fn hear(&mut self, at: Place, channel: Channel, text: &str) {
        let is_news = match text {
            "STOP" | "baja" => self.opted_out.insert(at.0),
            "Start" => self.opted_out.remove(&at.0),
            other => other == "help",
        };
        let spoken = self.spoken.entry(at).or_default();
        let is_answered = is_news && *spoken < if text == "help" { 1 } else { 4 };
        *spoken += usize::from(is_answered);
        let begun = Known { messages: 0, notes: 0, status: Status::Open, last_user_channel: None };
        let line = self.lines.entry(at).or_insert(begun);
        line.messages += if is_answered { 2 } else { 1 };
        (line.status, line.last_user_channel) = (Status::Open, Some(channel));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn lines_are_what_was_said_in_them(acts in prop::collection::vec(act(), 1..16)) {
        let house = House::on_sqlite();
        let desk = Desk::set(&house);
        let mut model = Model::default();
        for act in &acts {
            play(&desk, &mut model, act);
        }
        let page = desk.page();
        let found: BTreeMap<Place, Known> = page.lines.iter().map(|line| (place(line), known(line))).collect();
        prop_assert_eq!(page.total, found.len() as i64);
        prop_assert_eq!(found, model.lines);
        prop_assert_eq!(Checkup::open(&house.database.address).unwrap().discrepancies(), Ok(vec![]));
    }
}

fn play(desk: &Desk<'_>, model: &mut Model, act: &Act) {
    match *act {
        Act::Hear(at, is_rich, text) => {
            let channel = if is_rich { Channel::Rcs } else { Channel::Sms };
            desk.hear_by(channel, PHONES[at.0], ADDRESSES[at.1], TEXTS[text]);
            model.hear(at, channel, TEXTS[text]);
        }
        Act::Wait => {
            desk.house.clock.forward(61);
            model.spoken.clear();
        }
        Act::Answer(at) | Act::Note(at) | Act::Close(at) => {
            if let (Some(line), Some(id)) = (model.lines.get_mut(&at), line_at(desk, at)) {
                in_line(desk, act, (id, line), model.opted_out.contains(&at.0));
            }
        }
    }
}

/// What an agent does in a line that there is.
fn in_line(desk: &Desk<'_>, act: &Act, (id, line): (ConversationId, &mut Known), is_opted_out: bool) {
    match act {
        Act::Note(_) => {
            let note = Post { internal: true, ..Post::new(id, "Who takes this?".into()) };
            desk.write(move |cx| message::post(cx, &note)).expect("agents speak among themselves");
            line.notes += 1;
        }
        Act::Close(_) => {
            desk.write(move |cx| conversation::set_status(cx, id, Status::Closed))
                .expect("an agent closes it");
            line.status = Status::Closed;
        }
        _ => {
            let said = desk.say(id, "Good day.");
            assert_eq!(matches!(said, Err(Error::Conflict(_))), is_opted_out, "{said:?}");
            if said.is_ok() {
                line.messages += 1;
                line.status = Status::Answered;
            }
        }
    }
}

fn line_at(desk: &Desk<'_>, at: Place) -> Option<ConversationId> {
    desk.page().lines.iter().find(|line| place(line) == at).map(|line| line.conversation.id)
}

fn place(line: &Line) -> Place {
    let phone = PHONES.iter().position(|phone| line.contact.phone.as_deref() == Some(phone));
    let address = ADDRESSES.iter().position(|address| line.our_address == *address);
    (phone.expect("one of them wrote"), address.expect("to one of ours"))
}

fn known(line: &Line) -> Known {
    let conversation = &line.conversation;
    Known {
        messages: conversation.message_count - conversation.internal_count,
        notes: conversation.internal_count,
        status: conversation.status,
        last_user_channel: line.last_user_channel,
    }
}
