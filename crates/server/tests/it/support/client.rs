//! Official clients, installed by `scripts/clients`, and scripts that drive them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// What a client is written in.
#[derive(Clone, Copy)]
pub enum Language {
    JavaScript,
    Python,
}

/// `scripts/clients` ends with this where the clients cannot be had.
const UNAVAILABLE: i32 = 69;

/// Where the scripts are.
const SCRIPTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/clients");

/// A script's folder, its setting and what it leaves behind.
pub struct Drive {
    language: Language,
    installed: PathBuf,
    folder: TempDir,
    /// Variables of the script's environment.
    pub environment: Vec<(String, String)>,
}

impl Drive {
    /// Makes everything ready for the scripts of a dialect. `None`, said loudly, where there is no such client; a
    /// failure where `CI` is set.
    pub fn prepare(language: Language, dialect: &str) -> Option<Drive> {
        let installed = installed(language)?;
        let folder = tempfile::tempdir().expect("a temporary folder");
        for script in fs::read_dir(Path::new(SCRIPTS).join(dialect)).expect("the dialect has scripts") {
            let script = script.expect("a script can be read").path();
            let name = script.file_name().expect("a file has a name");
            fs::copy(&script, folder.path().join(name)).expect("a script can be copied");
        }
        if let Language::JavaScript = language {
            // Node looks for packages beside the script.
            let modules = folder.path().join("node_modules");
            std::os::unix::fs::symlink(installed.join("node_modules"), modules).expect("a link");
        }
        Some(Drive { language, installed, folder, environment: Vec::new() })
    }

    /// Runs a script to its end, which must be a good one, and gives the exchanges that it has written down.
    pub fn run(&self, script: &str, setting: &Value) -> Vec<Value> {
        let exchanges = self.folder.path().join("exchanges");
        let mut command = self.script(script, setting);
        command.stdin(Stdio::null()).env("EXCHANGES", &exchanges);
        let output = command.output().expect("the script runs");
        let (told, problems) =
            (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{script} ends with {}\n{told}\n{problems}", output.status);
        let lines = fs::read_to_string(&exchanges).expect("the script has written its exchanges down");
        lines.lines().map(|line| serde_json::from_str(line).expect("an exchange is JSON")).collect()
    }

    /// Begins a script that goes on until it is killed; it is spoken to over its standard input and output.
    pub fn begin(&self, script: &str, setting: &Value) -> Child {
        let mut command = self.script(script, setting);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the script begins")
    }

    fn script(&self, script: &str, setting: &Value) -> Command {
        let mut command = match self.language {
            Language::JavaScript => Command::new("node"),
            Language::Python => Command::new(self.installed.join("bin/python")),
        };
        command.arg(script).current_dir(self.folder.path());
        command.env("SETTING", setting.to_string()).env("NO_PROXY", "*");
        command.env("CLIENTS", &self.installed).envs(self.environment.iter().cloned());
        command
    }
}

fn installed(language: Language) -> Option<PathBuf> {
    let name = match language {
        Language::JavaScript => "javascript",
        Language::Python => "python",
    };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts/clients");
    let output = Command::new(script).arg(name).stdin(Stdio::null()).output().expect("scripts/clients runs");
    let problems = String::from_utf8_lossy(&output.stderr);
    if output.status.code() == Some(UNAVAILABLE) && std::env::var_os("CI").is_none() {
        eprintln!("THIS TEST DID NOT RUN: there is no {name} client here.\n{problems}");
        return None;
    }
    assert!(output.status.success(), "there is no {name} client here: {problems}");
    let folder = String::from_utf8(output.stdout).expect("a path in UTF-8");
    Some(PathBuf::from(folder.trim_end()))
}
