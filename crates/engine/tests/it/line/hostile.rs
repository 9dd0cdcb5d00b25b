//! Whatever a carrier says came in, it is kept, and nothing breaks.

use parlance_engine::channel::Channel;
use parlance_engine::checkup::Checkup;
use proptest::prelude::*;

use super::Desk;
use crate::support::House;

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_from_anybody_by_any_channel_is_kept(
        texts in prop::collection::vec(
            (
                prop_oneof![any::<String>(), "[+0-9]{0,20}", "[a-z@.]{0,12}", Just("+33612345678".to_owned())],
                prop_oneof![any::<String>(), Just("STOP".to_owned()), Just("x\0y".repeat(40_000)), "(stop|START|help|\u{0})"],
                0..Channel::ALL.len(),
            ),
            1..20
        )
    ) {
        let house = House::on_sqlite();
        let desk = Desk::set(&house);
        for (from, text, channel) in &texts {
            desk.hear_by(Channel::ALL[*channel], from, "12345", text);
        }
        let page = desk.page();
        let heard: i64 = page.lines.iter().map(|line| line.conversation.message_count).sum();
        prop_assert!(heard >= texts.len() as i64);
        prop_assert_eq!(Checkup::open(&house.database.address).unwrap().discrepancies(), Ok(vec![]));
    }
}
