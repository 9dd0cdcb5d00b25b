//! Indexing anew while everything goes on.

use parlance_engine::Error;
use parlance_engine::conversation;
use parlance_engine::search::Progress;

use super::{catch_up, find, found, open};
use crate::support::{House, on_both};

on_both! {
    fn the_old_index_answers_until_the_new_one_is_complete(house: &House) {
        let shop = house.workspace("shop");
        let ada = house.agent(&shop, "ada");
        let first = open(house, ada, "first");
        for n in 0..450 {
            open(house, ada, &format!("filler number {n}"));
        }
        assert_eq!(find(house, ada, "first"), [1]);
        // What no event tells: only indexing anew can find it.
        house.database.execute("UPDATE message SET body = 'rewritten' WHERE body = 'first'");
        let mut steps = Vec::new();
        let done = house.engine.reindex(shop.id, &mut |progress: Progress| {
            steps.push(progress.conversations_done);
            let by_old = found(&house.engine, ada, "first").unwrap() == [1];
            let by_new = found(&house.engine, ada, "rewritten").unwrap() == [1];
            assert!(by_old != by_new, "one of the two answers");
            if steps.len() == 2 {
                house.post(ada, first, "said meanwhile").unwrap();
                open(house, ada, "begun meanwhile");
            }
        });
        let done = done.unwrap();
        assert_eq!((done.conversations_done, done.conversations_total), (452, 451), "with the one that began meanwhile");
        assert!(steps.len() > 3, "{steps:?}");
        assert_eq!(found(&house.engine, ada, "meanwhile"), Ok(vec![1, 452]));
        assert_eq!(found(&house.engine, ada, "first"), Ok(vec![]));
        assert_eq!(found(&house.engine, ada, "rewritten"), Ok(vec![1]));
        catch_up(&house.engine);
        house.engine.reindex(shop.id, &mut |_| ()).expect("and again, into the side that is free now");
        assert_eq!(find(house, ada, "filler").len(), 450);
        assert_eq!(find(house, ada, "meanwhile"), [1, 452]);
    }

    fn indexing_anew_begins_when_it_is_asked_for_and_not_before(house: &House) {
        for steps in 0..6 {
            let shop = house.workspace(&format!("shop-{steps}"));
            let ada = house.agent(&shop, "ada");
            open(house, ada, "first");
            for _ in 0..steps {
                house.engine.index().unwrap();
            }
            house.database.execute(&format!("UPDATE message SET body = 'rewritten' WHERE workspace = {}", shop.id));
            house.engine.reindex(shop.id, &mut |_| ()).unwrap();
            assert_eq!(found(&house.engine, ada, "rewritten"), Ok(vec![1]), "after {steps} steps of another");
        }
    }

    fn indexing_a_part_of_the_log_twice_does_no_harm(house: &House) {
        let shop = house.workspace("shop");
        let ada = house.agent(&shop, "ada");
        let one = open(house, ada, "first");
        catch_up(&house.engine);
        for n in 0..5 {
            house.post(ada, one, &format!("more {n}")).unwrap();
            house.read(ada, move |cx| conversation::get(cx, one)).unwrap();
            catch_up(&house.engine);
            catch_up(&house.engine);
        }
        assert_eq!(find(house, ada, "first more 4"), [1]);
    }
}

#[test]
fn a_workspace_is_indexed_by_one_node_at_a_time() {
    let Some(house) = House::on_postgres() else { return };
    let shop = house.workspace("shop");
    let ada = house.agent(&shop, "ada");
    open(&house, ada, "first");
    catch_up(&house.engine);
    let other = house.another_node();
    let mut refused = None;
    let outcome = house.engine.reindex(shop.id, &mut |_| {
        refused.get_or_insert_with(|| other.reindex(shop.id, &mut |_| ()));
    });
    assert!(outcome.is_ok());
    assert!(matches!(refused, Some(Err(Error::Conflict(_)))), "{refused:?}");
    catch_up(&house.engine);
    other.reindex(shop.id, &mut |_| ()).expect("now nobody else is at it");
}
