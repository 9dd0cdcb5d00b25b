//! What fails underneath: no message is lost, none is doubled, and a caller hears `Ok` exactly when it is stored.

mod disk;
mod network;
