//! Carriers from outside: the real program, a real service centre, and people on both ends.

mod crash;
mod handset;
mod hostile;
mod node;
mod receive;
mod send;
mod shop;
mod tls;

/// Names tests with a service centre, and runs each on both databases.
macro_rules! with_smsc {
    ($($(#[$meta:meta])* fn $name:ident($shop:ident: Shop) $body:block)*) => {$(
        mod $name {
            use super::*;
            fn body($shop: Shop) $body

            $(#[$meta])*
            #[test]
            fn sqlite() {
                if let Some(smsc) = Smsc::start() {
                    body(Shop::open(Database::sqlite(), smsc));
                }
            }

            $(#[$meta])*
            #[test]
            fn postgres() {
                if let (Some(database), Some(smsc)) = (Database::postgres(), Smsc::start()) {
                    body(Shop::open(database, smsc));
                }
            }
        }
    )*};
}
use with_smsc;
