//! Who hears of a ticket by e-mail: its notification roles, and who may see what.

use parlance_engine::conversation::ticket::{self, New};
use parlance_engine::membership::{self, Aggregate};
use parlance_engine::message::{self, Post};
use parlance_engine::{ConversationId, PersonId, person};

use super::{claim, due, give_address, send, shop, told};
use crate::notification::Shop;
use crate::support::{House, on_both};

fn aggregate(kind: &str, id: &str) -> Aggregate {
    Aggregate { domain: kind.into(), kind: kind.into(), id: id.into() }
}

/// A shop whose Anna writes tickets for a customer and a project that have members in every role.
struct Desk {
    shop: Shop,
}

impl Desk {
    fn open(house: &House) -> Desk {
        let desk = Desk { shop: shop(house) };
        let (customer, project) = (aggregate("customer", "c1"), aggregate("project", "p1"));
        desk.join(house, "anna", &customer, "nobody");
        desk.join(house, "anna", &project, "nobody");
        for role in ["owner", "accountant", "member"] {
            desk.member(house, &format!("c-{role}"), &customer, role);
        }
        for role in ["owner", "emailadmin", "external"] {
            desk.member(house, &format!("p-{role}"), &project, role);
        }
        // The same roles elsewhere mean nothing here.
        desk.member(house, "c2-owner", &aggregate("customer", "c2"), "owner");
        desk
    }

    fn member(&self, house: &House, name: &str, aggregate: &Aggregate, role: &str) {
        let person = house.customer(&self.shop.workspace, name).person;
        give_address(house, &self.shop, person, &format!("{name}@shop.test"));
        self.join(house, name, aggregate, role);
    }

    fn person(&self, house: &House, name: &'static str) -> PersonId {
        house.read(self.shop.operator(), move |cx| person::by_reference(cx, name)).expect("a person").id
    }

    fn join(&self, house: &House, name: &str, aggregate: &Aggregate, role: &str) {
        let (name, aggregate, role) = (name.to_owned(), aggregate.clone(), role.to_owned());
        let join = house.write(self.shop.operator(), move |cx| {
            let person = person::by_reference(cx, &name)?.id;
            membership::add(cx, person, &aggregate, &role).map(drop)
        });
        join.expect("a member joins");
    }

    fn start(
        &self,
        house: &House,
        roles: &[&str],
        shared_with: Option<Aggregate>,
        related_to: Option<Aggregate>,
    ) -> ConversationId {
        let notification_roles = roles.iter().map(|role| role.parse().expect("a role")).collect();
        let new =
            New { body: Some("Help".into()), shared_with, related_to, notification_roles, ..New::default() };
        house.write(self.shop.anna, move |cx| ticket::start(cx, &new)).expect("a ticket starts")
    }

    /// Who gets an e-mail about a ticket of Anna's.
    fn ticket(
        &self,
        house: &House,
        roles: &[&str],
        shared_with: Option<Aggregate>,
        related_to: Option<Aggregate>,
    ) -> Vec<String> {
        self.start(house, roles, shared_with, related_to);
        let names = send(house, &self.shop).into_iter().filter_map(|digest| digest.recipient.facts.username);
        names.collect()
    }
}

on_both! {
    fn members_hear_of_a_ticket_by_their_roles(house: &House) {
        let desk = Desk::open(house);
        let (customer, project) = (aggregate("customer", "c1"), aggregate("project", "p1"));
        let cases: [(&[&str], Aggregate, &[&str]); 6] = [
            (&["customer_owner"], customer.clone(), &["c-owner"]),
            (&["customer_owner", "customer_member"], customer.clone(), &["c-member", "c-owner"]),
            (&["project_owner"], customer.clone(), &[]),
            (&[], customer, &[]),
            (&["customer_owner", "project_external", "project_emailadmin"], project.clone(), &["p-emailadmin", "p-external"]),
            (&["project_owner"], project, &["p-owner"]),
        ];
        for (roles, shared_with, heard) in cases {
            let out = desk.ticket(house, roles, Some(shared_with), None);
            assert_eq!(out, heard, "{roles:?}");
        }
    }

    fn who_belongs_to_what_a_ticket_is_about_hears_of_it_if_they_may_see_it(house: &House) {
        let desk = Desk::open(house);
        let (customer, project) = (aggregate("customer", "c1"), aggregate("project", "p1"));
        let roles: &[&str] = &["project_owner", "project_external"];
        assert_eq!(desk.ticket(house, roles, None, Some(project.clone())), <[&str; 0]>::default());
        desk.join(house, "p-owner", &customer, "member");
        assert_eq!(desk.ticket(house, roles, Some(customer), Some(project)), ["p-owner"]);
    }

    fn a_member_who_left_hears_nothing_more(house: &House) {
        let desk = Desk::open(house);
        let customer = aggregate("customer", "c1");
        let id = desk.start(house, &["customer_owner"], Some(customer.clone()), None);
        let due = due(house, &desk.shop)[0];
        let owner = desk.person(house, "c-owner");
        house.write(desk.shop.operator(), move |cx| membership::remove(cx, owner, &customer)).unwrap();
        assert!(claim(house, &desk.shop, due).is_none());
        house.post(desk.shop.anna, id, "Once more").unwrap();
        assert_eq!(send(house, &desk.shop), []);
    }

    fn what_agents_say_among_themselves_is_mailed_to_agents_alone(house: &House) {
        let desk = Desk::open(house);
        let shop = &desk.shop;
        let id = desk.start(house, &["customer_owner"], Some(aggregate("customer", "c1")), None);
        house.post(shop.agent, id, "We look into it").unwrap();
        send(house, shop);
        house.clock.forward(1_000);
        let other = house.agent(&shop.workspace, "another agent");
        let note = Post { internal: true, ..Post::new(id, "She is angry".into()) };
        house.write(other, move |cx| message::post(cx, &note)).unwrap();
        let out = send(house, shop);
        assert_eq!(told(&out), [("agent@shop.test", vec!["She is angry"])]);
        assert!(out[0].lines[0].internal);
        house.clock.forward(1_000);
        house.post(other, id, "For everybody").unwrap();
        let out = send(house, shop);
        let everybody = ["agent@shop.test", "anna@shop.test", "c-owner@shop.test"];
        assert_eq!(told(&out), everybody.map(|email| (email, vec!["For everybody"])));
    }
}
