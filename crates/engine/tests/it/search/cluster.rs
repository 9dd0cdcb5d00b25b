//! Several nodes on one PostgreSQL, all of which index.

use std::sync::atomic::{AtomicBool, Ordering};

use super::{catch_up, found, open};
use crate::support::House;

#[test]
fn nodes_that_index_at_the_same_time_lose_and_double_nothing() {
    let Some(house) = House::on_postgres() else { return };
    let shop = house.workspace("shop");
    let ada = house.agent(&shop, "ada");
    let other = house.another_node();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for engine in [&house.engine, &other] {
            let done = &done;
            scope.spawn(move || {
                while !done.load(Ordering::Relaxed) {
                    engine.index().expect("the index goes on");
                }
            });
        }
        let first = open(&house, ada, "begun");
        for n in 0..60 {
            house.post(ada, first, &format!("word{n}")).unwrap();
            open(&house, ada, &format!("dispute about{n}"));
        }
        done.store(true, Ordering::Relaxed);
    });
    for engine in [&house.engine, &other] {
        catch_up(engine);
        assert_eq!(found(engine, ada, "dispute about59"), Ok(vec![61]));
        assert_eq!(found(engine, ada, "dispute").unwrap().len(), 60);
        for n in 0..60 {
            assert_eq!(found(engine, ada, &format!("begun word{n}")), Ok(vec![1]), "word{n}");
        }
    }
    let stored: i64 = house.database.rows("SELECT COUNT(*) FROM document")[0].parse().unwrap();
    assert_eq!(stored, 61 + 121, "a head for each conversation, and the messages");
    assert_eq!(house.engine.reached(shop.id), other.reached(shop.id));
}
