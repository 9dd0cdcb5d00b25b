//! What a campaign becomes: messages in the lines of its recipients.

use parlance_engine::access::Caller;
use parlance_engine::account::sub_account::{self, New};
use parlance_engine::account::{self, Parameter, Parameters};
use parlance_engine::campaign::{self, Send, State};
use parlance_engine::carrier::{self, Kind};
use parlance_engine::channel::Channel;
use parlance_engine::contact::list;
use parlance_engine::{Error, Principal, contact, conversation, person};

use super::{ADA, BEN, CREDIT_MICRO, Shop, TEXT_MICRO, conversation_of, recipient, to, to_many};
use crate::support::{House, caller, on_both};

on_both! {
    fn everybody_gets_their_own_text_in_their_own_line(house: &House) {
        let shop = Shop::open(house);
        let ada = contact::New { first_name: "Ada".into(), params: ["7".into(), String::new(), String::new(), String::new(), String::new()], ..recipient(ADA) };
        let text = "Hello {first_name}, {param1} left.".to_owned();
        let ticket = shop.send(house, Send { text, recipients: vec![ada, recipient(BEN)], ..to(&[]) }).unwrap().ticket;
        assert_eq!(shop.expand_all(house, 10), 1);
        let due = shop.due(house);
        let told: Vec<_> = due.iter().map(|due| (due.to.as_str(), due.from.as_str(), due.text.as_str())).collect();
        assert_eq!(told, [(ADA, "12345", "Hello Ada, 7 left."), (BEN, "12345", "Hello ,  left.")]);
        assert_ne!(conversation_of(house, due[0].message), conversation_of(house, due[1].message));
        let of = house.database.rows("SELECT campaign, cost_micro, parts FROM submission");
        assert_eq!(of, [format!("{ticket} | {TEXT_MICRO} | 1"), format!("{ticket} | {TEXT_MICRO} | 1")]);
        assert_eq!(shop.hear(house, ADA, "Thanks"), conversation_of(house, due[0].message), "the answer comes there");
        assert_eq!(house.database.rows("SELECT first_name FROM contact ORDER BY first_name"), ["", "Ada"]);
    }

    fn who_wants_to_hear_no_more_is_left_out_told_and_not_paid_for(house: &House) {
        let shop = Shop::open(house);
        want_reports(house, &shop);
        shop.hear(house, ADA, "STOP");
        let replies = shop.due(house).len();
        let before = shop.balance(house);
        let ticket = shop.send(house, to(&[ADA, BEN])).unwrap();
        assert_eq!((ticket.number_of_contacts, ticket.cost_micro), (1, TEXT_MICRO));
        assert_eq!(ticket.left_out, [ADA]);
        shop.expand_all(house, 10);
        assert_eq!(shop.due(house).len() - replies, 1);
        assert_eq!(house.database.rows("SELECT to_address FROM submission WHERE campaign IS NOT NULL"), [BEN]);
        assert_eq!(house.database.rows(TOLD), [format!("{ADA} | {} | opted_out", ticket.ticket)]);
        assert_eq!(shop.balance(house), before - TEXT_MICRO);
    }

    fn what_never_went_out_leaves_the_conversation_as_it_is(house: &House) {
        let shop = Shop::open(house);
        shop.hear(house, ADA, "Hello?");
        shop.opt_out(house, ADA);
        let conversation = || house.database.rows("SELECT * FROM conversation");
        let before = conversation();
        shop.send(house, to(&[ADA])).unwrap();
        shop.send(house, to(&[BEN])).unwrap();
        shop.opt_out(house, BEN);
        shop.expand_all(house, 10);
        assert_eq!(conversation(), before, "nothing is answered, and nothing begins");
    }

    fn who_opts_out_before_their_turn_is_left_out_and_paid_back(house: &House) {
        let shop = Shop::open(house);
        want_reports(house, &shop);
        let ticket = shop.send(house, to(&[ADA, BEN])).unwrap();
        shop.opt_out(house, ADA);
        shop.expand_all(house, 10);
        assert_eq!(house.database.rows(TOLD), [format!("{ADA} | {} | opted_out", ticket.ticket)]);
        let of = ticket.ticket.clone();
        assert_eq!(house.read(shop.agent, move |cx| campaign::status(cx, &of)).map(|of| of.cost_micro), Ok(TEXT_MICRO));
        assert_eq!(shop.due(house).into_iter().map(|due| due.to).collect::<Vec<_>>(), [BEN]);
        assert_eq!((ticket.left_out.len(), shop.balance(house)), (0, CREDIT_MICRO - TEXT_MICRO));
    }

    fn campaigns_take_turns(house: &House) {
        let shop = Shop::open(house);
        let long = shop.send(house, to_many(40)).unwrap().ticket;
        let short = shop.send(house, to(&[ADA])).unwrap().ticket;
        let first = |house: &House| house.read(Principal::OPERATOR, |cx| campaign::due(cx, 1)).unwrap().remove(0).ticket;
        assert_eq!(first(house), long);
        let ticket = long.clone();
        house.write(shop.operator, move |cx| campaign::expand(cx, &ticket, 10)).unwrap();
        assert_eq!(first(house), short, "it does not wait for the other 30");
    }

    fn a_step_that_is_repeated_after_a_crash_doubles_nobody(house: &House) {
        let shop = Shop::open(house);
        let ticket = shop.send(house, to_many(7)).unwrap().ticket;
        let expand = |fails: bool| {
            let ticket = ticket.clone();
            house.write(shop.operator, move |cx| {
                let more = campaign::expand(cx, &ticket, 3)?;
                if fails { Err(Error::Locked) } else { Ok(more) }
            })
        };
        for _ in 0..3 {
            assert_eq!(expand(true), Err(Error::Locked));
            expand(false).unwrap();
        }
        let mut numbers: Vec<String> = shop.due(house).into_iter().map(|due| due.to).collect();
        numbers.dedup();
        assert_eq!((numbers.len(), expand(false)), (7, Ok(false)));
    }

    fn the_sender_chooses_the_carrier_or_the_line_does_or_the_oldest(house: &House) {
        let shop = Shop::open(house);
        let second = crate::carrier::add(house, shop.operator, Kind::Handset, "+33600000000", None).unwrap();
        let over_second = Shop { carrier: second.clone(), ..shop };
        let shop = Shop { carrier: house.read(over_second.operator, carrier::list).unwrap().remove(0), ..over_second };
        let mut text = shop.inbound(ADA, "Hello?");
        text.carrier = second.id;
        shop.receive(house, text);
        for sender in ["33600000000", "Shop", "12345"] {
            shop.send(house, Send { sender: Some(sender.into()), ..to(&[ADA, BEN]) }).unwrap();
            shop.expand_all(house, 10);
        }
        let from = house.database.rows("SELECT s.to_address, s.from_address FROM submission s ORDER BY s.changed_at, s.to_address");
        let pair = |to: &str, from: &str| format!("{to} | {from}");
        let (short, long) = ("12345", "+33600000000");
        let chosen = [pair(ADA, long), pair(BEN, long), pair(ADA, long), pair(BEN, long), pair(ADA, short), pair(BEN, short)];
        assert_eq!(from, chosen, "an own address; the line there is; the other own address");
    }

    fn a_sender_is_our_number_however_it_is_spelled(house: &House) {
        let shop = Shop::open(house);
        crate::carrier::add(house, shop.operator, Kind::Handset, "+33700000067", None).unwrap();
        for sender in ["07 00 00 00 67", "0700000067", "0033700000067", "33700000067", " +33 7 00 00 00 67 "] {
            shop.send(house, Send { sender: Some(sender.into()), ..to(&[ADA]) }).unwrap();
        }
        shop.expand_all(house, 10);
        let from = house.database.rows("SELECT from_address FROM submission");
        assert_eq!(from, ["+33700000067"; 5]);
    }

    fn where_a_send_names_no_sender_the_account_does(house: &House) {
        let shop = Shop::open(house);
        crate::carrier::add(house, shop.operator, Kind::Handset, "+33600000000", None).unwrap();
        crate::carrier::add(house, shop.operator, Kind::Handset, "+33600000001", None).unwrap();
        let new = New {
            email: "zoe@shop.example".into(), first_name: "Zoe".into(), last_name: String::new(), company_name: String::new(),
            password: None, parameters: [(Parameter::SmsSender, "+33600000001".to_owned())].into(),
        };
        let zoe = house.write(shop.agent, move |cx| sub_account::create(cx, &new)).unwrap().0.person;
        let zoe = house.read(shop.operator, move |cx| person::get(cx, zoe)).unwrap();
        let zoe = caller(&shop.workspace, &zoe);
        let said: Parameters = [(Parameter::SmsSender, "33600000000".to_owned()), (Parameter::VoiceSender, "+33600000001".to_owned())].into();
        house.write(shop.agent, move |cx| account::set_parameters(cx, &said)).unwrap();
        let send = |who: Caller, channel, sender: Option<&str>| {
            let new = Send { channel, sender: sender.map(str::to_owned), ..to(&[ADA]) };
            house.write(who, move |cx| campaign::send(cx, &new)).unwrap();
            shop.expand_all(house, 10);
            let sql = "SELECT from_address FROM submission ORDER BY changed_at DESC LIMIT 1";
            house.database.rows(sql).remove(0)
        };
        assert_eq!(send(shop.agent, Channel::Sms, None), "+33600000000");
        assert_eq!(send(shop.agent, Channel::Voice, None), "+33600000001");
        assert_eq!(send(shop.agent, Channel::Sms, Some("12345")), "12345", "what the send says counts before it");
        assert_eq!(send(zoe, Channel::Sms, None), "+33600000001", "a sub-account has its own");
    }

    fn a_recipient_whose_line_is_locked_is_passed_over_and_paid_back(house: &House) {
        let shop = Shop::open(house);
        let line = shop.hear(house, ADA, "Hello?");
        house.post(shop.agent, line, "Hello.").unwrap();
        house.write(shop.agent, move |cx| conversation::lock(cx, line)).unwrap();
        let before = shop.balance(house);
        let ticket = shop.send(house, to(&[ADA, BEN])).unwrap().ticket;
        let expand = |limit| {
            let ticket = ticket.clone();
            house.write(shop.operator, move |cx| campaign::expand(cx, &ticket, limit))
        };
        assert_eq!(expand(10), Err(Error::Locked));
        let skipped = ticket.clone();
        house.write(shop.operator, move |cx| campaign::skip(cx, &skipped)).unwrap();
        assert_eq!(expand(10), Ok(false));
        assert_eq!(shop.balance(house), before - TEXT_MICRO);
    }

    fn without_a_carrier_a_campaign_ends_and_is_paid_back(house: &House) {
        let shop = Shop::open(house);
        let ticket = shop.send(house, to_many(5)).unwrap().ticket;
        house.write(shop.operator, |cx| carrier::remove(cx, "12345")).unwrap();
        shop.expand_all(house, 3);
        let status = house.read(shop.agent, move |cx| campaign::status(cx, &ticket)).unwrap();
        assert_eq!((status.state, status.residual_micro, status.cost_micro), (State::Failed, CREDIT_MICRO, 0));
    }

    fn a_campaign_whose_recipients_stand_in_its_own_row_is_sent_after_all(house: &House) {
        let shop = Shop::open(house);
        let ticket = shop.send(house, to_many(30)).unwrap().ticket;
        let expanding = ticket.clone();
        assert_eq!(house.write(shop.operator, move |cx| campaign::expand(cx, &expanding, 10)), Ok(true));
        house.database.execute(BEFORE);
        let engine = house.open_again().expect("the step is applied again");
        let left = engine.read_blocking(shop.agent.into(), move |cx| campaign::status(cx, &ticket)).unwrap();
        assert_eq!((left.state, left.number_of_contacts, left.cost_micro), (State::Sending, 30, 30 * TEXT_MICRO));
        drop(engine);
        assert_eq!((shop.expand_all(house, 10), shop.due(house).len()), (2, 30));
    }

    fn recipients_are_put_on_the_list_that_is_named(house: &House) {
        let shop = Shop::open(house);
        shop.send(house, Send { list_name: Some("friends".into()), ..to(&[ADA, BEN]) }).unwrap();
        shop.expand_all(house, 10);
        let members = house.read(shop.agent, |cx| list::members(cx, list::Kind::List, "friends", None, 10)).unwrap();
        assert_eq!(members.len(), 2);
    }

    fn sending_is_the_operators(house: &House) {
        let shop = Shop::open(house);
        let ticket = shop.send(house, to(&[ADA])).unwrap().ticket;
        for who in [Principal::from(shop.agent), Principal::Nobody] {
            let (expanded, skipped, called_off) = (ticket.clone(), ticket.clone(), ticket.clone());
            let outcomes = [
                house.read(who, |cx| campaign::due(cx, 1).map(drop)),
                house.write(who, move |cx| campaign::expand(cx, &expanded, 1).map(drop)),
                house.write(who, move |cx| campaign::skip(cx, &skipped)),
                house.write(who, move |cx| campaign::call_off(cx, &called_off)),
                house.write(who, |cx| campaign::sweep(cx, 1).map(drop)),
            ];
            for outcome in outcomes {
                assert!(matches!(outcome, Err(Error::Forbidden(_))), "{outcome:?}");
            }
        }
        assert!(shop.due(house).is_empty() && delivery_count(house) == 0);
    }
}

