//! A telephone in a terminal: what it receives is printed as it comes, what is typed is sent.

use std::io::{self, BufRead, Write};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::Duration;

use clap::Args;
use parlance_engine::handset;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Act, Read, Request, Say, no_carrier};
use crate::command::reach::Reach;
use crate::command::{Call, Failure, Output, Result};

/// Between two looks for what has come.
const LOOK_EVERY: Duration = Duration::from_millis(300);

/// Whose telephone.
#[derive(Args, Clone, Serialize, Deserialize)]
pub struct Terminal {
    /// Slug of the workspace
    #[arg(long, value_name = "SLUG")]
    workspace: String,
    /// The number of the telephone
    #[arg(long, value_name = "NUMBER")]
    phone: String,
    /// To whom it writes: the address of a carrier of kind handset
    #[arg(long, value_name = "ADDRESS")]
    to: String,
}

impl Terminal {
    /// Where the installation is: that this is a number, and that there is somebody to write to.
    pub(super) fn pick_up(&self, call: &Call<'_>) -> Result<Output> {
        let workspace = call.workspace(&self.workspace)?;
        let (phone, to) = (self.phone.clone(), self.to.clone());
        let ends = call.read(&workspace, move |cx| handset::pick_up(cx, &phone, &to));
        let (phone, _) = ends.map_err(|failure| failure.naming(|| no_carrier(&self.workspace, &self.to)))?;
        Ok(Output::One(json!({ "phone": phone })))
    }

    /// Until there is nothing more to be typed. A text that is refused is said so, and the telephone goes on.
    pub(super) fn drive(&self, reach: &mut Reach) -> Result<Output> {
        reach.ask(&Request::of(Act::PickUp(self.clone())), None)?;
        let (typed, mut shown, mut said) = (typed(), 0, 0);
        self.tell(&format!(
            "This is {}. Type a text for {} and press Enter; Ctrl-D ends.",
            self.phone, self.to
        ))?;
        loop {
            shown = self.show(reach, shown)?;
            match typed.recv_timeout(LOOK_EVERY) {
                Ok(text) if text.trim().is_empty() => {}
                Ok(text) => match self.say(reach, text) {
                    Ok(()) => said += 1,
                    Err(failure) => self.tell(&format!("not sent: {}", failure.message))?,
                },
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        let shown = self.show(reach, shown)?;
        Ok(Output::Told { text: String::new(), json: json!({ "said": said, "received": shown }) })
    }

    /// Prints what has come after the first `known` texts, and says how many there are now.
    fn show(&self, reach: &mut Reach, known: usize) -> Result<usize> {
        let (workspace, phone) = (self.workspace.clone(), self.phone.clone());
        let request = Request::of(Act::Read(Read { workspace, phone }));
        let (mut count, mut after) = (0, None);
        loop {
            let Output::Page { items, next, .. } = reach.ask(&request, after.as_deref())? else {
                return Err(Failure::internal("a telephone was answered with something else"));
            };
            for text in &items {
                count += 1;
                if count > known {
                    self.tell(&line(text))?;
                }
            }
            match next {
                Some(next) => after = Some(next),
                None => return Ok(count),
            }
        }
    }

    fn say(&self, reach: &mut Reach, text: String) -> Result<()> {
        let (workspace, from, to) = (self.workspace.clone(), self.phone.clone(), self.to.clone());
        reach.ask(&Request::of(Act::Say(Say { text, workspace, from, to })), None).map(drop)
    }

    /// Standard output is the answer's, which is given at the end.
    fn tell(&self, line: &str) -> Result<()> {
        let told = writeln!(io::stderr(), "{line}");
        told.map_err(|problem| Failure::unavailable(format!("the terminal cannot be written to: {problem}")))
    }
}

/// One text, on one line.
fn line(text: &Value) -> String {
    let field = |name: &str| text[name].as_str().unwrap_or_default().replace(char::is_control, " ");
    format!("{}  {}: {}", field("at"), field("from"), field("text"))
}

/// Lines of standard input, as they are typed.
fn typed() -> Receiver<String> {
    let (typed, lines) = mpsc::channel();
    std::thread::spawn(move || {
        for line in io::stdin().lock().lines().map_while(io::Result::ok) {
            if typed.send(line).is_err() {
                return;
            }
        }
    });
    lines
}
