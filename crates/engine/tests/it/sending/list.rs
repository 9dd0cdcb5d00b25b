//! Campaigns to lists that are longer than what one transaction looks at.

use parlance_engine::campaign::{self, PAGE_MAX, Send, State, Ticket};
use parlance_engine::contact::list::{self, Kind};
use parlance_engine::contact::{self, Saving};
use parlance_engine::{Error, Result, carrier, credit};

use super::ledger::check;
use super::{ADA, CREDIT_MICRO, Shop, TEXT_MICRO, phones, recipient, to};
use crate::support::{House, on_both};

const FRIENDS: &str = "friends";

/// As many as are looked at at once.
const PAGE: usize = PAGE_MAX as usize;

impl Shop {
    /// Puts these on the list of friends, behind whoever is on it.
    pub fn befriend(&self, house: &House, contacts: &[contact::New]) {
        for some in contacts.chunks(1_000) {
            let lists = vec![(Kind::List, FRIENDS.to_owned())];
            let saving = Saving { contacts: some.to_vec(), lists, ..Saving::default() };
            house.clock.forward(1);
            house.write(self.agent, move |cx| contact::save(cx, &saving)).unwrap();
        }
    }

    pub fn to_friends(&self, house: &House, new: Send) -> Result<Ticket> {
        house.write(self.agent, move |cx| campaign::on_list(cx, &new, Kind::List, FRIENDS))
    }

    pub fn compute(&self, house: &House, ticket: &str) -> Ticket {
        let ticket = ticket.to_owned();
        let computed = ticket.clone();
        house.write(self.operator, move |cx| campaign::compute(cx, &computed)).unwrap();
        house.read(self.agent, move |cx| campaign::status(cx, &ticket)).unwrap()
    }

    fn confirm(&self, house: &House, ticket: &str) -> Result<Ticket> {
        let ticket = ticket.to_owned();
        house.write(self.agent, move |cx| campaign::confirm(cx, &ticket))
    }

    fn cancel(&self, house: &House, ticket: &str) -> Result<Ticket> {
        let ticket = ticket.to_owned();
        house.write(self.agent, move |cx| campaign::cancel(cx, &ticket))
    }

    fn expand(&self, house: &House, ticket: &str, limit: usize) -> Result<bool> {
        let ticket = ticket.to_owned();
        house.write(self.operator, move |cx| campaign::expand(cx, &ticket, limit))
    }

    pub fn opt_out(&self, house: &House, phone: &str) {
        house
            .database
            .execute(&format!("INSERT INTO opt_out VALUES ({}, '{phone}', 'STOP', 0)", self.workspace.id));
    }
}

fn with_phones(count: usize) -> Vec<contact::New> {
    phones(count).iter().map(|phone| recipient(phone)).collect()
}

fn by_mail(count: usize) -> Vec<contact::New> {
    let new = |n| contact::New { email: Some(format!("{n}@shop.example")), ..contact::New::default() };
    (0..count).map(new).collect()
}

