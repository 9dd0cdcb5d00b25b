//! Texts that come in parts.

use parlance_engine::carrier::part::{self, Part, Piece};
use parlance_engine::carrier::{Carrier, Kind};
use parlance_engine::{Principal, Result};

use crate::carrier;
use crate::support::{House, on_both};

/// How long the other parts of a text are waited for, in seconds.
const PATIENCE_SECONDS: i64 = 5 * 60;

/// A workspace with a carrier.
struct Shop {
    operator: Principal,
    carrier: Carrier,
}

impl Shop {
    fn open(house: &House) -> Shop {
        let operator = Principal::Operator(Some(house.workspace("shop").id));
        let carrier = carrier::add(house, operator, Kind::Handset, "12345", None).unwrap();
        Shop { operator, carrier }
    }

    /// Part `number` of three.
    fn part(&self, number: i64, text: &str) -> Part {
        Part {
            carrier: self.carrier.id,
            from: "+33612345678".to_owned(),
            to: "12345".to_owned(),
            reference: "8:7".to_owned(),
            total: 3,
            number,
            piece: Piece { coding: 0, octets: text.as_bytes().to_vec() },
        }
    }

    fn receive(&self, house: &House, part: Part) -> Result<()> {
        house.write(self.operator, move |cx| part::receive(cx, &part, join))
    }

    fn comes(&self, house: &House, number: i64, text: &str) {
        self.receive(house, self.part(number, text)).unwrap();
    }

    /// Gives up whatever is overdue; how often.
    fn give_up(&self, house: &House) -> usize {
        let id = self.carrier.id;
        let mut times = 0;
        while house.read(self.operator, move |cx| part::is_overdue(cx, id)).unwrap() {
            house.write(self.operator, move |cx| part::give_up(cx, id, join)).unwrap();
            times += 1;
        }
        times
    }
}

/// The octets of all pieces, with the coding where it changes.
fn join(pieces: &[Piece]) -> String {
    let runs = pieces.chunk_by(|one, next| one.coding == next.coding);
    let run = |run: &[Piece]| {
        let octets: Vec<u8> = run.iter().flat_map(|piece| piece.octets.clone()).collect();
        format!("{}:{}", run[0].coding, String::from_utf8_lossy(&octets))
    };
    runs.map(run).collect()
}

fn texts(house: &House) -> Vec<String> {
    house.database.rows("SELECT body FROM message ORDER BY created_at, id")
}

fn kept(house: &House) -> usize {
    house.database.rows("SELECT part FROM received_part").len()
}

on_both! {
    fn a_text_is_received_with_its_last_part_whatever_their_order(house: &House) {
        let shop = Shop::open(house);
        for (round, order) in [[1, 2, 3], [1, 3, 2], [2, 1, 3], [2, 3, 1], [3, 1, 2], [3, 2, 1]].into_iter().enumerate() {
            for number in order {
                assert_eq!(texts(house).len(), round);
                let part = shop.part(number, &format!("{number} "));
                let part = Part { reference: round.to_string(), ..part };
                shop.receive(house, part.clone()).unwrap();
                shop.receive(house, part).unwrap();
            }
        }
        assert_eq!(texts(house), ["0:1 2 3 "; 6]);
        assert!(house.database.rows("SELECT message FROM received").is_empty(), "the parts tell when they come again");
    }

    fn another_part_in_the_place_of_one_begins_another_text(house: &House) {
        let shop = Shop::open(house);
        shop.comes(house, 1, "old ");
        shop.comes(house, 3, "end");
        shop.comes(house, 1, "new ");
        assert_eq!(texts(house), ["0:old end"], "what there was of the old one");
        shop.comes(house, 2, "and ");
        shop.comes(house, 3, "whole");
        assert_eq!(texts(house), ["0:old end", "0:new and whole"]);
        // The number came round again after the text was whole.
        for (number, text) in [(1, "third"), (2, " "), (3, "text")] {
            shop.comes(house, number, text);
        }
        assert_eq!(texts(house).last().map(String::as_str), Some("0:third text"));
    }

    fn what_belongs_to_others_is_kept_apart(house: &House) {
        let shop = Shop::open(house);
        let one = shop.part(1, "a");
        let others = [
            Part { from: "+33612345679".to_owned(), ..shop.part(2, "b") },
            Part { to: "777".to_owned(), ..shop.part(2, "b") },
            Part { reference: "16:7".to_owned(), ..shop.part(2, "b") },
            Part { total: 2, ..shop.part(2, "b") },
        ];
        for part in [one].into_iter().chain(others) {
            shop.receive(house, part).unwrap();
        }
        assert_eq!((texts(house).len(), kept(house)), (0, 5));
    }

    fn parts_that_never_come_are_waited_for_some_minutes(house: &House) {
        let shop = Shop::open(house);
        shop.comes(house, 3, "end");
        house.clock.forward(PATIENCE_SECONDS / 2);
        let coded = Part { piece: Piece { coding: 8, octets: b"begin ".to_vec() }, ..shop.part(1, "") };
        shop.receive(house, coded).unwrap();
        assert_eq!(shop.give_up(house), 0);
        house.clock.forward(PATIENCE_SECONDS / 2);
        assert_eq!(shop.give_up(house), 1, "as long after the first part");
        assert_eq!((texts(house), kept(house)), (vec!["8:begin 0:end".to_owned()], 0));
    }

    fn a_part_that_comes_after_the_others_were_received_is_received_after_as_long(house: &House) {
        let shop = Shop::open(house);
        shop.comes(house, 1, "begin ");
        shop.comes(house, 3, "end");
        house.clock.forward(PATIENCE_SECONDS);
        assert_eq!(shop.give_up(house), 1);
        shop.comes(house, 2, "middle ");
        house.clock.forward(PATIENCE_SECONDS - 1);
        assert_eq!((shop.give_up(house), kept(house)), (0, 1), "the others may come again");
        house.clock.forward(1);
        assert_eq!((shop.give_up(house), kept(house)), (1, 0));
        assert_eq!(texts(house), ["0:begin end", "0:middle "]);
    }

    fn the_parts_of_a_text_that_is_whole_are_forgotten_after_as_long(house: &House) {
        let shop = Shop::open(house);
        for number in 1..=3 {
            shop.comes(house, number, "x");
        }
        house.clock.forward(PATIENCE_SECONDS - 1);
        assert_eq!((shop.give_up(house), kept(house)), (0, 3));
        house.clock.forward(1);
        assert_eq!((shop.give_up(house), kept(house), texts(house).len()), (1, 0, 1));
    }

    fn another_workspace_has_no_part_in_it(house: &House) {
        let shop = Shop::open(house);
        let desk = Principal::Operator(Some(house.workspace("desk").id));
        shop.comes(house, 1, "a");
        house.clock.forward(PATIENCE_SECONDS);
        let id = shop.carrier.id;
        assert_eq!(house.read(desk, move |cx| part::is_overdue(cx, id)), Ok(false));
        for number in 1..=3 {
            let part = shop.part(number, "b");
            let received = house.write(desk, move |cx| part::receive(cx, &part, join));
            assert_eq!(received.is_err(), number == 3, "there is no such carrier there");
        }
        assert!(texts(house).is_empty());
    }
}
