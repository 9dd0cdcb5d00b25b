//! Words by which somebody stops being written to, begins again, or asks who writes.

use parlance_engine::checkup::Checkup;
use parlance_engine::conversation::Status;
use parlance_engine::event::Kind as What;
use parlance_engine::message::Delivery;
use parlance_engine::person::HOUSE;
use parlance_engine::{Error, opt_out};

use super::{ADA, BOB, Desk};
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
