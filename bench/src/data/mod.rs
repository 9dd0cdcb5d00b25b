//! The seeded data: a marketplace of people, conversations and messages, the same on every machine.
//!
//! Everything is a pure function of its number, so that rows can be made in any order and none is kept in memory.
//! A few sellers have most of the conversations; most conversations are read, some have a tail that is not.

mod draw;
pub(crate) mod line;
mod share;
mod words;

use rand::{Rng, RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

use words::Words;

/// Counts up whenever the same seed gives other rows; cached databases are keyed by it.
pub(crate) const VERSION: u32 = 3;

/// The last moment of the data: 2026-01-01T00:00:00Z, in microseconds.
const END_US: i64 = 1_767_225_600_000_000;
const DAY_US: i64 = 86_400_000_000;
/// Conversations begin within these days before the end.
const DAYS: i64 = 730;
/// The word that stands in the first messages of [`RARE_PLACES`] conversations and nowhere else.
pub(crate) const RARE_WORD: &str = "quixotic";
/// How many those are, however much data there is.
const RARE_PLACES: usize = 20;
/// They are so far apart.
const RARE_EVERY: usize = 97;
/// The seed of the vocabulary.
const WORDS_SEED: u64 = 7;

/// How much data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Size {
    /// People of the workspace.
    pub(crate) people: usize,
    /// Conversations between two of them.
    pub(crate) conversations: usize,
    /// Messages in all conversations.
    pub(crate) messages: usize,
    /// Whether the event log tells of all this. No read looks at it, so the largest data do without.
    pub(crate) log: bool,
}

impl Size {
    /// What the published figures are measured on.
    pub(crate) const FULL: Self =
        Self { people: 100_000, conversations: 200_000, messages: 2_000_000, log: true };
    /// Enough to try the bench itself.
    pub(crate) const QUICK: Self = Self { people: 1_000, conversations: 2_000, messages: 20_000, log: true };

    /// Ten times the conversations and the messages, of the same people, without the log.
    pub(crate) fn ten_times(self) -> Self {
        Self { conversations: self.conversations * 10, messages: self.messages * 10, log: false, ..self }
    }
}

impl std::fmt::Display for Size {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} people, {} conversations, {} messages", self.people, self.conversations, self.messages)
    }
}

/// A person. Numbers of people, conversations and messages begin with 0, indexes of messages with 1.
pub(crate) struct Person {
    /// UUIDv7, as text.
    pub(crate) id: String,
    /// The marketplace's own id.
    pub(crate) external_id: String,
    /// Unique.
    pub(crate) username: String,
    /// Given and family name.
    pub(crate) name: String,
    /// Unique.
    pub(crate) email: String,
    /// URL of a picture, for most.
    pub(crate) avatar: Option<String>,
    /// URL of a wide picture, for some.
    pub(crate) cover: Option<String>,
    /// Words about oneself, for half of the people.
    pub(crate) profile: Option<String>,
    /// How many reviews the person has got.
    pub(crate) reviews: i64,
    /// The mean of the reviews, 1 to 5, in hundredths.
    pub(crate) rating_hundredths: i64,
    /// The marketplace's own mark, 0 to 5, in hundredths.
    pub(crate) score_hundredths: i64,
    /// Things sold.
    pub(crate) sales: i64,
    /// Things bought.
    pub(crate) purchases: i64,
    /// When the person joined the marketplace, in microseconds since the epoch.
    pub(crate) joined_us: i64,
}

/// What a conversation is like when everything has been said.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Conversation {
    /// The number of who began it.
    pub(crate) buyer: usize,
    /// The number of who was asked.
    pub(crate) seller: usize,
    /// How many messages it has, at least one.
    pub(crate) messages: usize,
    /// How many of the newest messages, all from the same author, the other one has not read.
    pub(crate) unread: usize,
    /// When it began, in microseconds since the epoch.
    pub(crate) created_us: i64,
    /// From the first message to after the last, in microseconds.
    span_us: i64,
}

