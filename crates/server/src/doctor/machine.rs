//! The machine: the data folder, the disk under it, and what the system lets a process have.

use std::fs::Metadata;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use rustix::fs::{Access, StatVfs, access, statvfs};
use rustix::process::{Resource, getrlimit};

use super::Finding;
use crate::config::Config;

/// Free space below which a server will soon refuse to write.
const FREE_BYTES_MIN: u64 = 256 << 20;

/// Free space below which somebody should look.
const FREE_BYTES_LOW: u64 = 2 << 30;

/// Descriptors beside those of connections: the database, its readers, files, logs.
const DESCRIPTORS_BESIDE: u64 = 128;

pub(super) fn findings(config: &Config) -> Vec<Finding> {
    let mut findings = vec![folder(&config.data)];
    findings.extend(config.database_url().sqlite_path().and_then(database_file));
    findings.push(disk(&config.data));
    findings.push(descriptors(config));
    findings
}

fn folder(path: &Path) -> Finding {
    let shown = path.display();
    match path.metadata() {
        Err(problem) => Finding::problem(
            "data folder",
            format!("{shown}: {problem}"),
            "make it, or name another with PARLANCE_DATA; `parlance serve` makes it",
        ),
        Ok(_) if access(path, Access::READ_OK | Access::WRITE_OK | Access::EXEC_OK).is_err() => {
            let advice =
                format!("run this as the server's user, or give it the folder: chown -R USER {shown}");
            Finding::problem("data folder", format!("this user may not write into {shown}"), advice)
        }
        Ok(about) => privacy("data folder", path, &about),
    }
}

/// There are secrets in it.
fn database_file(path: &Path) -> Option<Finding> {
    let about = path.metadata().ok()?;
    Some(privacy("database file", path, &about))
}

fn privacy(check: &str, path: &Path, about: &Metadata) -> Finding {
    let (shown, others) = (path.display(), about.permissions().mode() & 0o077);
    match others {
        0 => Finding::ok(check, format!("{shown} is its owner's alone (user {})", about.uid())),
        _ => Finding::warning(
            check,
            format!("{shown} is open to other users (mode {:o})", about.permissions().mode() & 0o777),
            format!("close it: chmod go-rwx {shown}"),
        ),
    }
}

fn disk(path: &Path) -> Finding {
    // Before the first start there is no folder, but perhaps the one around it.
    let Some(stat) = path.ancestors().find_map(|folder| statvfs(folder).ok()) else {
        return Finding::problem("disk", "the disk does not answer", "look at the system's log");
    };
    let (bytes, files) = (stat.f_bavail.saturating_mul(stat.f_frsize), free_files_percent(&stat));
    let seen = format!("{} free", human(bytes));
    let advice = "make room: the server refuses to write when the disk is full";
    match bytes {
        _ if files == Some(0) => Finding::problem("disk", "there is no room for another file", advice),
        0..FREE_BYTES_MIN => Finding::problem("disk", seen, advice),
        FREE_BYTES_MIN..FREE_BYTES_LOW => Finding::warning("disk", seen, advice),
        _ => Finding::ok("disk", seen),
    }
}

/// `None` where the file system does not count them.
fn free_files_percent(stat: &StatVfs) -> Option<u64> {
    (stat.f_favail * 100).checked_div(stat.f_files)
}

fn human(bytes: u64) -> String {
    match bytes {
        0..0x4000_0000 => format!("{} MiB", bytes >> 20),
        _ => format!("{} GiB", bytes >> 30),
    }
}

fn descriptors(config: &Config) -> Finding {
    let needed = config.limits.connections_max.get() as u64 + DESCRIPTORS_BESIDE;
    match getrlimit(Resource::Nofile).current {
        Some(limit) if limit < needed => Finding::warning(
            "descriptors",
            format!("a process may open {limit}; {needed} may be needed for limits.connections_max"),
            format!(
                "raise the limit (ulimit -n {needed}, LimitNOFILE={needed}) or lower limits.connections_max"
            ),
        ),
        Some(limit) => Finding::ok("descriptors", format!("a process may open {limit}, enough for {needed}")),
        None => Finding::ok("descriptors", "a process may open as many as it wants"),
    }
}
