//! Which URL is told what.

use parlance_engine::account::Parameter;
use parlance_engine::account::sub_account::{self, New};
use parlance_engine::callback::{Kind, State};
use parlance_engine::channel::Channel;
use parlance_engine::message::Delivery;
use parlance_engine::person;

use super::{PHONE, Shop, told};
use crate::support::{House, caller, on_both};

on_both! {
    fn a_text_that_comes_in_is_told_to_every_url(house: &House) {
        let shop = Shop::open(house);
        shop.want(shop.agent, Parameter::InboundUrl, "https://a.example/in\nhttps://b.example");
        let text = shop.hears("Bonjour");
        shop.sends(shop.agent, "Bonjour à vous");
        let log = shop.log();
        assert_eq!(
            told(&log),
            [
                (Kind::Inbound, "https://a.example/in", "+33600000001", "Bonjour"),
                (Kind::Inbound, "https://b.example", "+33600000001", "Bonjour"),
            ]
        );
        let first = &log[0];
        assert_eq!((first.our_address.as_str(), first.channel), ("12345", Channel::Sms));
        assert_eq!((first.subject.clone(), first.message), (text.to_string(), text));
        assert_eq!((first.state, first.attempts), (State::Waiting, 0));
    }

    fn a_sender_without_a_number_is_told_as_the_carrier_spells_it(house: &House) {
        let shop = Shop::open(house);
        shop.want(shop.agent, Parameter::InboundUrl, "https://a.example");
        for sender in ["MyBank", "38200"] {
            shop.hears_from(sender, "Your code is 1.");
        }
        let log = shop.log();
        let numbers: Vec<&str> = log.iter().map(|callback| callback.number.as_str()).collect();
        assert_eq!(numbers, ["MyBank", "38200"]);
    }

    fn without_a_url_nothing_is_written_down(house: &House) {
        let shop = Shop::open(house);
        shop.want(shop.agent, Parameter::DeliveryUrl, "https://a.example");
        shop.hears("Bonjour");
        assert_eq!(shop.log(), []);
        shop.want(shop.agent, Parameter::InboundUrl, "https://a.example");
        assert_eq!(shop.log(), [], "what came in before is not told");
    }

    fn what_is_not_said_in_a_line_is_nobody_s_to_hear(house: &House) {
        let shop = Shop::open(house);
        shop.want(shop.agent, Parameter::InboundUrl, "https://a.example");
        let carl = house.customer(&shop.workspace, "carl");
        house.start(carl, "agnes", "2", "About an order").unwrap();
        assert_eq!(shop.log(), []);
    }

    fn what_became_of_a_message_is_told_once_in_each_state(house: &House) {
        let shop = Shop::open(house);
        shop.want(shop.agent, Parameter::DeliveryUrl, "https://a.example");
        let sent = shop.sends(shop.agent, "Votre commande est prête");
        shop.arrived(sent, Delivery::Queued);
        assert_eq!(shop.log(), []);
        shop.arrived(sent, Delivery::Accepted);
        shop.arrived(sent, Delivery::Accepted);
        shop.follow();
        shop.arrived(sent, Delivery::Delivered);
        shop.arrived(sent, Delivery::Delivered);
        let log = shop.log();
        let states: Vec<_> = log.iter().map(|c| (c.delivery, c.number.as_str(), c.text.as_str())).collect();
        assert_eq!(
            states,
            [(Some(Delivery::Accepted), "+33600000001", ""), (Some(Delivery::Delivered), "+33600000001", "")]
        );
        assert_eq!(log[0].subject, sent.to_string());
    }

    fn a_campaign_is_known_by_its_ticket_and_so_is_the_answer_to_it(house: &House) {
        let shop = Shop::open(house);
        shop.want(shop.agent, Parameter::DeliveryUrl, "https://a.example");
        shop.want(shop.agent, Parameter::InboundUrl, "https://a.example");
        let sent = shop.sends(shop.agent, "Soldes !");
        shop.belongs(sent, "sms_5fa275dbf21dc");
        shop.arrived(sent, Delivery::Delivered);
        shop.hears("Merci");
        shop.hears("Beaucoup");
        let log = shop.log();
        let subjects: Vec<_> = log.iter().map(|c| (c.kind, c.subject.as_str())).collect();
        let ticket = "sms_5fa275dbf21dc";
        assert_eq!(subjects, [(Kind::Delivery, ticket), (Kind::Inbound, ticket), (Kind::Inbound, ticket)]);
        assert_eq!(log[0].number, "+33600000009", "where it went");
        shop.sends(shop.agent, "De rien");
        let answer = shop.hears("Au revoir");
        assert_eq!(shop.log()[3].subject, answer.to_string(), "that answers an agent");
    }

    fn an_answer_is_to_what_went_out_and_not_to_what_never_did(house: &House) {
        let shop = Shop::open(house);
        shop.want(shop.agent, Parameter::InboundUrl, "https://a.example");
        for (text, ticket) in [("Soldes !", "sms_5fa275dbf21dc"), ("Encore !", "sms_6fa275dbf21dc")] {
            let sent = shop.sends(shop.agent, text);
            shop.belongs(sent, ticket);
        }
        house.database.execute("UPDATE submission SET state = 'refused' WHERE campaign = 'sms_6fa275dbf21dc'");
        shop.hears("Merci");
        assert_eq!(shop.log()[0].subject, "sms_5fa275dbf21dc");
    }

    fn who_sent_it_says_where_it_is_told(house: &House) {
        let shop = Shop::open(house);
        let new = New {
            email: "zoe@shop.example".into(),
            first_name: "Zoë".into(),
            last_name: String::new(),
            company_name: String::new(),
            password: None,
            parameters: [(Parameter::DeliveryUrl, "https://zoe.example".to_owned())].into(),
        };
        let zoe = house.write(shop.agent, move |cx| sub_account::create(cx, &new)).unwrap().0.person;
        let zoe = house.read(shop.operator(), move |cx| person::get(cx, zoe)).unwrap();
        let zoe = caller(&shop.workspace, &zoe);
        shop.want(shop.agent, Parameter::DeliveryUrl, "https://shop.example");
        shop.want(shop.agent, Parameter::InboundUrl, "https://in.shop.example");
        for who in [shop.agent, zoe] {
            let sent = shop.sends(who, "Bonjour");
            shop.arrived(sent, Delivery::Delivered);
            shop.hears("Bonjour");
        }
        shop.follow();
        shop.want(zoe, Parameter::InboundUrl, "https://in.zoe.example");
        shop.hears("Bonjour");
        let log = shop.log();
        let urls: Vec<&str> = log.iter().map(|c| c.url.as_str()).collect();
        assert_eq!(
            urls,
            [
                "https://shop.example", "https://in.shop.example", "https://zoe.example", "https://in.shop.example",
                "https://in.zoe.example",
            ]
        );
    }

    fn who_wants_to_hear_no_more_is_told_with_their_words(house: &House) {
        let shop = Shop::open(house);
        shop.want(shop.agent, Parameter::OptOutUrl, "https://a.example");
        let sent = shop.sends(shop.agent, "Soldes !");
        shop.belongs(sent, "sms_5fa275dbf21dc");
        let text = shop.hears(" Stop ");
        shop.hears("STOP");
        let log = shop.log();
        assert_eq!(told(&log), [(Kind::OptOut, "https://a.example", PHONE, " Stop ")], "once");
        assert_eq!((log[0].subject.as_str(), log[0].our_address.as_str()), ("sms_5fa275dbf21dc", "12345"));
        assert_eq!(log[0].message, text);
    }
}
