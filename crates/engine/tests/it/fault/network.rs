//! A PostgreSQL that goes away, comes back, refuses and kills, at the worst moments there are.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use parlance_engine::access::Caller;
use parlance_engine::error::Cause;
use parlance_engine::message::{self, Post};
use parlance_engine::{ConversationId, Cx, Error, Result, participant};

use crate::support::{Database, Fault, House, Proxy, queue, until};
use crate::writer::{held_up, log_length, said, talk};

/// Ada has said hello to Bob, over a line that can be cut.
struct Line {
    house: House,
    proxy: Proxy,
    ada: Caller,
    bob: Caller,
    id: ConversationId,
}

impl Line {
    /// `None` when there is no PostgreSQL to test on and that is allowed.
    fn open() -> Option<Line> {
        let (database, proxy) = Database::postgres()?.behind_a_proxy();
        let house = House::on(database);
        let (ada, bob, id) = talk(&house);
        Some(Line { house, proxy, ada, bob, id })
    }

    /// A verb that posts, and counts how often it ran.
    fn post(&self, body: &str) -> (impl Fn(&mut Cx<'_>) -> Result<i64> + Send + 'static, Arc<AtomicUsize>) {
        let (post, runs) = (Post::new(self.id, body.to_owned()), Arc::new(AtomicUsize::new(0)));
        let counted = Arc::clone(&runs);
        let verb = move |cx: &mut Cx<'_>| {
            counted.fetch_add(1, Ordering::SeqCst);
            message::post(cx, &post).map(|message| message.index)
        };
        (verb, runs)
    }

    /// Nothing but these was said, each once, counted once, and logged once.
    fn holds(&self, bodies: &[&str]) {
        assert_eq!(said(&self.house, self.bob, self.id), bodies);
        assert_eq!(self.house.read(self.bob, participant::unread), Ok(bodies.len() as i64));
        // Two people were added, one conversation started, two joined; then the messages.
        assert_eq!(log_length(&self.house, self.ada), 5 + bodies.len());
    }

    /// Ends every connection of the engine, from the server's side.
    fn kill_backends(&self) -> i64 {
        kill_backends(&self.house.database)
    }
}

fn kill_backends(database: &Database) -> i64 {
    let sql = "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity
               WHERE datname = current_database() AND application_name = 'parlance'";
    database.client().query_one(sql, &[]).expect("the test PostgreSQL obeys").get(0)
}

/// One post during which `fault` strikes: it is stored once, after this many runs of the verb.
fn one_post_outlives(fault: Fault, runs_expected: usize) {
    let Some(line) = Line::open() else { return };
    let (verb, runs) = line.post("two");
    line.proxy.arm(fault);
    assert_eq!(line.house.write(line.ada, verb), Ok(2));
    assert!(line.proxy.struck(), "the fault was in the way");
    assert_eq!(runs.load(Ordering::SeqCst), runs_expected);
    line.holds(&["Hello.", "two"]);
}

#[test]
fn a_commit_whose_answer_is_lost_is_not_done_again() {
    one_post_outlives(Fault::LoseAnswerToCommit, 1);
}

#[test]
fn a_commit_that_is_lost_is_done_again() {
    one_post_outlives(Fault::LoseCommit, 2);
}

#[test]
fn a_commit_that_the_server_could_not_serialise_is_done_again() {
    one_post_outlives(Fault::RefuseCommit("40001"), 2);
}

#[test]
fn a_statement_that_the_server_could_not_serialise_is_done_again() {
    one_post_outlives(Fault::RefuseStatement("40001"), 2);
}

#[test]
fn a_statement_chosen_to_end_a_deadlock_is_done_again() {
    one_post_outlives(Fault::RefuseStatement("40P01"), 2);
}

/// The server has not heard of the COMMIT when it is asked, and hears of it afterwards.
#[test]
fn a_commit_that_arrives_late_comes_too_late() {
    let Some(line) = Line::open() else { return };
    let (verb, runs) = line.post("two");
    line.proxy.arm(Fault::DelayCommit);
    let post = queue(&line.house.engine, line.ada, verb);
    until("the second try waits for the first", || line.house.database.waiting_for_locks() == 1);
    line.proxy.deliver();
    assert_eq!(post.answer(), Ok(2));
    assert_eq!(runs.load(Ordering::SeqCst), 2);
    line.holds(&["Hello.", "two"]);
}

#[test]
fn a_whole_batch_whose_answer_is_lost_is_stored_once() {
    for fault in [Fault::LoseAnswerToCommit, Fault::LoseCommit, Fault::RefuseCommit("40001")] {
        let Some(line) = Line::open() else { return };
        let gate = held_up(&line.house, line.ada);
        let bodies: Vec<String> = (2..22).map(|n| format!("number {n}")).collect();
        let posts: Vec<_> =
            bodies.iter().map(|body| queue(&line.house.engine, line.ada, line.post(body).0)).collect();
        let (last, _) = line.post("number 22");
        line.proxy.arm(fault);
        gate.open();
        for (n, post) in posts.into_iter().enumerate() {
            assert_eq!(post.answer(), Ok(n as i64 + 2), "{fault:?}");
        }
        assert_eq!(line.house.write(line.ada, last), Ok(22));
        assert!(line.proxy.struck());
        let all = ["Hello."].into_iter().chain(bodies.iter().map(String::as_str)).chain(["number 22"]);
        line.holds(&all.collect::<Vec<_>>());
    }
}

