//! Memos: which address is owed an e-mail about what, once, and how it is claimed.

mod credit;
mod text;

use parlance_engine::access::Caller;
use parlance_engine::account::sub_account::{self, New};
use parlance_engine::account::{self, Parameter, Parameters};
use parlance_engine::memo::{self, Due, Memo, Occasion};
use parlance_engine::notice::{self, Timing};
use parlance_engine::{Principal, Result};

use crate::sending::Shop;
use crate::support::House;

const TIMING: Timing =
    Timing { inactive_seconds: 300, digest_seconds: 900, lease_seconds: 30, retry_seconds: 60 };

const ADA: &str = "+33612345678";

fn say(house: &House, who: Caller, parameter: Parameter, value: &str) -> Result<()> {
    let said: Parameters = [(parameter, value.to_owned())].into();
    house.write(who, move |cx| account::set_parameters(cx, &said))
}

fn follow(house: &House, shop: &Shop) {
    while house.write(shop.operator, |cx| notice::follow(cx, &TIMING, 3)).unwrap() {}
}

fn due(house: &House) -> Vec<Due> {
    house.read(Principal::OPERATOR, |cx| memo::due(cx, 1_000)).unwrap()
}

fn claim(house: &House, due: Due) -> Option<Memo> {
    let operator = Principal::Operator(Some(due.workspace));
    house.write(operator, move |cx| memo::claim(cx, &due, &TIMING)).unwrap()
}

/// Sends everything that is due: to whom, and about what.
fn sent(house: &House, shop: &Shop) -> Vec<(String, Occasion)> {
    follow(house, shop);
    let mut sent = Vec::new();
    for due in due(house) {
        let Memo { claim, address, occasion, .. } = claim(house, due).expect("it is nobody else's");
        house.write(Principal::Operator(Some(due.workspace)), move |cx| memo::sent(cx, &claim)).unwrap();
        sent.push((address, occasion));
    }
    sent.sort_by(|one, other| one.0.cmp(&other.0));
    sent
}

fn addresses(sent: &[(String, Occasion)]) -> Vec<&str> {
    sent.iter().map(|(address, _)| address.as_str()).collect()
}

/// An agent with a sub-account.
fn sub(house: &House, shop: &Shop, parameter: Parameter, value: &str) {
    let new = New {
        email: "zoe@shop.example".into(),
        first_name: "Zoë".into(),
        last_name: String::new(),
        company_name: String::new(),
        password: None,
        parameters: [(parameter, value.to_owned())].into(),
    };
    house.write(shop.agent, move |cx| sub_account::create(cx, &new)).unwrap();
}
