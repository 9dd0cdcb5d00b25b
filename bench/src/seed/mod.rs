//! The seeded data as rows of the server's own tables, put there past the server: two million messages by POST would
//! take longer than everything that is measured.

macro_rules! row {
    ($($cell:expr),* $(,)?) => { vec![$(Cell::from($cell)),*] };
}

pub(crate) mod check;
pub(crate) mod database;
pub(crate) mod found;
mod line;

pub(crate) use line::{AGENT_EMAIL, agent_token, fill_lines};

use sha2::{Digest, Sha256};

use crate::data::World;
use database::{Cell, Database, Result};

/// The secret that opens the workspace for the person of this number. Good for a bench alone: it can be guessed.
pub(crate) fn token(person: usize) -> String {
    format!("plc_bench{person:0>34}")
}

/// What is stored of that secret.
pub(crate) fn token_hash(person: usize) -> String {
    Sha256::digest(token(person)).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Fills `workspace`, which must exist and be empty, and leaves its counters where the verbs would have left them.
pub(crate) fn fill(database: &mut Database, workspace: i64, world: &World) -> Result<()> {
    let seed =
        Seed { workspace, world, people: (0..world.size.people).map(|n| world.person_id(n)).collect() };
    seed.people(database)?;
    seed.conversations(database)?;
    let order = world.in_order();
    seed.messages(database, &order)?;
    if world.size.log {
        seed.events(database, &order)?;
    }
    seed.counters(database)
}

/// What the log tells of a conversation besides its messages: that it began, and that two people joined.
const EVENTS_OF_A_START: usize = 3;

/// An event of a conversation.
#[derive(Clone, Copy)]
enum Happened {
    Started,
    Joined(usize),
    Posted,
}

struct Seed<'w> {
    workspace: i64,
    world: &'w World,
    /// Ids by number; every message names one.
    people: Vec<String>,
}

