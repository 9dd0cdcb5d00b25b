//! The command `parlance`: the real program, on both databases, alone and beside a running server.

mod backup;
mod carriers;
mod credit;
mod doctor;
mod failing;
mod import;
mod json;
mod moving;
mod people;
mod reindex;
mod secret;
mod serving;
mod site;
mod socket;
mod workspaces;
