//! From figures to the rows of the table.

use crate::bare::Cost;
use crate::figure::Figure;
use crate::memory::Memory;
use crate::table::{Goal, Row, Unit};
use crate::{inbox, posts, reads, tickets};

// What the figures must be.
const PAGE_TIMES_MAX: f64 = 1.3;
const AGAIN_SHARE_MIN: f64 = 0.6;
const POST_SHARE_MIN: f64 = 0.6;
const POST_P99_MS: f64 = 25.0;
const SINGLE_TIMES_MAX: f64 = 1.5;
const LARGER_TIMES_MAX: f64 = 1.3;
const TICKETS_SHARE_MIN: f64 = 0.4;
const SEARCH_P99_MS: f64 = 20.0;
const LARGER_SEARCH_TIMES_MAX: f64 = 2.0;
const INDEXED_SHARE_MIN: f64 = 0.85;
const LINES_SHARE_MIN: f64 = 0.4;
const CAMPAIGN_MS: f64 = 100.0;
const TEXTS_PER_SECOND: f64 = 3_000.0;
const TEXTS_SHARE_MIN: f64 = 0.5;
const IDLE_MB: f64 = 40.0;
const PEAK_MB: f64 = 150.0;

/// Everything that was measured on one database.
pub(crate) struct Figures {
    /// The reads.
    pub(crate) served: reads::Served,
    /// What they are compared with.
    pub(crate) compared: reads::Compared,
    /// The reads at ten times the conversations.
    pub(crate) large: Option<reads::Served>,
    /// The posts.
    pub(crate) posted: posts::Served,
    /// What they are compared with.
    pub(crate) committed: posts::Committed,
    /// The lists of tickets.
    pub(crate) lists: tickets::Lists,
    /// The searches.
    pub(crate) searches: tickets::Searches,
    /// The searches at ten times the conversations.
    pub(crate) large_searches: Option<tickets::Searches>,
    /// The posts with the index and without.
    pub(crate) indexed: tickets::Indexed,
    /// The inbox over phone numbers.
    pub(crate) inbox: inbox::Figures,
    /// Over all of it.
    pub(crate) memory: Memory,
}

/// All rows, in the order in which the goals were set.
pub(crate) fn rows(figures: &Figures) -> Vec<Row> {
    let mut rows = reads(&figures.served, &figures.compared);
    rows.extend(posts(&figures.posted, &figures.committed));
    rows.extend(figures.large.iter().flat_map(|large| larger(&figures.served, large)));
    rows.extend(lists(&figures.lists));
    rows.extend(searches(&figures.searches, figures.large_searches.as_ref()));
    rows.push(indexed(&figures.indexed));
    rows.extend(inbox(&figures.inbox, figures.posted.many.rate));
    rows.extend(memory(&figures.memory));
    rows
}

/// The two lists of tickets.
fn lists(lists: &tickets::Lists) -> Vec<Row> {
    let row = |work: &str, figure: &Figure, goal| Row {
        work: format!("`GET /v2/conversations`, 20 with the total, {work}"),
        ours: figure.to_string(),
        compared: format!("stack, constant {} bytes: {}", lists.stack.body_bytes, lists.stack),
        value: figure.rate / lists.stack.rate,
        unit: Unit::Percent,
        goal,
    };
    // A page that is made each time cannot come near a constant: it is shown beside the one that is kept.
    vec![
        row("an agent's of all, nothing changed", &lists.agent, Goal::AtLeast(TICKETS_SHARE_MIN)),
        row("a different person each time", &lists.each, Goal::None),
    ]
}

/// The searches, and the rare word at ten times the conversations.
fn searches(searches: &tickets::Searches, large: Option<&tickets::Searches>) -> Vec<Row> {
    let row = |work: &str, figure: &Figure| Row {
        work: format!("`fullTextSearch` of {work}, 8 connections, while people post: p99"),
        ours: figure.to_string(),
        compared: String::new(),
        value: figure.p99_us as f64 / 1000.0,
        unit: Unit::Ms,
        goal: Goal::Below(SEARCH_P99_MS),
    };
    let larger = large.map(|large| Row {
        work: "`fullTextSearch` of a rare word at ten times the conversations: p50".to_owned(),
        ours: large.rare.to_string(),
        compared: format!("itself: {}", searches.rare),
        value: large.rare.p50_us as f64 / searches.rare.p50_us as f64,
        unit: Unit::Times,
        goal: Goal::AtMost(LARGER_SEARCH_TIMES_MAX),
    });
    let rows = [
        row("a rare word", &searches.rare),
        row("a common word", &searches.common),
        row("two words", &searches.two),
    ];
    rows.into_iter().chain(larger).collect()
}

/// What the index costs those who post.
fn indexed(indexed: &tickets::Indexed) -> Row {
    Row {
        work: "`POST …/messages`, 32 connections, while all is indexed".to_owned(),
        ours: indexed.with.to_string(),
        compared: format!("the same without an index: {}", indexed.without),
        value: indexed.with.rate / indexed.without.rate,
        unit: Unit::Percent,
        goal: Goal::AtLeast(INDEXED_SHARE_MIN),
    }
}

