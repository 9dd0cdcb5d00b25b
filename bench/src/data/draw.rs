//! Who talks with whom, how much, and whether it was read: drawn once from a fixed seed.

use std::ops::Range;

use rand::seq::SliceRandom;
use rand::{Rng, RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

use super::share::{divide, zipf};
use super::{Conversation, DAY_US, DAYS, END_US, Size};

/// The seed of everything that is drawn here.
const SEED: u64 = 0x7061_726c_616e_6365;
/// A conversation is over after at most this many days.
const CONVERSATION_DAYS: i64 = 30;
/// The share of people who sell, and of those who buy often: these have full inbox pages.
const SELLERS: f64 = 0.07;
const REGULARS: f64 = 0.05;
/// The share of conversations whose newest messages the other side has not read.
const UNREAD: f64 = 0.15;

/// Draws all conversations, in the order in which they began.
pub(super) fn conversations(size: Size) -> Vec<Conversation> {
    let mut random = Pcg64Mcg::seed_from_u64(SEED);
    let (sellers, regulars) = (share_of(size.people, SELLERS), share_of(size.people, REGULARS));
    let sold = inboxes(0..sellers, size.conversations, 0.7, &mut random);
    let regular = inboxes(sellers..sellers + regulars, size.conversations / 2, 1.0, &mut random);
    let others = size.conversations - regular.len();
    let others = inboxes(sellers + regulars..size.people, others, 0.5, &mut random);
    let mut bought = [regular, others].concat();
    bought.shuffle(&mut random);
    let parties = sold.into_iter().zip(bought);
    let mut conversations: Vec<Conversation> = parties
        .zip(lengths(size, &mut random))
        .map(|((seller, buyer), messages)| conversation(&mut random, [buyer, seller], messages))
        .collect();
    conversations.sort_by_key(|conversation| conversation.created_us);
    conversations
}

fn share_of(whole: usize, share: f64) -> usize {
    (whole as f64 * share) as usize
}

/// Hands `count` conversations to `people`: the share `even` in equal parts, the rest by rank, in random order.
fn inboxes(people: Range<usize>, count: usize, even: f64, random: &mut impl Rng) -> Vec<usize> {
    let equal = divide(share_of(count, even), people.clone().map(|_| 1.0));
    let ranked = divide(count - equal.iter().sum::<usize>(), zipf(people.len()));
    let parts = equal.into_iter().zip(ranked);
    let mut slots: Vec<usize> = people
        .zip(parts)
        .flat_map(|(person, (equal, more))| std::iter::repeat_n(person, equal + more))
        .collect();
    slots.shuffle(random);
    slots
}

/// How many messages each conversation has: one, and then a log-normal share of the rest.
fn lengths(size: Size, random: &mut impl Rng) -> Vec<usize> {
    let weights: Vec<f64> = (0..size.conversations).map(|_| normal(random).exp()).collect();
    let more = divide(size.messages - size.conversations, weights.iter().copied());
    more.into_iter().map(|more| more + 1).collect()
}

/// A standard normal number, near enough: twelve uniform ones, summed.
fn normal(random: &mut impl Rng) -> f64 {
    (0..12).map(|_| random.random::<f64>()).sum::<f64>() - 6.0
}

fn conversation(random: &mut impl Rng, [buyer, seller]: [usize; 2], messages: usize) -> Conversation {
    let created_us = END_US - random.random_range(DAY_US..DAYS * DAY_US);
    let span_us = random.random_range(3_600_000_000..(END_US - created_us).min(CONVERSATION_DAYS * DAY_US));
    let unread = if random.random_bool(UNREAD) { random.random_range(1..=messages.min(5)) } else { 0 };
    Conversation { buyer, seller, messages, unread, created_us, span_us }
}
