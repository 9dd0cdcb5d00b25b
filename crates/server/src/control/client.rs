//! The command line's end of the socket.

use std::io::{self, BufRead, BufReader, ErrorKind, Write};
use std::os::unix::net::UnixStream;

use super::{Answer, Question, socket_path};
use crate::command::{Failure, Output, Request};
use crate::config::Config;

/// A connection to the running server.
pub struct Client(BufReader<UnixStream>);

impl Client {
    /// Connects to the server of this data folder; `None` when none runs.
    ///
    /// # Errors
    /// A server may be running, but this user may not speak to it.
    pub fn reach(config: &Config) -> Result<Option<Client>, Failure> {
        let path = socket_path(config);
        match UnixStream::connect(&path) {
            Ok(stream) => Ok(Some(Client(BufReader::new(stream)))),
            // Nobody made it, nobody listens any more, or its path is longer than any server could have bound.
            Err(problem) if is_absence(&problem) => Ok(None),
            Err(problem) => {
                let path = path.display();
                Err(Failure::unavailable(format!("cannot reach the server at {path}: {problem}")))
            }
        }
    }

    /// Has the server do what `request` says; `after` is where a list goes on.
    pub fn ask(&mut self, request: &Request, after: Option<&str>) -> Result<Output, Failure> {
        let version = env!("CARGO_PKG_VERSION").to_owned();
        let question = Question { version, after: after.map(str::to_owned), request };
        let mut line = serde_json::to_vec(&question).map_err(|e| Failure::internal(e.to_string()))?;
        line.push(b'\n');
        let answer = self.exchange(&line).map_err(|problem| {
            Failure::unavailable(format!(
                "the server did not answer ({problem}); it is not known whether this was done"
            ))
        })?;
        let answer: Result<Answer, _> = serde_json::from_str(&answer);
        answer.unwrap_or_else(|problem| Err(Failure::internal(format!("an unreadable answer: {problem}"))))
    }

    fn exchange(&mut self, line: &[u8]) -> io::Result<String> {
        self.0.get_mut().write_all(line)?;
        let mut answer = String::new();
        match self.0.read_line(&mut answer)? {
            0 => Err(ErrorKind::UnexpectedEof.into()),
            _ => Ok(answer),
        }
    }
}

fn is_absence(problem: &io::Error) -> bool {
    matches!(problem.kind(), ErrorKind::NotFound | ErrorKind::ConnectionRefused | ErrorKind::InvalidInput)
}
