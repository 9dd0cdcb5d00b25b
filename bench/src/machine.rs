//! The machine under the figures: without it they say nothing.

use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

/// How often the disk is asked to keep a page.
const FSYNCS: usize = 300;
/// A page of the database.
const PAGE_BYTES: usize = 4096;

/// What the figures were measured on.
pub(crate) struct Machine {
    cpu: String,
    cores: usize,
    memory_gib: u64,
    kernel: String,
    fsync_us: u128,
    load: String,
    rustc: String,
    revision: String,
}

impl Machine {
    /// Looks at this machine; the disk is the one under `folder`.
    pub(crate) fn look(folder: &Path) -> io::Result<Self> {
        Ok(Self {
            cpu: field("/proc/cpuinfo", "model name")?,
            cores: std::thread::available_parallelism()?.get(),
            memory_gib: memory_gib()?,
            kernel: fs::read_to_string("/proc/sys/kernel/osrelease")?.trim().to_owned(),
            fsync_us: fsync_us(folder)?,
            load: fs::read_to_string("/proc/loadavg")?.split(' ').next().unwrap_or_default().to_owned(),
            rustc: said("rustc", &["--version"]),
            revision: said("git", &["describe", "--always", "--dirty"]),
        })
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "- Machine: {}, {} cores, {} GiB, Linux {}",
            self.cpu, self.cores, self.memory_gib, self.kernel
        )?;
        writeln!(
            f,
            "- Disk: {PAGE_BYTES} bytes written and synced in {} µs (median of {FSYNCS})",
            self.fsync_us
        )?;
        writeln!(
            f,
            "- Others' load when this began: {} (figures taken beside other work say little)",
            self.load
        )?;
        writeln!(f, "- Built from {} with {}, SQLite {}", self.revision, self.rustc, rusqlite::version())
    }
}

/// The value of the first line `name : value` of a file.
fn field(path: &str, name: &str) -> io::Result<String> {
    let text = fs::read_to_string(path)?;
    let value = text.lines().find_map(|line| line.strip_prefix(name)?.split_once(':'));
    Ok(value.map_or_else(|| "unknown".to_owned(), |(_, value)| value.trim().to_owned()))
}

fn memory_gib() -> io::Result<u64> {
    let total = field("/proc/meminfo", "MemTotal")?;
    let kib: u64 = total.split_whitespace().next().and_then(|kib| kib.parse().ok()).unwrap_or(0);
    Ok((kib + (1 << 19)) >> 20)
}

/// The first line that a command prints, or that it is missing.
fn said(command: &str, arguments: &[&str]) -> String {
    let output = Command::new(command).args(arguments).output();
    let line = output.ok().and_then(|output| String::from_utf8(output.stdout).ok());
    line.map_or_else(|| format!("(no {command})"), |line| line.trim().to_owned())
}

/// The median time of writing one page to the end of a file and having the disk keep it.
fn fsync_us(folder: &Path) -> io::Result<u128> {
    let path = folder.join("fsync.probe");
    let mut file = OpenOptions::new().create(true).append(true).open(&path)?;
    let mut times = Vec::with_capacity(FSYNCS);
    for _ in 0..FSYNCS {
        let start = Instant::now();
        file.write_all(&[0x5a; PAGE_BYTES])?;
        file.sync_data()?;
        times.push(start.elapsed().as_micros());
    }
    fs::remove_file(path)?;
    times.sort_unstable();
    Ok(times[FSYNCS / 2])
}
