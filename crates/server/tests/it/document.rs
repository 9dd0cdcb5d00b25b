//! The walkthroughs of the documents, typed by a test: every command in the blocks marked `sh` of these sections, in
//! order, in one shell, on a server with the demo. Where a block marked `json` follows, it is what the command answers.

use std::process::{Command, Stdio};

use serde_json::Value;

use crate::support::Database;
use crate::support::process::{Installation, Process};

/// What stands in a document for whatever differs each time.
const ANY: &str = "…";

/// Tells the answer to one block from the answer to the next.
const END: &str = "end of the answer to a block";

#[test]
fn the_first_conversation_of_the_readme_works_when_typed() {
    walk(include_str!("../../../../README.md"), "## A first conversation");
}

#[test]
fn the_image_of_the_managem_page_works_when_typed() {
    walk(include_str!("../../../../docs/managem.md"), "## Try an image");
}

/// Commands that belong together, and what the last of them answers.
struct Step {
    commands: String,
    answer: Option<Value>,
}

fn walk(document: &str, section: &str) {
    let installation = Installation::new(Database::sqlite());
    let server = installation.start_with(&["--demo"]);
    let steps = steps(document, section);
    assert!(steps.iter().filter(|step| step.answer.is_some()).count() > 1, "{section} shows no answers");
    let typed = typed(&steps, &installation, &server);
    let answers: Vec<&str> = typed.split(END).collect();
    for (step, answer) in steps.iter().zip(answers) {
        let Some(shown) = &step.answer else { continue };
        let given =
            serde_json::from_str(answer).unwrap_or_else(|e| panic!("{}\n{answer}: {e}", step.commands));
        assert!(is_like(shown, &given), "{}\nshown: {shown}\ngiven: {given}", step.commands);
    }
}

/// Types all steps into one shell, in a folder of its own, and gives what it printed.
fn typed(steps: &[Step], installation: &Installation, server: &Process) -> String {
    let script: String =
        steps.iter().map(|step| format!("{}\nprintf '%s' '{END}'\n", step.commands)).collect();
    let demo = std::fs::read_to_string(installation.data.path().join("demo.json"))
        .expect("the demo keeps its tokens");
    let demo: Value = serde_json::from_str(&demo).expect("the demo's tokens are JSON");
    let token = |name: &str| demo[name].as_str().expect("a token").to_owned();
    let script = script
        .replace("http://127.0.0.1:8080", &server.url)
        .replace("target/release/parlance", env!("CARGO_BIN_EXE_parlance"))
        .replace("plc_the_token_of_ada", &token("ada"))
        .replace("plc_the_token_of_bob", &token("bob"))
        .replace("plc_the_token_of_agnes", &token("agnes"));
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut shell = Command::new("bash");
    shell
        .args(["-euo", "pipefail", "-c", &script])
        .current_dir(&folder)
        .stdin(Stdio::null())
        .env("NO_PROXY", "*")
        .env("PARLANCE_DATA", installation.data.path());
    let output = shell.output().expect("there is a shell");
    let (text, problems) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{problems}\n{text}");
    text.into_owned()
}

/// The blocks of a section, up to the next of the same depth.
fn steps(document: &str, section: &str) -> Vec<Step> {
    let (_, rest) = document.split_once(&format!("{section}\n")).expect("the document has this section");
    let text = rest.split("\n## ").next().unwrap_or(rest);
    let mut steps: Vec<Step> = Vec::new();
    for block in text.split("```").skip(1).step_by(2) {
        match block.split_once('\n') {
            Some(("sh", commands)) => steps.push(Step { commands: commands.to_owned(), answer: None }),
            Some(("json", answer)) => {
                let answer = serde_json::from_str(answer).unwrap_or_else(|e| panic!("{answer}: {e}"));
                steps.last_mut().expect("an answer follows a command").answer = Some(answer);
            }
            _ => {}
        }
    }
    steps
}

/// Whether an answer is the one that is shown, but for what differs each time.
fn is_like(shown: &Value, given: &Value) -> bool {
    match (shown, given) {
        (Value::String(shown), Value::String(_)) if shown == ANY => true,
        (Value::Array(shown), Value::Array(given)) => {
            shown.len() == given.len() && shown.iter().zip(given).all(|(s, g)| is_like(s, g))
        }
        (Value::Object(shown), Value::Object(given)) => {
            let known =
                |(key, value): (&String, &Value)| given.get(key).is_some_and(|given| is_like(value, given));
            shown.len() == given.len() && shown.iter().all(known)
        }
        (shown, given) => shown == given,
    }
}