/// The list of lines, campaigns, and texts that come in. Whichever is the limit counts for the texts: what was asked
/// for, or half of what this machine commits in groups.
fn inbox(inbox: &inbox::Figures, committed: f64) -> Vec<Row> {
    let texts_goal = TEXTS_PER_SECOND.min(committed * TEXTS_SHARE_MIN);
    vec![
        Row {
            work: "`GET /v1/public/conversations/list`, 100, nothing changed".to_owned(),
            ours: inbox.list.to_string(),
            compared: format!("stack, constant {} bytes: {}", inbox.stack.body_bytes, inbox.stack),
            value: inbox.list.rate / inbox.stack.rate,
            unit: Unit::Percent,
            goal: Goal::AtLeast(LINES_SHARE_MIN),
        },
        Row {
            work: "`POST /v1/public/sms-campaign/send` to 500: p50".to_owned(),
            ours: inbox.campaigns.to_string(),
            compared: String::new(),
            value: inbox.campaigns.p50_us as f64 / 1000.0,
            unit: Unit::Ms,
            goal: Goal::Below(CAMPAIGN_MS),
        },
        Row {
            work: "10,000 texts by SMPP, 32 in flight, stored and answered, a second".to_owned(),
            ours: inbox.texts.to_string(),
            compared: format!("3,000/s, or half of the posts of this run: {committed:.0}/s"),
            value: inbox.texts.rate,
            unit: Unit::Count,
            goal: Goal::AtLeast(texts_goal),
        },
    ]
}

/// The three read rows.
fn reads(served: &reads::Served, compared: &reads::Compared) -> Vec<Row> {
    let again_share = served.again.rate / compared.stack_list.rate;
    vec![
        page(
            "`GET /conversations`, 20, a different person each time",
            &served.list,
            &compared.bare_list,
            &compared.stack_list,
        ),
        Row {
            work: "the same page again, nothing changed".to_owned(),
            ours: served.again.to_string(),
            compared: format!(
                "stack, constant {} bytes: {}",
                compared.stack_list.body_bytes, compared.stack_list
            ),
            value: again_share,
            unit: Unit::Percent,
            goal: Goal::AtLeast(AGAIN_SHARE_MIN),
        },
        page(
            "`GET …/messages`, 20, read before",
            &served.messages,
            &compared.bare_messages,
            &compared.stack_messages,
        ),
    ]
}

fn page(work: &str, served: &Figure, bare: &Cost, stack: &Figure) -> Row {
    let sum_us = bare.cpu_us + stack.cpu_us;
    Row {
        work: work.to_owned(),
        ours: served.to_string(),
        compared: format!(
            "bare {:.1} µs + stack, constant {} bytes, {:.1} µs = {sum_us:.1} µs CPU",
            bare.cpu_us, stack.body_bytes, stack.cpu_us
        ),
        value: served.cpu_us / sum_us,
        unit: Unit::Times,
        goal: Goal::AtMost(PAGE_TIMES_MAX),
    }
}

/// The write rows.
fn posts(served: &posts::Served, bare: &posts::Committed) -> Vec<Row> {
    let many = "`POST …/messages`, 32 connections, durable";
    let row = |work: &str, ours: String, compared: String, value, unit, goal| Row {
        work: work.to_owned(),
        ours,
        compared,
        value,
        unit,
        goal,
    };
    vec![
        row(
            many,
            format!("{}; {:.1} a commit", served.many, served.group),
            format!("bare, the same rows in groups of {:.1}: {:.0}/s", served.group, bare.groups.rate),
            served.many.rate / bare.groups.rate,
            Unit::Percent,
            Goal::AtLeast(POST_SHARE_MIN),
        ),
        row(
            &format!("{many}: p99"),
            String::new(),
            String::new(),
            served.many.p99_us as f64 / 1000.0,
            Unit::Ms,
            Goal::Below(POST_P99_MS),
        ),
        row(
            "`POST …/messages`, 1 connection: p50",
            served.one.to_string(),
            format!("one bare commit: p50 {:.2} ms", bare.single.median_us / 1000.0),
            served.one.p50_us as f64 / bare.single.median_us,
            Unit::Times,
            Goal::AtMost(SINGLE_TIMES_MAX),
        ),
        row(
            "stale pages after a write was answered",
            String::new(),
            String::new(),
            served.stale as f64,
            Unit::Count,
            Goal::AtMost(0.0),
        ),
    ]
}

/// The reads at ten times the conversations.
fn larger(served: &reads::Served, ten_times: &reads::Served) -> Vec<Row> {
    let row = |work: &str, small: &Figure, large: &Figure| Row {
        work: format!("{work} at ten times the conversations"),
        ours: large.to_string(),
        compared: format!("themselves: {:.1} µs CPU", small.cpu_us),
        value: large.cpu_us / small.cpu_us,
        unit: Unit::Times,
        goal: Goal::AtMost(LARGER_TIMES_MAX),
    };
    vec![
        row("`GET /conversations`", &served.list, &ten_times.list),
        row("`GET …/messages`", &served.messages, &ten_times.messages),
    ]
}

/// The two rows of memory.
fn memory(memory: &Memory) -> Vec<Row> {
    let row = |work: &str, kib: u64, limit| Row {
        work: format!("resident memory, {work}"),
        ours: String::new(),
        compared: String::new(),
        value: kib as f64 / 1024.0,
        unit: Unit::Mb,
        goal: Goal::Below(limit),
    };
    vec![row("idle", memory.idle_kib, IDLE_MB), row("most during all of this", memory.peak_kib, PEAK_MB)]
}