/// What the agent's own server is told.
const TOLD: &str = "SELECT number, subject, delivery FROM callback";

fn want_reports(house: &House, shop: &Shop) {
    let said: Parameters = [(Parameter::DeliveryUrl, "https://shop.example".to_owned())].into();
    house.write(shop.agent, move |cx| account::set_parameters(cx, &said)).unwrap();
}

fn delivery_count(house: &House) -> usize {
    house.database.rows("SELECT id FROM message WHERE delivery IS NOT NULL").len()
}

/// Takes a database with one campaign back to where all its recipients stood in its own row, before step 4.
const BEFORE: &str = "DROP INDEX submission_by_campaign;
     DROP INDEX submission_by_address;
     DROP INDEX account_parameter_by_name;
     DROP TABLE memo;
     ALTER TABLE campaign ADD COLUMN recipients TEXT NOT NULL DEFAULT '';
     UPDATE campaign SET recipients = (SELECT r.recipients FROM campaign_recipients r WHERE r.ticket = campaign.ticket);
     DROP TABLE campaign_recipients;
     ALTER TABLE campaign DROP COLUMN left_out_count;
     ALTER TABLE campaign DROP COLUMN source_kind;
     ALTER TABLE campaign DROP COLUMN source_name;
     ALTER TABLE campaign DROP COLUMN source_after;
     ALTER TABLE campaign DROP COLUMN problem;
     ALTER TABLE workspace DROP COLUMN stop_mention;
     DELETE FROM migration WHERE number >= 4";
