//! Keeping contacts, and their lists.

use parlance_engine::contact::list::{self, Kind};
use parlance_engine::contact::{self, Address, Contact, New, Saving};
use parlance_engine::conversation::line::TEXT_CHARS_MAX;
use parlance_engine::{Cx, Error, Result, opt_out, person};

use super::{ADA, BOB, Desk};
use crate::support::{House, on_both};

on_both! {
    fn a_contact_is_kept_under_one_number_however_it_is_spelled(house: &House) {
        let desk = Desk::set(house);
        let saved = desk.save(Saving { contacts: vec![new("06 12 34 56 78", "Ada"), new(ADA, "Again"), new("x", "")], ..Saving::default() });
        assert_eq!(saved, Ok(1));
        assert_eq!(desk.contact(ADA).map(|c| c.first_name), Some("Ada".into()), "who is known stays as they are");
        let saved = desk.save(Saving { contacts: vec![new(ADA, "Augusta")], overwrite: true, ..Saving::default() });
        assert_eq!(saved, Ok(1));
        assert_eq!(desk.contact(ADA).map(|c| c.first_name), Some("Augusta".into()));
        let nobody = desk.save(Saving { contacts: vec![new("call me", "Eve")], ..Saving::default() });
        assert!(matches!(nobody, Err(Error::Invalid { field: "contacts", .. })), "{nobody:?}");
    }

    fn what_is_too_long_to_be_kept_is_refused_and_not_cut(house: &House) {
        let desk = Desk::set(house);
        let whole = New { params: std::array::from_fn(|_| "x".repeat(TEXT_CHARS_MAX)), ..new(ADA, &"x".repeat(100)) };
        assert_eq!(desk.save(Saving { contacts: vec![whole.clone()], ..Saving::default() }), Ok(1));
        assert_eq!(desk.contact(ADA).map(|c| (c.first_name, c.params)), Some((whole.first_name, whole.params)));
        let mut long = new(BOB, "Bob");
        long.params[4] = "x".repeat(TEXT_CHARS_MAX + 1);
        for long in [new(BOB, &"x".repeat(101)), long] {
            let refused = desk.save(Saving { contacts: vec![new("+33611111111", "Cy"), long], ..Saving::default() });
            let named = matches!(&refused, Err(Error::Invalid { field: "value", problem }) if problem.contains(BOB));
            assert!(named && desk.contact("+33611111111").is_none(), "{refused:?}");
        }
    }

    fn an_address_is_one_contact_s(house: &House) {
        let desk = Desk::set(house);
        let with = |phone: &str, email: &str| New { email: Some(email.into()), ..new(phone, "") };
        let contacts = vec![with(ADA, "ada@example.org"), with(BOB, "Ada@Example.org")];
        assert_eq!(desk.save(Saving { contacts, overwrite: true, ..Saving::default() }), Ok(1), "they are one: Ada");
        assert_eq!(desk.contact(BOB), None, "an address that is known names her");
        desk.hear(BOB, "Hello.");
        let contacts = vec![with(BOB, "ada@example.org")];
        assert_eq!(desk.save(Saving { contacts, overwrite: true, ..Saving::default() }), Ok(1));
        assert_eq!(desk.contact(BOB).unwrap().email, None, "it stays hers");
        assert_eq!(desk.contact(ADA).unwrap().email.as_deref(), Some("ada@example.org"));
    }

    fn contacts_are_put_on_lists_and_taken_off_them(house: &House) {
        let desk = Desk::set(house);
        let on = |kind, name: &str| vec![(kind, name.to_owned())];
        let contacts = vec![new(ADA, "Ada"), new(BOB, "Bob")];
        desk.save(Saving { contacts: contacts.clone(), lists: on(Kind::List, "friends"), ..Saving::default() }).unwrap();
        desk.save(Saving { contacts: contacts.clone(), lists: on(Kind::Tag, "friends"), ..Saving::default() }).unwrap();
        assert_eq!(desk.members(Kind::List, "friends"), Ok(vec!["Ada".into(), "Bob".into()]));
        desk.save(Saving { contacts: vec![new(ADA, "")], unlist: on(Kind::List, "friends"), ..Saving::default() }).unwrap();
        assert_eq!(desk.members(Kind::List, "friends"), Ok(vec!["Bob".into()]));
        assert_eq!(desk.members(Kind::Tag, "friends").map(|m| m.len()), Ok(2), "a tag is another list");
        assert!(matches!(desk.write(|cx| list::create(cx, "friends")), Err(Error::Conflict(_))));
        assert!(matches!(desk.write(|cx| list::create(cx, &"x".repeat(31))), Err(Error::Invalid { .. })));
        desk.write(|cx| contact::remove(cx, &["+49 151 12345678".into()], Some("friends"))).unwrap();
        assert_eq!(desk.members(Kind::List, "friends"), Ok(vec![]));
        desk.write(|cx| list::delete(cx, "friends")).unwrap();
        assert_eq!(desk.members(Kind::List, "friends"), Err(Error::NotFound));
        assert_eq!(desk.write(|cx| list::empty(cx, "friends", true)), Err(Error::NotFound));
    }

    fn a_list_is_read_part_by_part_and_emptied_with_or_without_its_contacts(house: &House) {
        let desk = Desk::set(house);
        let contacts: Vec<New> = (0..7).map(|n| new(&format!("+3361234567{n}"), "Ada")).collect();
        let saving = || Saving { contacts: contacts.clone(), lists: vec![(Kind::List, "all".into())], ..Saving::default() };
        desk.save(saving()).unwrap();
        let first = house.read(desk.agent, |cx| list::members(cx, Kind::List, "all", None, 3)).unwrap();
        let after = first.last().map(|c| c.person);
        let rest = house.read(desk.agent, move |cx| list::members(cx, Kind::List, "all", after, 100)).unwrap();
        assert_eq!((first.len(), rest.len()), (3, 4));
        desk.write(|cx| list::empty(cx, "all", false)).unwrap();
        assert_eq!(desk.members(Kind::List, "all"), Ok(vec![]));
        assert_eq!(desk.contact("+33612345670").unwrap().first_name, "Ada");
        desk.save(saving()).unwrap();
        desk.write(|cx| list::empty(cx, "all", true)).unwrap();
        assert_eq!(desk.contact("+33612345670").unwrap().first_name, "", "their names are forgotten");
    }

    fn a_line_is_called_as_its_contact_is(house: &House) {
        let desk = Desk::set(house);
        desk.hear(ADA, "Hello.");
        let title = || {
            let id = desk.line_of(ADA);
            let page = house.read(desk.agent, move |cx| parlance_engine::conversation::ticket::get(cx, id)).unwrap();
            page.tickets[0].title.clone()
        };
        assert_eq!(title(), ADA);
        let contacts = vec![New { last_name: "Lovelace".into(), ..new(ADA, "Ada") }];
        desk.save(Saving { contacts, overwrite: true, ..Saving::default() }).unwrap();
        assert_eq!(title(), "Ada Lovelace");
        assert_eq!(desk.page().lines[0].contact.title(), "Ada Lovelace");
        desk.write(|cx| contact::remove(cx, &[ADA.into(), "nobody".into()], None)).unwrap();
        assert_eq!(title(), ADA);
        assert_eq!(desk.said(ADA), ["Hello."], "what was said stays");
    }

    fn who_opted_out_is_left_out_where_that_is_wanted(house: &House) {
        let desk = Desk::set(house);
        desk.hear(ADA, "STOP");
        let contacts = vec![new(ADA, "Ada"), new(BOB, "Bob")];
        let saving = Saving { contacts, lists: vec![(Kind::List, "all".into())], without_opted_out: true, ..Saving::default() };
        assert_eq!(desk.save(saving), Ok(1));
        assert_eq!(desk.members(Kind::List, "all"), Ok(vec!["Bob".into()]));
    }

    fn contacts_are_kept_by_agents_alone_and_in_their_own_workspace(house: &House) {
        let (ours, theirs) = (Desk::named(house, "ours"), Desk::named(house, "theirs"));
        let saving = Saving { contacts: vec![new(ADA, "Ada")], lists: vec![(Kind::List, "all".into())], ..Saving::default() };
        theirs.save(saving.clone()).unwrap();
        assert_eq!(ours.contact(ADA), None);
        assert_eq!(ours.members(Kind::List, "all"), Err(Error::NotFound));
        ours.write(|cx| contact::remove(cx, &[ADA.into()], None)).unwrap();
        assert_eq!(theirs.contact(ADA).unwrap().first_name, "Ada");
        let customer = house.customer(&ours.workspace, "carl");
        for (name, verb) in VERBS {
            let refused = house.write(customer, verb);
            assert!(matches!(refused, Err(Error::Forbidden(_))), "{name}: {refused:?}");
        }
    }
}

