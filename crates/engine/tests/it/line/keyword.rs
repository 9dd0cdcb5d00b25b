//! Words by which somebody stops being written to, begins again, or asks who writes.

use parlance_engine::channel::Channel;
use parlance_engine::checkup::Checkup;
use parlance_engine::conversation::Status;
use parlance_engine::conversation::line::Whose;
use parlance_engine::event::Kind as What;
use parlance_engine::message::Delivery;
use parlance_engine::person::HOUSE;
use parlance_engine::{Error, credit, opt_out};

use super::{ADA, BOB, Desk, OTHER_CODE, SHORT_CODE};
use crate::support::{House, on_both};

on_both! {
    fn who_says_stop_in_their_language_is_sent_nothing_more_and_told_so(house: &House) {
        let desk = Desk::set(house);
        let cases = [
            ("+33612345678", "STOP", "shop : vous"), ("+4915112345678", "Abmelden!", "shop: Sie"),
            ("+34612345678", "baja", "shop: no recibira"), ("+393331234567", "Annulla", "shop: non"),
            ("+31612345678", "Stoppen", "shop: u "), ("+351912345678", "sair", "shop: nao"),
            ("+48512345678", "Rezygnuję", "shop: nie"), ("+447400123456", "Unsubscribe", "shop: you"),
        ];
        for (number, word, answer) in cases {
            desk.hear(number, word);
            let said = desk.said(number);
            assert_eq!((said.len(), said[0].as_str()), (2, word));
            assert!(said[1].starts_with(answer), "{}", said[1]);
            let line = desk.page().lines.into_iter().next().unwrap();
            assert_eq!((line.last.author, line.last.delivery), (HOUSE, Some(Delivery::Queued)));
            assert_eq!(line.conversation.status, Status::Open);
            assert!(desk.is_opted_out(number));
            let refused = desk.say(line.conversation.id, "One more thing:");
            assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");
        }
        assert_eq!(desk.count(What::ContactOptedOut), cases.len());
    }

    fn saying_it_again_changes_nothing_and_start_takes_it_back(house: &House) {
        let desk = Desk::set(house);
        desk.hear(ADA, "Stop");
        desk.hear(ADA, "STOP!!!");
        desk.hear(ADA, "Don't stop");
        house.clock.forward(3_600);
        assert_eq!(desk.said(ADA).len(), 4, "the first is answered");
        desk.hear(ADA, "start");
        assert!(!desk.is_opted_out(ADA));
        assert_eq!(desk.said(ADA).len(), 6);
        assert!(desk.say(desk.line_of(ADA), "Welcome back.").is_ok());
        house.clock.forward(3_600);
        desk.hear(ADA, "START");
        assert_eq!(desk.said(ADA).len(), 8, "who has not stopped does not begin");
        assert_eq!(desk.count(What::ContactOptedOut), 1);
        assert!(!desk.is_opted_out(BOB));
    }

    fn what_waits_for_somebody_is_called_off_when_they_stop(house: &House) {
        let desk = Desk::set(house);
        house.database.execute("UPDATE workspace SET billing = 1");
        house.write(desk.operator(), |cx| credit::add(cx, 1_000_000, "")).unwrap();
        for (number, address) in [(ADA, SHORT_CODE), (ADA, OTHER_CODE), (BOB, SHORT_CODE)] {
            desk.hear_by(Channel::Sms, number, address, "Hello?");
        }
        for line in desk.page().lines {
            desk.say(line.conversation.id, "One moment.").unwrap();
        }
        desk.hear(ADA, "STOP");
        let mut said: Vec<_> = desk.messages(Whose::Phone(ADA.into())).messages.into_iter().collect();
        said.retain(|message| message.author != HOUSE);
        let deliveries: Vec<_> = said.into_iter().filter_map(|message| message.delivery).collect();
        assert_eq!(deliveries, [Delivery::OptedOut; 2], "on both lines");
        let waiting = house.database.rows("SELECT to_address FROM submission WHERE due_at IS NOT NULL ORDER BY 1");
        assert_eq!(waiting, [ADA, BOB], "the confirmation, and what is somebody else's");
        let back = house.database.rows("SELECT amount_micro FROM ledger WHERE reason = 'not sent'");
        assert_eq!(back, ["50000", "50000"], "it is paid back");
    }

    fn a_stop_is_confirmed_soon_after_another_answer_but_not_without_end(house: &House) {
        let desk = Desk::set(house);
        for word in ["HELP", "STOP", "START", "STOP", "START", "STOP"] {
            desk.hear(ADA, word);
        }
        assert_eq!(desk.said(ADA).len(), 6 + 4);
        assert!(desk.is_opted_out(ADA));
    }

    fn help_is_answered_but_not_without_end(house: &House) {
        let desk = Desk::set(house);
        for _ in 0..5 {
            desk.hear(ADA, "Aide");
        }
        assert_eq!(desk.said(ADA).len(), 6, "once in a while");
        house.clock.forward(61);
        desk.hear(ADA, "Aide");
        assert_eq!(desk.said(ADA).len(), 8);
        assert!(!desk.is_opted_out(ADA));
    }

    fn where_no_answer_can_be_sent_a_word_is_heeded_all_the_same(house: &House) {
        let desk = Desk::set(house);
        for (number, hindrance) in [(ADA, "UPDATE workspace SET billing = 1"), (BOB, "UPDATE carrier SET removed_at = 1")] {
            house.database.execute(hindrance);
            desk.hear(number, "STOP");
            assert!(desk.is_opted_out(number));
            assert_eq!(desk.said(number), ["STOP"], "{hindrance}");
            desk.hear(number, "START");
            assert!(desk.say(desk.line_of(number), "Hello?").is_err(), "{hindrance}");
            assert_eq!(desk.said(number), ["STOP", "START"]);
        }
        assert_eq!(desk.count(What::MessagePosted), 4, "what was not said is not told");
        assert_eq!(house.database.rows("SELECT message FROM submission"), [""; 0]);
        assert_eq!(Checkup::open(&house.database.address).unwrap().discrepancies(), Ok(vec![]));
    }

    fn an_opt_out_is_the_workspace_s_own(house: &House) {
        let (ours, theirs) = (Desk::named(house, "ours"), Desk::named(house, "theirs"));
        ours.hear(ADA, "STOP");
        theirs.hear(ADA, "Hello?");
        assert!(ours.is_opted_out(ADA) && !theirs.is_opted_out(ADA));
        assert!(theirs.say(theirs.line_of(ADA), "Good day.").is_ok());
    }
}

impl Desk<'_> {
    fn is_opted_out(&self, number: &str) -> bool {
        let number = number.to_owned();
        self.house.read(self.agent, move |cx| opt_out::has(cx, &number)).expect("an agent may ask")
    }
}
