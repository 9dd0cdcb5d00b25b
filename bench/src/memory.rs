//! The server's resident memory: at rest, and the most it ever had.

use std::io;
use std::time::Duration;

use crate::child::Server;

/// How long a server that has just started is left alone before it counts as idle.
const SETTLED: Duration = Duration::from_secs(1);

/// The largest of each, over every server that was looked at, in KiB.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Memory {
    /// Ready and not asked anything yet.
    pub(crate) idle_kib: u64,
    /// The peak of a whole life.
    pub(crate) peak_kib: u64,
}

impl Memory {
    /// Looks at a server that has just started.
    pub(crate) fn idle(&mut self, server: &Server) -> io::Result<()> {
        std::thread::sleep(SETTLED);
        self.idle_kib = self.idle_kib.max(server.listening.process.resident_kib()?);
        Ok(())
    }

    /// Looks at a server that has done its work.
    pub(crate) fn peak(&mut self, server: &Server) -> io::Result<()> {
        self.peak_kib = self.peak_kib.max(server.listening.process.resident_peak_kib()?);
        Ok(())
    }
}
