//! The figures Parlance publishes: `make bench`.

mod bare;
mod child;
mod cluster;
mod constant;
mod cpu;
mod data;
mod figure;
mod inbox;
mod load;
mod machine;
mod memory;
mod posts;
mod prepared;
mod reads;
mod report;
mod run;
mod seed;
mod smsc;
mod table;
mod tickets;
mod work;

use std::io::Write;
use std::net::TcpListener;
use std::path::PathBuf;

use clap::{Parser, Subcommand};

use constant::Constant;
use run::{Effort, Run};
use seed::database::Result;

/// The server's allocator, so that the bare programs have it too.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measures the release build beside it, and prints the table.
#[derive(Parser)]
struct Arguments {
    /// A small run that tries the bench itself; its figures say nothing and are not kept.
    #[arg(long)]
    quick: bool,
    #[command(subcommand)]
    child: Option<ChildCommand>,
}

/// What the bench starts itself as.
#[derive(Subcommand)]
enum ChildCommand {
    /// Answers every request with the bytes of a file, after printing its address.
    #[command(hide = true)]
    Constant { body: PathBuf, headers: Vec<String> },
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    match arguments.child {
        Some(ChildCommand::Constant { body, headers }) => {
            let listener = TcpListener::bind("127.0.0.1:0")?;
            writeln!(std::io::stdout(), "{}", listener.local_addr()?)?;
            Ok(constant::serve(listener, Constant { body: std::fs::read(body)?, headers })?)
        }
        None => publish(arguments.quick),
    }
}

/// Runs the bench, prints the report, and keeps it when the run was a full one.
fn publish(quick: bool) -> Result<()> {
    let own = std::env::current_exe()?;
    let server = own.with_file_name("parlance");
    let target = own.ancestors().nth(2).ok_or("this program is not in a target folder")?;
    let effort = if quick { Effort::QUICK } else { Effort::FULL };
    let mut report = String::from("# The figures of `make bench`\n");
    let mut tell = |part: &str| -> Result<()> {
        report.push('\n');
        report.push_str(part);
        Ok(writeln!(std::io::stdout(), "{part}")?)
    };
    Run { effort, server, folder: target.join("bench") }.report(&mut tell)?;
    if !quick {
        std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/RESULTS.md"), report)?;
    }
    Ok(())
}