type Verb = fn(&mut Cx<'_>) -> Result<()>;

/// What is an agent's.
const VERBS: [(&str, Verb); 9] = [
    ("save", |cx| {
        contact::save(cx, &Saving { contacts: vec![new(ADA, "Ada")], ..Saving::default() }).map(drop)
    }),
    ("remove", |cx| contact::remove(cx, &[ADA.into()], None)),
    ("look for one", |cx| contact::by_address(cx, &Address::Phone(ADA.into())).map(drop)),
    ("make a list", |cx| list::create(cx, "new")),
    ("empty a list", |cx| list::empty(cx, "all", true)),
    ("end a list", |cx| list::delete(cx, "all")),
    ("read a list", |cx| list::members(cx, Kind::List, "all", None, 10).map(drop)),
    ("ask who opted out", |cx| opt_out::has(cx, ADA).map(drop)),
    ("name the agents", |cx| person::agents(cx).map(drop)),
];

fn new(phone: &str, first_name: &str) -> New {
    New { phone: Some(phone.into()), first_name: first_name.into(), ..New::default() }
}

impl Desk<'_> {
    /// How many were kept.
    fn save(&self, saving: Saving) -> Result<usize> {
        self.write(move |cx| contact::save(cx, &saving)).map(|kept| kept.len())
    }

    fn contact(&self, phone: &str) -> Option<Contact> {
        let address = Address::Phone(phone.into());
        self.house.read(self.agent, move |cx| contact::by_address(cx, &address)).expect("an agent may ask")
    }

    fn members(&self, kind: Kind, name: &'static str) -> Result<Vec<String>> {
        let members = self.house.read(self.agent, move |cx| list::members(cx, kind, name, None, 100))?;
        let mut names: Vec<String> = members.into_iter().map(|contact| contact.first_name).collect();
        names.sort_unstable();
        Ok(names)
    }
}
