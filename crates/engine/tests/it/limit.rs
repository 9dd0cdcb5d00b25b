//! Limits that hold whoever asks: a page is never larger than the engine allows.

use parlance_engine::conversation::{self, Listing, Order};
use parlance_engine::message;

use crate::support::{House, on_both};

on_both! {
    fn a_page_of_any_size_and_place_is_a_page(house: &House) {
        let shop = house.workspace("shop");
        let (ada, _bob) = (house.customer(&shop, "ada"), house.customer(&shop, "bob"));
        let id = house.start(ada, "bob", "o-1", "one").unwrap();
        for (skip, limit, shown) in [(0, i64::MAX, 1), (0, -1, 0), (0, i64::MIN, 0), (-1, 1, 1), (i64::MAX, i64::MAX, 0)] {
            let listing = Listing { skip, limit, order: Order::Updated, descending: true };
            let page = house.read(ada, move |cx| conversation::page(cx, listing)).unwrap();
            assert_eq!(page.items.len(), shown, "conversations {skip} {limit}");
            let page = house.read(ada, move |cx| message::page(cx, id, skip, limit)).unwrap();
            assert_eq!(page.messages.len(), shown, "messages {skip} {limit}");
        }
    }
}
