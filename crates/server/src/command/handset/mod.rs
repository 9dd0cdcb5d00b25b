//! `parlance handset …`: simulated telephones, for programs and for people.

mod terminal;

use clap::{Args, Subcommand};
use parlance_engine::handset::{self, Said, Text};
use parlance_engine::{MessageId, phone};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use self::terminal::Terminal;
use super::output::Part;
use super::reach::Reach;
use super::value::Moment;
use super::{Call, Failure, Output, Result};

/// Texts in one read of a list.
const PAGE: i64 = 500;

/// What is done with a simulated telephone: without a word more, one holds it in one's hand.
#[derive(Args, Serialize, Deserialize)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Request {
    #[command(subcommand)]
    act: Option<Act>,
    #[serde(skip)]
    #[command(flatten)]
    terminal: Option<Terminal>,
}

/// One thing done with it.
#[derive(Subcommand, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Act {
    /// Write a text as the owner of a telephone
    Say(Say),
    /// Show what a telephone has received
    Read(Read),
    /// Whoever holds a telephone asks first whether it can write to anybody.
    #[command(skip)]
    PickUp(Terminal),
}

/// A text from a telephone.
#[derive(Args, Serialize, Deserialize)]
struct Say {
    /// What it says
    text: String,
    /// Slug of the workspace
    #[arg(long, value_name = "SLUG")]
    workspace: String,
    /// The number of the telephone
    #[arg(long, value_name = "NUMBER")]
    from: String,
    /// The address of a carrier of kind handset
    #[arg(long, value_name = "ADDRESS")]
    to: String,
}

/// Whose texts.
#[derive(Args, Serialize, Deserialize)]
struct Read {
    /// Slug of the workspace
    #[arg(long, value_name = "SLUG")]
    workspace: String,
    /// The number of the telephone
    #[arg(long, value_name = "NUMBER")]
    phone: String,
}

impl Request {
    pub(super) fn run(&self, call: &Call<'_>) -> Result<Output> {
        match &self.act {
            Some(Act::Say(say)) => say.run(call),
            Some(Act::Read(read)) => read.run(call),
            Some(Act::PickUp(terminal)) => terminal.pick_up(call),
            None => Err(Failure::internal("a telephone is held in the command's own process")),
        }
    }

    /// Whether a telephone is to be held in one's hand.
    pub(super) fn is_held(&self) -> bool {
        self.act.is_none()
    }

    /// Holds a telephone until standard input ends.
    pub(super) fn hold(&self, reach: &mut Reach) -> Result<Output> {
        let terminal = self.terminal.as_ref();
        terminal.ok_or_else(|| Failure::usage("a telephone has --workspace, --phone and --to"))?.drive(reach)
    }

    fn of(act: Act) -> super::Request {
        super::Request::Handset(Request { act: Some(act), terminal: None })
    }
}

impl Say {
    fn run(&self, call: &Call<'_>) -> Result<Output> {
        let workspace = call.workspace(&self.workspace)?;
        let said = Said { from: self.from.clone(), to: self.to.clone(), text: self.text.clone() };
        let heard = call.write(&workspace, move |cx| handset::say(cx, &said));
        let message = heard.map_err(|failure| failure.naming(|| no_carrier(&self.workspace, &self.to)))?;
        Ok(Output::One(json!({ "message": message.to_string() })))
    }
}

impl Read {
    fn run(&self, call: &Call<'_>) -> Result<Output> {
        let workspace = call.workspace(&self.workspace)?;
        let number = phone::normalise(&self.phone, &workspace.country).map_err(Failure::invalid)?;
        let after: Option<MessageId> = call.after.map(str::parse).transpose()?;
        let texts = call.read(&workspace, move |cx| handset::read(cx, &number, after, PAGE))?;
        let part = Part { items: &texts, limit: PAGE, columns: &["from", "text", "at"] };
        Ok(part.page(shown, |text| text.message.to_string()))
    }
}

/// What is wrong when nothing is at the address to which a telephone writes, and what to do.
fn no_carrier(workspace: &str, to: &str) -> String {
    format!(
        "There is no carrier of kind handset at {to:?} in {workspace:?}; add one with: \
         parlance carrier add --workspace {workspace} --kind handset --address {to:?}"
    )
}

fn shown(text: &Text) -> Value {
    json!({ "from": text.from, "text": text.text, "at": Moment(text.at).to_string() })
}
