//! Several nodes on one database speak with each carrier once.

use serde_json::json;

use super::shop::{PHONE, Shop};
use crate::support::process::Installation;
use crate::support::{Database, Smsc, until};

#[test]
fn of_two_nodes_one_is_bound_to_a_carrier_and_the_other_takes_over_when_it_dies() {
    let (Some(database), Some(smsc)) = (Database::postgres(), Smsc::start()) else { return };
    let shop = Shop::open(database, smsc);
    let elsewhere = Installation::new(shop.installation.database.beside());
    let _other = elsewhere.start();
    shop.hear("Hello?");
    let texts: Vec<String> = (0..20).map(|number| format!("number {number}")).collect();
    texts.iter().for_each(|text| shop.answer(text));
    texts.iter().for_each(|text| shop.until_delivery(text, "accepted"));
    assert_eq!(shop.smsc.told_of("submitted").len(), 20, "each once");
    assert_eq!(shop.smsc.told_of("bound").len(), 1);
    let Shop { smsc, server, .. } = shop;
    server.kill();
    until("the other node's bind", || smsc.told_of("bound").len() == 2);
    assert_eq!(smsc.deliver("after", &json!({"from": PHONE, "to": "12345", "text": "Still there?"})), 0);
}