#[test]
fn a_backend_killed_between_statements_and_commit_costs_nothing() {
    let Some(line) = Line::open() else { return };
    let url = line.house.database.direct.clone().expect("a URL");
    let (verb, runs) = line.post("two");
    let counted = Arc::clone(&runs);
    let answer = line.house.write(line.ada, move |cx| {
        let index = verb(cx)?;
        if counted.load(Ordering::SeqCst) == 1 {
            let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                       WHERE datname = current_database() AND state = 'idle in transaction'";
            let mut killer = postgres::Client::connect(&url, postgres::NoTls).expect("PostgreSQL answers");
            assert_eq!(killer.query(sql, &[]).expect("PostgreSQL obeys").len(), 1);
        }
        Ok(index)
    });
    assert_eq!(answer, Ok(2));
    assert_eq!(runs.load(Ordering::SeqCst), 2);
    line.holds(&["Hello.", "two"]);
}

#[test]
fn connections_killed_while_they_rest_cost_nothing() {
    let Some(line) = Line::open() else { return };
    for n in 2..6 {
        assert!(line.kill_backends() > 0);
        assert_eq!(line.house.read(line.bob, participant::unread), Ok(n - 1));
        assert_eq!(line.house.read(line.bob, participant::unread), Ok(n - 1));
        assert_eq!(line.house.write(line.ada, line.post("more").0), Ok(n));
    }
    line.holds(&["Hello.", "more", "more", "more", "more"]);
}

#[test]
fn a_server_that_is_away_for_a_while_makes_busy_and_nothing_worse() {
    let Some(line) = Line::open() else { return };
    let lost = |e: Error| matches!(e, Error::Busy { cause: Cause::Lost, .. });
    line.proxy.cut();
    for _ in 0..3 {
        assert!(line.house.write(line.ada, line.post("unheard").0).is_err_and(lost));
        for _ in 0..4 {
            assert!(line.house.read(line.bob, participant::unread).is_err_and(lost));
        }
    }
    line.proxy.restore();
    for _ in 0..4 {
        assert_eq!(line.house.read(line.bob, participant::unread), Ok(1), "every reader finds back");
    }
    assert_eq!(line.house.write(line.ada, line.post("heard").0), Ok(2));
    line.holds(&["Hello.", "heard"]);
}

/// What was under way when the server went away is settled when it comes back, and not before.
#[test]
fn a_commit_in_doubt_is_answered_when_the_server_is_back() {
    let Some(line) = Line::open() else { return };
    let (verb, runs) = line.post("two");
    line.proxy.arm(Fault::LoseAnswerAndServer);
    let mut post = queue(&line.house.engine, line.ada, verb);
    until("the engine has asked in vain", || line.proxy.turned_away() > 2);
    assert_eq!(post.answered(), None, "nobody can know yet");
    line.proxy.restore();
    assert_eq!(post.answer(), Ok(2));
    assert_eq!(runs.load(Ordering::SeqCst), 1);
    line.holds(&["Hello.", "two"]);
}

/// The other side of the deadlock never looks for one, so that it is the engine that is chosen to give way.
#[test]
fn a_real_deadlock_is_outlived() {
    let Some(line) = Line::open() else { return };
    let mut rival = line.house.database.client();
    rival
        .batch_execute("SET deadlock_timeout = '1h'; BEGIN; UPDATE participant SET joined_at = joined_at")
        .unwrap();
    let (verb, runs) = line.post("two");
    let post = queue(&line.house.engine, line.ada, verb);
    until("the engine waits", || line.house.database.waiting_for_locks() == 1);
    rival.batch_execute("SELECT 1 FROM counter FOR UPDATE").expect("the engine gave way");
    rival.batch_execute("COMMIT").unwrap();
    assert_eq!(post.answer(), Ok(2));
    assert_eq!(runs.load(Ordering::SeqCst), 2);
    line.holds(&["Hello.", "two"]);
}

/// It has waited long enough already; whoever asked is told rather than kept waiting five times as long.
#[test]
fn a_lock_that_was_waited_for_in_vain_is_not_waited_for_again() {
    let Some(line) = Line::open() else { return };
    let (verb, runs) = line.post("two");
    line.proxy.arm(Fault::RefuseStatement("55P03"));
    let answer = line.house.write(line.ada, verb);
    assert!(matches!(answer, Err(Error::Busy { .. })), "{answer:?}");
    assert_eq!(runs.load(Ordering::SeqCst), 1);
    line.holds(&["Hello."]);
}

#[test]
fn an_isolation_level_that_the_server_prefers_changes_nothing() {
    let Some(house) = House::on_postgres() else { return };
    for level in ["serializable", "repeatable read"] {
        let name = house.database.rows("SELECT current_database()").remove(0);
        house
            .database
            .execute(&format!("ALTER DATABASE {name} SET default_transaction_isolation = '{level}'"));
        kill_backends(&house.database);
        let other = house.another_node();
        let (ada, _, id) = crate::writer::talk_in(&house, level.split(' ').next().unwrap());
        let gate = held_up(&house, ada);
        let post = Post::new(id, "from the other node".into());
        let runs = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&runs);
        let waiting = queue(&other, ada, move |cx| {
            counted.fetch_add(1, Ordering::SeqCst);
            message::post(cx, &post).map(|m| m.index)
        });
        let here = Post::new(id, "from this node".into());
        let first = queue(&house.engine, ada, move |cx| message::post(cx, &here).map(|m| m.index));
        until("the other node waits", || house.database.waiting_for_locks() == 1);
        gate.open();
        let mut indexes = [waiting.answer(), first.answer()];
        indexes.sort_by_key(|index| index.clone().ok());
        assert_eq!(indexes, [Ok(2), Ok(3)]);
        assert_eq!(runs.load(Ordering::SeqCst), 1, "it waited its turn");
    }
}
