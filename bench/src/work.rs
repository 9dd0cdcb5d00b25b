//! Who asks for what: the requests of each row of the table, drawn from the data with a fixed seed.

use rand::seq::{IndexedRandom, SliceRandom};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

use crate::bare::post::Post;
use crate::data::World;
use crate::load::Request;
use crate::seed;

/// Items on a page.
const PAGE: usize = 20;

/// A person and one of their conversations.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// The person's number.
    pub(crate) person: usize,
    /// The conversation's id.
    pub(crate) conversation: String,
}

/// The requests that the data allow.
pub(crate) struct Work {
    /// Numbers of people whose inbox fills a page, in random order.
    pub(crate) full: Vec<usize>,
    /// Numbers of others, to warm up with.
    pub(crate) light: Vec<usize>,
    /// Conversations that fill a page and are read to the end, in random order, each with somebody in it.
    pub(crate) long: Vec<Place>,
    /// Conversations to write to, in random order, each with somebody in it.
    pub(crate) open: Vec<Place>,
}

impl Work {
    /// Draws the work. `full_at` are the data whose people ask, so that larger data are asked by the same people.
    pub(crate) fn draw(world: &World, full_at: &World, count_max: usize) -> Self {
        let mut random = Pcg64Mcg::seed_from_u64(11);
        let inboxes = inboxes(full_at);
        let (mut full, mut light): (Vec<usize>, Vec<usize>) = (0..inboxes.len())
            .filter(|person| inboxes[*person] > 0)
            .partition(|person| inboxes[*person] >= PAGE);
        full.shuffle(&mut random);
        light.shuffle(&mut random);
        let all = || 0..world.conversations.len();
        let fills_page = |number: &usize| {
            let conversation = &world.conversations[*number];
            conversation.messages >= PAGE && conversation.unread == 0
        };
        let long = places(world, all().filter(fills_page).collect(), count_max, &mut random);
        let open = places(world, all().collect(), count_max, &mut random);
        Self { full, light, long, open }
    }
}

/// How many conversations each person has.
fn inboxes(world: &World) -> Vec<usize> {
    let mut inboxes = vec![0; world.size.people];
    for conversation in &world.conversations {
        inboxes[conversation.buyer] += 1;
        inboxes[conversation.seller] += 1;
    }
    inboxes
}

fn places(world: &World, mut numbers: Vec<usize>, count_max: usize, random: &mut Pcg64Mcg) -> Vec<Place> {
    numbers.shuffle(random);
    numbers.truncate(count_max);
    let place = |number: usize| {
        let conversation = &world.conversations[number];
        let parties = [conversation.buyer, conversation.seller];
        let person = *parties.choose(random).expect("there are two");
        Place { person, conversation: world.conversation_id(number) }
    };
    numbers.into_iter().map(place).collect()
}

/// `GET /conversations` for each of these people.
pub(crate) fn list(people: &[usize]) -> impl Iterator<Item = Request> + use<> {
    let requests: Vec<Request> = people.iter().map(|person| list_of(*person)).collect();
    requests.into_iter()
}

/// `GET /conversations` for one person.
pub(crate) fn list_of(person: usize) -> Request {
    Request::get("/conversations".to_owned(), seed::token(person))
}

/// `GET …/messages` for each of these places.
pub(crate) fn messages(places: &[Place]) -> impl Iterator<Item = Request> + use<> {
    let requests: Vec<Request> = places.iter().map(messages_of).collect();
    requests.into_iter()
}

/// `GET …/messages` for one place.
pub(crate) fn messages_of(place: &Place) -> Request {
    Request::get(format!("/conversations/{}/messages", place.conversation), seed::token(place.person))
}

/// `POST …/messages` without end, to these places in turn.
pub(crate) fn posts(places: &[Place]) -> impl Iterator<Item = Request> + use<> {
    let places = places.to_vec();
    let mut random = Pcg64Mcg::seed_from_u64(12);
    (0..).map(move |turn: usize| post_to(&places[turn % places.len()], &body(&mut random)))
}

/// `POST …/messages` of this text.
pub(crate) fn post_to(place: &Place, body: &str) -> Request {
    let path = format!("/conversations/{}/messages", place.conversation);
    Request::post(path, seed::token(place.person), serde_json::json!({ "body": body }).to_string())
}

/// The same posts as [`posts`] for the bare program.
pub(crate) fn bare_posts(world: &World, places: &[Place]) -> impl Iterator<Item = Post> {
    let mut random = Pcg64Mcg::seed_from_u64(12);
    places.iter().cycle().map(move |place| Post {
        conversation: place.conversation.clone(),
        author: world.person_id(place.person),
        body: body(&mut random),
    })
}

/// A text of the length of the data's messages.
fn body(random: &mut Pcg64Mcg) -> String {
    let words =
        ["the", "parcel", "arrived", "today", "thank", "you", "could", "send", "another", "next", "week"];
    let chars = random.random_range(20..=300).min(random.random_range(20..=300));
    let mut text = String::with_capacity(chars + 10);
    while text.len() < chars {
        text.push_str(words.choose(random).expect("there are words"));
        text.push(' ');
    }
    text.truncate(chars);
    text.trim_end().to_owned()
}
