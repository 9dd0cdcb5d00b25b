//! The database: whether it answers, is whole, and does not contradict itself.

use parlance_engine::checkup::{Checkup, Discrepancy, Schema};
use parlance_engine::db::Address;
use parlance_engine::{Result, Time};

use super::{Finding, Patient, file};

const RESTORE: &str = "stop the server and restore a backup, or report it with this text";

/// A clock may be this much behind the newest event: two machines are never quite of one mind.
const CLOCK_BEHIND_MAX_SECONDS: i64 = 60;

pub(super) fn findings(patient: &Patient<'_>) -> Vec<Finding> {
    let url = patient.config.database_url();
    let opened = Address::parse(url.reveal()).and_then(|address| {
        let mut checkup = Checkup::open(&address)?;
        let schema = checkup.schema()?;
        Ok((checkup, schema))
    });
    let (mut checkup, schema) = match opened {
        Ok(opened) => opened,
        Err(error) => {
            let advice =
                "start it, or name another with PARLANCE_DATABASE_URL; `parlance serve` makes a new one";
            return vec![Finding::problem("database", format!("{url}: {error}"), advice)];
        }
    };
    let mut findings = vec![Finding::ok("database", format!("{url} answers")), of_schema(schema)];
    if schema.applied > schema.known {
        return findings;
    }
    findings.push(integrity(&mut checkup));
    findings.extend(consistency(&mut checkup));
    findings.push(clock(checkup.newest_event(), patient.now));
    findings.push(file::finding(&mut checkup, patient.config));
    findings
}

fn of_schema(schema: Schema) -> Finding {
    let Schema { applied, known } = schema;
    match applied.cmp(&known) {
        std::cmp::Ordering::Equal => Finding::ok("schema", format!("number {applied}, this program's own")),
        std::cmp::Ordering::Less => Finding::warning(
            "schema",
            format!("number {applied}; this program has {known}"),
            "make a backup; `parlance serve` then brings the database up to date",
        ),
        std::cmp::Ordering::Greater => Finding::problem(
            "schema",
            format!("number {applied}; this program has {known}"),
            "start the newer program that wrote this database",
        ),
    }
}

fn integrity(checkup: &mut Checkup) -> Finding {
    match checkup.faults() {
        Ok(faults) if faults.is_empty() => Finding::ok("integrity", "the database is whole"),
        Ok(faults) => Finding::problem("integrity", faults.join("; "), RESTORE),
        Err(error) => Finding::problem("integrity", error.to_string(), RESTORE),
    }
}

fn consistency(checkup: &mut Checkup) -> Vec<Finding> {
    match checkup.discrepancies() {
        Ok(found) if found.is_empty() => {
            vec![Finding::ok("consistency", "every count is what it counts")]
        }
        Ok(found) => found.iter().map(contradiction).collect(),
        Err(error) => vec![Finding::problem("consistency", error.to_string(), RESTORE)],
    }
}

fn contradiction(found: &Discrepancy) -> Finding {
    let Discrepancy { what, count, example } = found;
    Finding::problem("consistency", format!("{count} {what}, such as {example}"), RESTORE)
}

fn clock(newest: Result<Option<Time>>, now: Time) -> Finding {
    // 2026-01-01 and 2100-01-01, in microseconds: before the first version, and long after anybody cares.
    const PLAUSIBLE: std::ops::Range<i64> = 1_767_225_600_000_000..4_102_444_800_000_000;
    let moment = |time: Time| jiff::Timestamp::from_microsecond(time.0).unwrap_or_default().to_string();
    let advice = "set the clock, best by NTP: `timedatectl set-ntp true`";
    match newest {
        _ if !PLAUSIBLE.contains(&now.0) => {
            Finding::problem("clock", format!("it is {}", moment(now)), advice)
        }
        Ok(Some(newest)) if newest > now.plus_seconds(CLOCK_BEHIND_MAX_SECONDS) => {
            let seen = format!("it is {}, but something happened at {}", moment(now), moment(newest));
            Finding::problem("clock", seen, advice)
        }
        Err(error) => Finding::problem("clock", error.to_string(), RESTORE),
        Ok(_) => Finding::ok("clock", format!("it is {}, after everything that happened", moment(now))),
    }
}
