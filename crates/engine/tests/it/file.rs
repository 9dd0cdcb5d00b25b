use parlance_engine::access::Caller;
use parlance_engine::file::{self, PER_MESSAGE_MAX, Place, UPLOAD_SECONDS, Verdict};
use parlance_engine::{Error, FileId, Result, message};

use crate::support::{House, on_both};

const IMAGE: Verdict =
    Verdict::Image { content_type: "image/png", size_bytes: 1_234, width_px: 20, height_px: 10 };

on_both! {
    fn a_message_never_carries_more_files_than_it_may(house: &House) {
        let (ada, place) = ada_with_a_message(house);
        let early: Vec<FileId> = (0..PER_MESSAGE_MAX).map(|_| upload(house, ada, place).unwrap()).collect();
        assert!(matches!(upload(house, ada, place), Err(Error::Conflict(_))), "no room for another");

        // They took so long that their places were given away.
        house.clock.forward(UPLOAD_SECONDS + 1);
        let late = upload(house, ada, place).unwrap();
        for id in early {
            house.write(ada, move |cx| file::attach(cx, place, id)).unwrap();
        }
        let attached = house.write(ada, move |cx| file::attach(cx, place, late));
        assert!(matches!(attached, Err(Error::Conflict(_))), "{attached:?}");
        let page = house.read(ada, move |cx| message::page(cx, place.conversation, 0, 1)).unwrap();
        assert_eq!(page.messages[0].attachments.len() as i64, PER_MESSAGE_MAX);
    }

    fn a_rejected_upload_stays_known_and_is_never_attached(house: &House) {
        let (ada, place) = ada_with_a_message(house);
        let id = house.write(ada, move |cx| file::draft(cx, place)).unwrap().file;
        let reasons = vec!["This is no image.".to_owned(), "It is too large.".to_owned()];
        let verdict = Verdict::Rejected(reasons.clone());
        house.write(ada, move |cx| file::uploaded(cx, id, &verdict)).unwrap();
        for _ in 0..2 {
            let attached = house.write(ada, move |cx| file::attach(cx, place, id));
            assert_eq!(attached, Err(Error::Rejected { reasons: reasons.clone() }));
        }
        let again = house.write(ada, move |cx| file::uploaded(cx, id, &IMAGE));
        assert!(matches!(again, Err(Error::Conflict(_))), "an upload link is good for one upload");
    }

    fn what_never_came_to_anything_is_forgotten_after_a_day_and_what_is_attached_never(house: &House) {
        let (ada, place) = ada_with_a_message(house);
        let kept = upload(house, ada, place).unwrap();
        house.write(ada, move |cx| file::attach(cx, place, kept)).unwrap();
        let [deleted, left] = [(); 2].map(|()| upload(house, ada, place).unwrap());
        house.write(ada, move |cx| file::delete(cx, place, deleted)).unwrap();
        let operator = parlance_engine::Principal::Operator(Some(ada.workspace));
        assert_eq!(house.read(operator, |cx| file::expired(cx, 10)), Ok(vec![]), "not yet");

        house.clock.forward(24 * 60 * 60 + 1);
        let mut gone = house.read(operator, |cx| file::expired(cx, 10)).unwrap();
        gone.sort();
        let mut expected = vec![deleted, left];
        expected.sort();
        assert_eq!(gone, expected);
        house.write(operator, move |cx| file::forget(cx, &[deleted, left, kept])).unwrap();
        assert_eq!(house.read(operator, |cx| file::expired(cx, 10)), Ok(vec![]));
        let page = house.read(ada, move |cx| message::page(cx, place.conversation, 0, 1)).unwrap();
        assert_eq!(page.messages[0].attachments[0].id, kept);
    }
}

fn ada_with_a_message(house: &House) -> (Caller, Place) {
    let shop = house.workspace("shop");
    let (ada, _) = (house.customer(&shop, "ada"), house.customer(&shop, "bob"));
    let conversation = house.start(ada, "bob", "o-1", "Look.").unwrap();
    let message = house.read(ada, move |cx| message::page(cx, conversation, 0, 1)).unwrap().messages[0].id;
    (ada, Place { conversation, message })
}

fn upload(house: &House, who: Caller, place: Place) -> Result<FileId> {
    let id = house.write(who, move |cx| file::draft(cx, place))?.file;
    house.write(who, move |cx| file::uploaded(cx, id, &IMAGE))?;
    Ok(id)
}