/// A message.
pub(crate) struct Message {
    /// UUIDv7, as text.
    pub(crate) id: String,
    /// The number of its author.
    pub(crate) author: usize,
    /// What was said.
    pub(crate) body: String,
    /// When it was said, in microseconds since the epoch.
    pub(crate) created_us: i64,
    /// When the other one saw it, in microseconds since the epoch.
    pub(crate) viewed_us: Option<i64>,
}

/// All of it.
pub(crate) struct World {
    /// How much there is.
    pub(crate) size: Size,
    /// Every conversation, by number, in the order in which they began.
    pub(crate) conversations: Vec<Conversation>,
    words: Words,
}

/// What a random stream is for, so that no two share one.
#[derive(Clone, Copy)]
enum Of {
    Person = 1,
    PersonId,
    TokenId,
    ConversationId,
    MessageId,
    Message,
    Body,
}

fn stream(of: Of, number: usize, index: usize) -> Pcg64Mcg {
    Pcg64Mcg::seed_from_u64((of as u64) << 60 | (number as u64) << 28 | index as u64)
}

/// A UUIDv7 of this moment.
fn id(mut random: impl Rng, created_us: i64) -> String {
    let ms = u64::try_from(created_us / 1000).expect("the data begin after 1970");
    uuid::Builder::from_unix_timestamp_millis(ms, &random.random()).into_uuid().to_string()
}

impl World {
    /// The data of this size.
    pub(crate) fn new(size: Size) -> Self {
        Self { size, conversations: draw::conversations(size), words: Words::new(WORDS_SEED) }
    }

    /// The person of this number.
    pub(crate) fn person(&self, number: usize) -> Person {
        let mut random = stream(Of::Person, number, 0);
        let random = &mut random;
        let (first, last) = (self.words.pick(random), self.words.pick(random));
        let username = format!("{first}{last}{number}");
        let url = |kind: &str| format!("https://assets.example.com/{kind}/{number}.webp");
        Person {
            id: self.person_id(number),
            external_id: format!("u{number}"),
            name: format!("{} {}", self.words.sentence(random, 6).trim_end_matches('.'), last),
            email: format!("user{number}@example.com"),
            avatar: random.random_bool(0.8).then(|| url("avatars")),
            cover: random.random_bool(0.3).then(|| url("covers")),
            profile: random.random_bool(0.5).then(|| self.words.sentence(random, 80)),
            reviews: random.random_range(0..500),
            rating_hundredths: random.random_range(350..=500),
            score_hundredths: random.random_range(300..=500),
            sales: random.random_range(0..1_000),
            purchases: random.random_range(0..200),
            joined_us: self.joined_us(number),
            username,
        }
    }

    /// The id of the person of this number.
    pub(crate) fn person_id(&self, number: usize) -> String {
        id(stream(Of::PersonId, number, 0), self.joined_us(number))
    }

    /// The id of that person's token.
    pub(crate) fn token_id(&self, number: usize) -> String {
        id(stream(Of::TokenId, number, 0), self.joined_us(number))
    }

    /// When that person joined: somebody does every minute. In microseconds since the epoch.
    pub(crate) fn joined_us(&self, number: usize) -> i64 {
        END_US - (DAYS + 1_000) * DAY_US + number as i64 * 60_000_000
    }

    /// The id of the conversation of this number.
    pub(crate) fn conversation_id(&self, number: usize) -> String {
        id(stream(Of::ConversationId, number, 0), self.conversations[number].created_us)
    }

    /// The id of a message.
    pub(crate) fn message_id(&self, number: usize, index: usize) -> String {
        id(stream(Of::MessageId, number, index), self.said_us(number, index))
    }

    /// The message of this index, from 1, in the conversation of this number.
    pub(crate) fn message(&self, number: usize, index: usize) -> Message {
        let conversation = &self.conversations[number];
        let created_us = self.said_us(number, index);
        let read = index + conversation.unread <= conversation.messages;
        Message {
            id: self.message_id(number, index),
            author: self.author(number, index),
            body: self.body(number, index),
            created_us,
            viewed_us: read.then_some(created_us + conversation.span_us / conversation.messages as i64 / 2),
        }
    }

