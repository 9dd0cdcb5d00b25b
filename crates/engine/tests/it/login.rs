//! Logins: what happens between looking at a password and beginning the session.

use parlance_engine::access::Caller;
use parlance_engine::credential::login::{self, Candidate, REFUSED};
use parlance_engine::credential::password::{self, Hash};
use parlance_engine::person::{self, Change};
use parlance_engine::{Error, Principal, Result, WorkspaceId};

use crate::support::{House, on_both};

const PASSWORD: &str = "correct horse battery";
const EMAIL: &str = "ada@example.org";

fn set_password(house: &House, ada: Caller, password: &str) {
    let hash = password::hash(password).unwrap();
    let operator = Principal::Operator(Some(ada.workspace));
    house.write(operator, move |cx| password::set(cx, ada.person, EMAIL, &hash)).unwrap();
}

fn find(house: &House, email: &'static str) -> Candidate {
    let decoy: Hash = password::decoy().unwrap();
    house.read(Principal::Nobody, move |cx| login::find(cx, email, &decoy)).unwrap()
}

fn open(house: &House, workspace: WorkspaceId, candidate: &Candidate) -> Result<login::Session> {
    let candidate = candidate.clone();
    house.write(Principal::Operator(Some(workspace)), move |cx| login::open(cx, &candidate))
}

on_both! {
    fn a_session_begins_for_whoever_the_password_belongs_to(house: &House) {
        let (desk, shop) = (house.workspace("desk"), house.workspace("shop"));
        let ada = house.customer(&desk, "ada");
        set_password(house, ada, PASSWORD);
        let candidate = find(house, " ADA@example.org ");
        assert_eq!(candidate.fits(PASSWORD), Ok(desk.id));
        assert_eq!(candidate.fits("another"), Err(REFUSED));
        assert_eq!(find(house, "nobody@example.org").fits("a password of nobody's"), Err(REFUSED));
        assert!(open(house, desk.id, &candidate).is_ok());
        assert_eq!(open(house, shop.id, &candidate), Err(REFUSED), "in another workspace");
    }

    fn what_changed_after_the_password_was_looked_at_counts(house: &House) {
        let desk = house.workspace("desk");
        let ada = house.customer(&desk, "ada");
        set_password(house, ada, PASSWORD);
        let candidate = find(house, EMAIL);
        set_password(house, ada, "another horse");
        assert_eq!(open(house, desk.id, &candidate), Err(REFUSED), "another password");
        let candidate = find(house, EMAIL);
        let away = Change { active: Some(false), ..Change::default() };
        house.write(Principal::Operator(Some(desk.id)), move |cx| person::set(cx, ada.person, &away)).unwrap();
        assert_eq!(open(house, desk.id, &candidate), Err(REFUSED), "deactivated");
        assert_eq!(find(house, EMAIL).fits("another horse"), Err(REFUSED));
        let who: Result<login::Session> = house.write(ada, move |cx| login::open(cx, &candidate));
        assert!(matches!(who, Err(Error::Forbidden(_))), "{who:?}");
    }
}
