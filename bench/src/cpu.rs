//! CPU time and memory of another process, so that the server's own cost stands beside the rates.

use std::fs;
use std::io;
use std::time::Duration;

use nix::time::clock_getcpuclockid;
use nix::unistd::Pid;

/// A process that is watched from outside.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Process(u32);

impl Process {
    /// The process with this id.
    pub(crate) fn of(pid: u32) -> Self {
        Self(pid)
    }

    /// This process.
    pub(crate) fn own() -> Self {
        Self(std::process::id())
    }

    /// User and system time of all its threads so far, those that ended included, in the kernel's nanoseconds.
    /// The ticks of `/proc/PID/stat` are 10 ms, too coarse for a short phase.
    pub(crate) fn cpu(self) -> io::Result<Duration> {
        let clock = clock_getcpuclockid(Pid::from_raw(self.0.cast_signed()))?;
        Ok(Duration::from(clock.now()?))
    }

    /// Resident memory now, in KiB.
    pub(crate) fn resident_kib(self) -> io::Result<u64> {
        self.status_kib("VmRSS:")
    }

    /// The most resident memory since the start, in KiB.
    pub(crate) fn resident_peak_kib(self) -> io::Result<u64> {
        self.status_kib("VmHWM:")
    }

    fn status_kib(self, field: &str) -> io::Result<u64> {
        fs::read_to_string(format!("/proc/{}/status", self.0))?
            .lines()
            .find_map(|line| line.strip_prefix(field)?.split_whitespace().next()?.parse().ok())
            .ok_or_else(|| io::Error::other(format!("/proc/{}/status has no {field}", self.0)))
    }
}

/// CPU microseconds that `process` spends per request while `work` runs, with what `work` gave. `work` answers how
/// many requests it made.
pub(crate) fn per_request<T>(
    process: Process,
    work: impl FnOnce() -> io::Result<(T, u64)>,
) -> io::Result<(T, f64)> {
    let before = process.cpu()?;
    let (made, count) = work()?;
    let spent = process.cpu()? - before;
    Ok((made, spent.as_secs_f64() * 1e6 / count.max(1) as f64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_costs_cpu_time() {
        let sum = || Ok(((0..50_000_000_u64).map(std::hint::black_box).sum::<u64>(), 10));
        let (sum, cpu_us) = per_request(Process::own(), sum).unwrap();
        assert!(sum > 0 && cpu_us > 0.0, "{cpu_us} µs");
    }

    #[test]
    fn the_peak_remembers_what_is_no_longer_resident() {
        let own = Process::own();
        let before_kib = own.resident_kib().unwrap();
        drop(std::hint::black_box(vec![1_u8; 64 << 20]));
        assert!(own.resident_peak_kib().unwrap() >= before_kib + 60 * 1024);
    }
}