    fn body(&self, number: usize, index: usize) -> String {
        let body = self.words.body(&mut stream(Of::Body, number, index));
        let is_rare = index == 1 && number.is_multiple_of(RARE_EVERY) && number / RARE_EVERY < RARE_PLACES;
        if is_rare { format!("{body} {RARE_WORD}") } else { body }
    }

    /// The word that stands in more messages than all but `rank` others.
    pub(crate) fn common_word(&self, rank: usize) -> &str {
        self.words.of_rank(rank)
    }

    /// When a message was said: in order, and never twice at the same moment in one conversation.
    pub(crate) fn said_us(&self, number: usize, index: usize) -> i64 {
        let conversation = &self.conversations[number];
        let step_us = conversation.span_us / conversation.messages as i64;
        let late_us =
            if index == 1 { 0 } else { stream(Of::Message, number, index).random_range(0..step_us) };
        conversation.created_us + step_us * (index as i64 - 1) + late_us
    }

    /// The number of who said it: the buyer first, then one or the other, and the unread tail all of one.
    pub(crate) fn author(&self, number: usize, index: usize) -> usize {
        let conversation = &self.conversations[number];
        let tail = index + conversation.unread > conversation.messages;
        let index = if tail { conversation.messages - conversation.unread + 1 } else { index };
        let answers = index > 1 && stream(Of::Message, number, index << 8).random_bool(0.5);
        if answers { conversation.seller } else { conversation.buyer }
    }

    /// The number of who has not read the unread tail; when all is read, of who did not speak last.
    pub(crate) fn reader(&self, number: usize) -> usize {
        let conversation = &self.conversations[number];
        let last = self.author(number, conversation.messages);
        if last == conversation.buyer { conversation.seller } else { conversation.buyer }
    }

    /// Conversation numbers of all messages in the order in which they were said, as a running server stores them.
    pub(crate) fn in_order(&self) -> Vec<u32> {
        let mut said: Vec<(i64, u32)> = Vec::with_capacity(self.size.messages);
        for (number, conversation) in self.conversations.iter().enumerate() {
            let number32 = u32::try_from(number).expect("fewer than 2³² conversations");
            said.extend((1..=conversation.messages).map(|index| (self.said_us(number, index), number32)));
        }
        said.sort_unstable();
        said.into_iter().map(|(_, number)| number).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_exact_and_many_have_a_full_page() {
        let world = World::new(Size::QUICK);
        let said: usize = world.conversations.iter().map(|conversation| conversation.messages).sum();
        assert_eq!((world.conversations.len(), said), (Size::QUICK.conversations, Size::QUICK.messages));
        let mut inboxes = vec![0; Size::QUICK.people];
        for conversation in &world.conversations {
            assert_ne!(conversation.buyer, conversation.seller);
            inboxes[conversation.buyer] += 1;
            inboxes[conversation.seller] += 1;
        }
        assert!(inboxes.iter().filter(|inbox| **inbox >= 20).count() >= Size::QUICK.people * 12 / 100);
    }

    #[test]
    fn messages_are_said_in_the_order_of_their_indexes() {
        let world = World::new(Size::QUICK);
        let mut indexes = vec![0; world.conversations.len()];
        for number in world.in_order() {
            let number = number as usize;
            indexes[number] += 1;
            let index = indexes[number];
            assert!(index == 1 || world.said_us(number, index - 1) < world.said_us(number, index));
        }
        assert!(
            world.conversations.iter().zip(indexes).all(|(conversation, said)| conversation.messages == said)
        );
    }

    #[test]
    fn the_unread_tail_has_one_author_and_was_not_viewed() {
        let world = World::new(Size::QUICK);
        for (number, conversation) in world.conversations.iter().enumerate() {
            let tail = conversation.messages - conversation.unread + 1;
            for index in 1..=conversation.messages {
                let message = world.message(number, index);
                assert_eq!(message.viewed_us.is_some(), index < tail);
                assert!(index < tail || message.author == world.author(number, tail));
            }
        }
    }
}
