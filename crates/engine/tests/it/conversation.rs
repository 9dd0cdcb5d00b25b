use parlance_engine::conversation::{self, Listing, Order};
use parlance_engine::{Error, message, participant};

use crate::support::{House, on_both};

const NEWEST: Listing = Listing { skip: 0, limit: 20, order: Order::Updated, descending: true };

on_both! {
    fn a_conversation_begins_with_its_first_message_and_both_see_it(house: &House) {
        let shop = house.workspace("shop");
        let (ada, bob) = (house.customer(&shop, "ada"), house.customer(&shop, "bob"));
        let id = house.start(ada, "bob", "o-1", "Is it still there?").unwrap();

        for who in [ada, bob] {
            let page = house.read(who, |cx| conversation::page(cx, NEWEST)).unwrap();
            let [item] = &page.items[..] else { panic!("one conversation, not {}", page.items.len()) };
            assert_eq!((item.conversation.id, item.conversation.created_by), (id, ada.person));
            assert_eq!(item.conversation.recipient, Some(bob.person));
            assert_eq!(item.last.as_ref().unwrap().body, "Is it still there?");
            assert!(page.person(ada.person).is_some() && page.person(bob.person).is_some());
        }
        assert_eq!(house.read(ada, participant::unread), Ok(0));
        assert_eq!(house.read(bob, participant::unread), Ok(1));
    }

    fn the_same_pair_about_the_same_order_talks_in_one_conversation(house: &House) {
        let shop = house.workspace("shop");
        let (ada, bob) = (house.customer(&shop, "ada"), house.customer(&shop, "bob"));
        let first = house.start(ada, "bob", "o-1", "one").unwrap();
        assert_eq!(house.start(bob, "ada", "o-1", "two"), Ok(first));
        assert_ne!(house.start(bob, "ada", "o-2", "another order"), Ok(first));
        let page = house.read(ada, move |cx| message::page(cx, first, 0, 20)).unwrap();
        assert_eq!(page.messages.iter().map(|m| m.body.as_str()).collect::<Vec<_>>(), ["two", "one"]);
    }

    fn a_locked_conversation_takes_no_message(house: &House) {
        let shop = house.workspace("shop");
        let (ada, bob) = (house.customer(&shop, "ada"), house.customer(&shop, "bob"));
        let id = house.start(ada, "bob", "o-1", "one").unwrap();
        house.write(bob, move |cx| conversation::lock(cx, id)).unwrap();
        house.write(bob, move |cx| conversation::lock(cx, id)).expect("locking again is no error");
        assert_eq!(house.post(ada, id, "two"), Err(Error::Locked));
        assert_eq!(house.start(bob, "ada", "o-1", "three"), Err(Error::Locked));
    }

    fn reading_moves_the_read_index_and_tells_the_author(house: &House) {
        let shop = house.workspace("shop");
        let (ada, bob) = (house.customer(&shop, "ada"), house.customer(&shop, "bob"));
        let id = house.start(ada, "bob", "o-1", "one").unwrap();
        house.post(ada, id, "two").unwrap();
        assert_eq!(house.read(bob, participant::unread), Ok(2));
        let page = house.read(bob, move |cx| message::page(cx, id, 0, 20)).unwrap();
        assert_eq!(page.newly_read, Some(2));
        house.write(bob, move |cx| participant::mark_read(cx, id, 2)).unwrap();
        assert_eq!(house.read(bob, participant::unread), Ok(0));
        let page = house.read(ada, move |cx| message::page(cx, id, 0, 20)).unwrap();
        assert!(page.messages.iter().all(|m| m.viewed_at.is_some()));
        assert_eq!(page.newly_read, None);
    }
}