on_both! {
    fn a_list_of_any_size_is_computed_paid_as_a_whole_and_paid_back_as_far_as_it_was_not_sent(house: &House) {
        let shop = Shop::open(house);
        shop.befriend(house, &with_phones(2_500));
        [7, 1_400, 2_499].into_iter().for_each(|number| shop.opt_out(house, &phones(2_500)[number]));
        let made = shop.to_friends(house, to(&[])).unwrap();
        assert_eq!(made.state, State::Computing);
        assert_eq!(made.number_of_contacts + made.left_out.len() as i64, PAGE_MAX, "the first page is counted at once");
        let early = shop.confirm(house, &made.ticket);
        assert!(matches!(&early, Err(Error::Conflict(problem)) if problem.contains("still being computed")), "{early:?}");
        assert_eq!(shop.expand_all(house, 10), 4, "a step for each page more");
        let ready = shop.compute(house, &made.ticket);
        assert_eq!((ready.state, ready.number_of_contacts, ready.parts), (State::Ready, 2_497, 1));
        assert_eq!((ready.cost_micro, ready.residual_micro), (2_497 * TEXT_MICRO, CREDIT_MICRO));

        assert_eq!(shop.confirm(house, &made.ticket), Err(Error::OutOfCredit), "there is credit for 2,000");
        house.write(shop.operator, |cx| credit::add(cx, CREDIT_MICRO, "more")).unwrap();
        let paid = shop.confirm(house, &made.ticket).unwrap();
        assert_eq!((paid.state, paid.residual_micro), (State::Sending, 2 * CREDIT_MICRO - 2_497 * TEXT_MICRO));
        for _ in 0..70 {
            assert_eq!(shop.expand(house, &made.ticket, 7), Ok(true));
        }
        let mut numbers: Vec<String> = shop.due(house).into_iter().map(|due| due.to).collect();
        let waiting = numbers.len();
        assert!((400..=490).contains(&waiting), "a step ends where a page does: {waiting}");
        numbers.sort();
        numbers.dedup();
        assert_eq!(numbers.len(), waiting, "nobody was written to twice");
        for id in shop.due_ids(house).into_iter().take(3) {
            shop.accept(house, id, &[&id.to_string()]);
        }
        assert_eq!(shop.cancel(house, &made.ticket).unwrap().state, State::Cancelled);
        assert_eq!(shop.expand_all(house, 10), (waiting - 3) / 50, "what waits is called off in steps");
        let over = shop.compute(house, &made.ticket);
        assert_eq!((over.cost_micro, over.residual_micro), (3 * TEXT_MICRO, 2 * CREDIT_MICRO - 3 * TEXT_MICRO));
        assert_eq!(check(house, &shop), over.residual_micro);
    }

    fn everybody_on_a_long_list_is_written_to_once(house: &House) {
        let shop = Shop::open(house);
        shop.befriend(house, &with_phones(PAGE + 110));
        let ticket = shop.to_friends(house, to(&[])).unwrap().ticket;
        assert_eq!(shop.expand_all(house, 50), 1);
        shop.confirm(house, &ticket).unwrap();
        assert_eq!(shop.expand_all(house, 50), 13, "its rows are full but for the last of each page");
        let mut numbers: Vec<String> = shop.due(house).into_iter().map(|due| due.to).collect();
        numbers.sort();
        assert_eq!(numbers, phones(PAGE + 110));
        assert_eq!(shop.balance(house), CREDIT_MICRO - (PAGE as i64 + 110) * TEXT_MICRO);
    }

    fn a_list_of_one_page_is_ready_at_once(house: &House) {
        let shop = Shop::open(house);
        shop.befriend(house, &with_phones(PAGE));
        let ready = shop.to_friends(house, to(&[])).unwrap();
        assert_eq!((ready.state, ready.number_of_contacts), (State::Ready, PAGE_MAX));
        shop.befriend(house, &[recipient(ADA)]);
        let computing = shop.to_friends(house, to(&[])).unwrap();
        assert_eq!(computing.state, State::Computing);
        assert_eq!(shop.compute(house, &computing.ticket).number_of_contacts, PAGE_MAX + 1);
        let for_show = shop.to_friends(house, Send { simulated: true, ..to(&[]) }).unwrap();
        assert_eq!(shop.compute(house, &for_show.ticket).state, State::Done, "nothing of it is sent or paid");
        assert_eq!((shop.expand_all(house, 10), shop.balance(house)), (0, CREDIT_MICRO));
    }

    fn a_page_that_is_computed_again_after_a_crash_counts_nobody_twice(house: &House) {
        let shop = Shop::open(house);
        shop.befriend(house, &with_phones(2 * PAGE + 1));
        let ticket = shop.to_friends(house, to(&[])).unwrap().ticket;
        for _ in 0..2 {
            let crashing = ticket.clone();
            let crash = house.write(shop.operator, move |cx| campaign::compute(cx, &crashing).and(Err::<(), _>(Error::Locked)));
            assert_eq!(crash, Err(Error::Locked));
            shop.compute(house, &ticket);
        }
        let ready = shop.compute(house, &ticket);
        assert_eq!((ready.state, ready.number_of_contacts), (State::Ready, 2 * PAGE_MAX + 1), "and no more is done");
        assert_eq!(house.database.rows("SELECT CAST(SUM(cost_micro) AS BIGINT) FROM campaign_recipients"), [ready.cost_micro.to_string()]);
    }

    fn a_campaign_that_is_computed_is_called_off_for_nothing(house: &House) {
        let shop = Shop::open(house);
        shop.befriend(house, &with_phones(PAGE + 1));
        let ticket = shop.to_friends(house, to(&[])).unwrap().ticket;
        let off = shop.cancel(house, &ticket).unwrap();
        assert_eq!((off.state, off.residual_micro), (State::Cancelled, CREDIT_MICRO));
        assert_eq!(shop.expand_all(house, 10), 0);
        assert_eq!(shop.compute(house, &ticket).state, State::Cancelled);
    }

    fn a_list_that_changes_while_it_is_computed_goes_to_whoever_is_on_it_then(house: &House) {
        let shop = Shop::open(house);
        shop.befriend(house, &with_phones(PAGE + 2));
        let ticket = shop.to_friends(house, to(&[])).unwrap().ticket;
        let emptied = ticket.clone();
        house.write(shop.agent, |cx| list::empty(cx, FRIENDS, true)).unwrap();
        shop.befriend(house, &[recipient(ADA)]);
        assert_eq!(shop.compute(house, &emptied).number_of_contacts, PAGE_MAX + 1);
        house.write(shop.agent, |cx| list::delete(cx, FRIENDS)).unwrap();
        shop.confirm(house, &ticket).unwrap();
        shop.expand_all(house, 50);
        assert_eq!(shop.due(house).len(), PAGE + 1, "once it is ready the list is not asked again");
        assert_eq!(house.database.rows("SELECT name FROM contact_list"), [""; 0], "nor made again");
    }

    fn a_list_that_is_deleted_while_it_is_computed_fails(house: &House) {
        let shop = Shop::open(house);
        shop.befriend(house, &with_phones(PAGE + 1));
        let ticket = shop.to_friends(house, to(&[])).unwrap().ticket;
        house.write(shop.agent, |cx| list::delete(cx, FRIENDS)).unwrap();
        let failed = shop.compute(house, &ticket);
        assert_eq!((failed.state, failed.residual_micro), (State::Failed, CREDIT_MICRO));
        assert!(failed.problem.contains("deleted"), "{}", failed.problem);
        for outcome in [shop.confirm(house, &ticket), shop.cancel(house, &ticket)] {
            assert!(matches!(outcome, Err(Error::Conflict(_))), "{outcome:?}");
        }
        assert_eq!(shop.expand_all(house, 10), 0);
    }

    fn what_cannot_be_sent_to_the_rest_of_a_list_fails_and_says_why(house: &House) {
        let shop = Shop::open(house);
        shop.befriend(house, &with_phones(PAGE));
        let params = ["x".repeat(200), String::new(), String::new(), String::new(), String::new()];
        shop.befriend(house, &[contact::New { params, ..recipient(ADA) }]);
        let long = shop.to_friends(house, Send { text: format!("Hi{}", "{param1}".repeat(150)), ..to(&[]) }).unwrap();
        let failed = shop.compute(house, &long.ticket);
        assert!(failed.state == State::Failed && failed.problem.contains(ADA), "{failed:?}");
        let blank = shop.to_friends(house, Send { text: "{param2}".into(), ..to(&[]) });
        assert!(matches!(&blank, Err(Error::Invalid { field: "text", .. })), "{blank:?}");
        let gone = shop.to_friends(house, to(&[])).unwrap();
        house.write(shop.operator, |cx| carrier::remove(cx, "12345")).unwrap();
        let failed = shop.compute(house, &gone.ticket);
        assert!(failed.state == State::Failed && failed.problem.contains("carrier"), "{failed:?}");
    }

    fn a_long_list_of_nobody_with_a_phone_fails(house: &House) {
        let shop = Shop::open(house);
        shop.befriend(house, &by_mail(PAGE + 1));
        let made = shop.to_friends(house, to(&[])).unwrap();
        assert_eq!((made.state, made.number_of_contacts), (State::Computing, 0), "there may be somebody behind them");
        let failed = shop.compute(house, &made.ticket);
        assert!(failed.state == State::Failed && failed.problem.contains("phone"), "{failed:?}");
        shop.befriend(house, &[recipient(ADA)]);
        let again = shop.to_friends(house, to(&[])).unwrap().ticket;
        assert_eq!(shop.compute(house, &again).number_of_contacts, 1);
        shop.confirm(house, &again).unwrap();
        assert_eq!((shop.expand_all(house, 10), shop.due(house).len()), (1, 1));
    }
}