impl Seed<'_> {
    fn people(&self, database: &mut Database) -> Result<()> {
        let numbers = 0..self.world.size.people;
        database.fill(
            "person (workspace, id, kind, external_id, username, name, email, avatar, cover, profile, active, reviews,
                rating_milli, score_milli, sales, purchases, joined_at, created_at)",
            numbers.clone().map(|number| self.person(number)),
        )?;
        database.fill(
            "token (workspace, id, hash, person, can_write, created_at)",
            numbers.clone().map(|number| self.token(number)),
        )?;
        self.agent(database)?;
        database.fill(
            "membership (workspace, person, domain, aggregate, aggregate_id, role, created_at)",
            numbers.clone().map(|number| self.membership(number)),
        )?;
        let unread = self.unread();
        database.fill(
            "inbox (workspace, person, version, unread)",
            numbers.map(|number| row![self.workspace, self.people[number].as_str(), 1_i64, unread[number]]),
        )
    }

    fn person(&self, number: usize) -> Vec<Cell> {
        let person = self.world.person(number);
        row![
            self.workspace,
            person.id,
            "customer",
            person.external_id,
            person.username,
            person.name,
            person.email,
            person.avatar,
            person.cover,
            person.profile,
            1_i64,
            person.reviews,
            person.rating_hundredths * 10,
            person.score_hundredths * 10,
            person.sales,
            person.purchases,
            person.joined_us,
            person.joined_us,
        ]
    }

    /// Somebody who sees every conversation; their number is behind that of everybody else.
    fn agent(&self, database: &mut Database) -> Result<()> {
        let number = self.world.size.people;
        let (id, born) = (self.world.person_id(number), self.world.joined_us(number));
        database.fill(
            "person (workspace, id, kind, username, active, reviews, rating_milli, score_milli, sales, purchases,
                joined_at, created_at)",
            std::iter::once(row![
                self.workspace, id.as_str(), "agent", "agent", 1_i64, 0_i64, 0_i64, 0_i64, 0_i64, 0_i64, born, born
            ]),
        )?;
        database.fill(
            "token (workspace, id, hash, person, can_write, created_at)",
            std::iter::once(row![
                self.workspace,
                self.world.token_id(number),
                token_hash(number),
                id.as_str(),
                1_i64,
                born
            ]),
        )
    }

    fn token(&self, number: usize) -> Vec<Cell> {
        let joined_us = self.world.joined_us(number);
        row![
            self.workspace,
            self.world.token_id(number),
            token_hash(number),
            self.people[number].as_str(),
            1_i64,
            joined_us
        ]
    }

    /// Everybody is the one member of a customer of their number.
    fn membership(&self, number: usize) -> Vec<Cell> {
        let joined_us = self.world.joined_us(number);
        row![
            self.workspace,
            self.people[number].as_str(),
            "customer",
            "customer",
            number.to_string(),
            "owner",
            joined_us
        ]
    }

    /// What each person has not read, over all conversations.
    fn unread(&self) -> Vec<usize> {
        let mut unread = vec![0; self.world.size.people];
        for (number, conversation) in self.world.conversations.iter().enumerate() {
            unread[self.world.reader(number)] += conversation.unread;
        }
        unread
    }

    fn conversations(&self, database: &mut Database) -> Result<()> {
        let numbers = 0..self.world.size.conversations;
        database.fill(
            "conversation (workspace, id, short_id, locked, source_type, source_id, shared_domain, shared_aggregate,
                shared_id, created_by, recipient, pair, message_count, created_at, updated_at, title, last_idx,
                last_author, last_at)",
            numbers.clone().map(|number| self.conversation(number)),
        )?;
        database.fill(
            "participant (workspace, conversation, person, joined_at, read_index, unread, updated_at)",
            numbers.flat_map(|number| self.participants(number)),
        )
    }

    fn conversation(&self, number: usize) -> Vec<Cell> {
        let conversation = &self.world.conversations[number];
        let (buyer, seller) = (&self.people[conversation.buyer], &self.people[conversation.seller]);
        let said_us = self.world.said_us(number, conversation.messages);
        row![
            self.workspace,
            self.world.conversation_id(number),
            number + 1,
            0_i64,
            "ORDER",
            format!("order-{number}"),
            "customer",
            "customer",
            conversation.seller.to_string(),
            buyer.as_str(),
            seller.as_str(),
            format!("{}:{}", buyer.min(seller), buyer.max(seller)),
            conversation.messages,
            conversation.created_us,
            said_us,
            self.title(number),
            conversation.messages,
            self.people[self.world.author(number, conversation.messages)].as_str(),
            said_us,
        ]
    }

    /// As the engine makes one of a first message.
    fn title(&self, number: usize) -> String {
        self.world.message(number, 1).body.chars().take(80).collect()
    }

    fn participants(&self, number: usize) -> [Vec<Cell>; 2] {
        let conversation = &self.world.conversations[number];
        let id = self.world.conversation_id(number);
        let updated_us = self.world.said_us(number, conversation.messages);
        let mut people = [conversation.buyer, conversation.seller];
        people.sort_by_key(|person| &self.people[*person]);
        people.map(|person| {
            let unread = if person == self.world.reader(number) { conversation.unread } else { 0 };
            row![
                self.workspace,
                id.as_str(),
                self.people[person].as_str(),
                conversation.created_us,
                conversation.messages - unread,
                unread,
                updated_us,
            ]
        })
    }

    /// Messages in the order in which they were said, so that the pages lie as a running server leaves them.
    fn messages(&self, database: &mut Database, order: &[u32]) -> Result<()> {
        database.fill(
            "message (workspace, conversation, idx, id, author, body, attachments, created_at, viewed_at)",
            self.indexed(order).map(|(number, index)| self.message(number, index)),
        )
    }

    /// Each conversation number of `order` with the index of its message.
    fn indexed(&self, order: &[u32]) -> impl Iterator<Item = (usize, usize)> + Send {
        let mut said = vec![0; self.world.size.conversations];
        order.iter().map(move |number| {
            let number = *number as usize;
            said[number] += 1;
            (number, said[number])
        })
    }

    fn message(&self, number: usize, index: usize) -> Vec<Cell> {
        let message = self.world.message(number, index);
        row![
            self.workspace,
            self.world.conversation_id(number),
            index,
            message.id,
            self.people[message.author].as_str(),
            message.body,
            0_i64,
            message.created_us,
            message.viewed_us,
        ]
    }

    fn events(&self, database: &mut Database, order: &[u32]) -> Result<()> {
        let happened = self.indexed(order).flat_map(|(number, index)| {
            let conversation = &self.world.conversations[number];
            let began = [
                Happened::Started,
                Happened::Joined(conversation.buyer),
                Happened::Joined(conversation.seller),
            ];
            let began = began.into_iter().filter(move |_| index == 1);
            began.chain([Happened::Posted]).map(move |happened| (number, index, happened))
        });
        database.fill(
            "event (workspace, seq, kind, actor, conversation, message, person, at)",
            (1..)
                .zip(happened)
                .map(|(seq, (number, index, happened))| self.event(seq, [number, index], happened)),
        )
    }

    fn event(&self, seq: i64, [number, index]: [usize; 2], happened: Happened) -> Vec<Cell> {
        let (kind, message, person) = match happened {
            Happened::Started => ("conversation.started", None, None),
            Happened::Joined(person) => ("participant.joined", None, Some(self.people[person].as_str())),
            Happened::Posted => ("message.posted", Some(self.world.message_id(number, index)), None),
        };
        row![
            self.workspace,
            seq,
            kind,
            self.people[self.world.author(number, index)].as_str(),
            self.world.conversation_id(number),
            message,
            person,
            self.world.said_us(number, index),
        ]
    }

    fn counters(&self, database: &mut Database) -> Result<()> {
        let (workspace, size) = (self.workspace, self.world.size);
        let events = if size.log { size.conversations * EVENTS_OF_A_START + size.messages } else { 0 };
        database.run(&format!(
            "UPDATE counter SET event_seq = {events}, conversation_seq = {} WHERE workspace = {workspace}",
            size.conversations
        ))?;
        // Whoever tells people of news has nothing to tell of what is old.
        ["notification", "notice", "callback"].iter().try_for_each(|name| {
            database.run(&format!(
                "INSERT INTO follower (workspace, name, seq) VALUES ({workspace}, '{name}', {events})"
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Size;

    fn filled() -> (Database, i64) {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("seed.db").display());
        let workspace = found::found(&url).unwrap();
        let mut database = Database::open(&url).unwrap();
        database.run("PRAGMA synchronous = OFF").unwrap();
        fill(&mut database, workspace, &World::new(Size::QUICK)).unwrap();
        (database, workspace)
    }

    #[test]
    fn the_generated_data_do_not_contradict_themselves() {
        let (mut database, workspace) = filled();
        check::check(&mut database, workspace).unwrap();
        assert_eq!(database.number("SELECT COUNT(*) FROM message").unwrap(), Size::QUICK.messages as i64);
    }

    #[test]
    fn a_planted_contradiction_is_found() {
        let (mut database, workspace) = filled();
        for harm in [
            "DELETE FROM message WHERE idx = 1 AND conversation = (SELECT MIN(id) FROM conversation)",
            "UPDATE conversation SET updated_at = updated_at + 1 WHERE short_id = 1",
            "UPDATE participant SET unread = unread + 1 WHERE conversation = (SELECT MIN(id) FROM conversation)",
            "UPDATE inbox SET unread = unread + 1 WHERE person = (SELECT MIN(person) FROM participant)",
            "UPDATE message SET viewed_at = NULL WHERE id = (SELECT MIN(id) FROM message WHERE viewed_at > 0)",
            "UPDATE counter SET event_seq = event_seq + 1",
        ] {
            database.run(&format!("SAVEPOINT harm; {harm}")).unwrap();
            assert!(check::check(&mut database, workspace).is_err(), "{harm}");
            database.run("ROLLBACK TO harm; RELEASE harm").unwrap();
        }
        check::check(&mut database, workspace).unwrap();
    }
}
