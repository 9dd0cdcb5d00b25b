//! Who looks after a customer's conversations, and who may know it.

use parlance_engine::category::GENERAL;
use parlance_engine::membership::{self, Aggregate};
use parlance_engine::person::{self, Change, Kind};
use parlance_engine::preference::{self, Preference};
use serde_json::json;

use crate::support::{Database, Server, on_both};

const CUSTOMER: &str = "5f9b4e0c-3d7e-4a64-9a5b-0f2f6f1f9a11";

on_both! {
    fn members_of_the_customer_and_agents_know_who_looks_after_it(server: &Server) {
        let (desk, shop) = (server.workspace("desk"), server.workspace("shop"));
        let (ada, eve) = (server.customer(&desk, "ada"), server.customer(&desk, "eve"));
        let (mia, ben) = (server.user(&desk, Kind::Agent, "mia"), server.user(&desk, Kind::Agent, "ben"));
        let spy = server.user(&shop, Kind::Agent, "spy");
        let at = format!("/v2/customers/{CUSTOMER}/conversation-preferences");
        let aggregate = Aggregate { domain: "customer".into(), kind: "customer".into(), id: CUSTOMER.into() };
        mia.get(&at).expect(404);
        let member = ada.id;
        server.operator(Some(&desk), move |cx| membership::add(cx, member, &aggregate, "owner"));
        let none = json!({"customerId": CUSTOMER, "preferredUsers": {"categoryUserPairs": {}}});
        assert_eq!(ada.get(&at).expect(200), none);
        let (general, other) = (mia.id, ben.id);
        server.operator(Some(&desk), move |cx| {
            let customer = CUSTOMER.to_owned();
            preference::set(cx, &Preference { customer: customer.clone(), category: Some(GENERAL), person: general })?;
            preference::set(cx, &Preference { customer, category: None, person: other })
        });
        let set = json!({"customerId": CUSTOMER, "preferredUsers": {
            "categoryUserPairs": {GENERAL.to_string(): mia.id.to_string()},
            "fallback": ben.id.to_string(),
        }});
        for one in [&ada, &mia, &ben] {
            assert_eq!(one.get(&at).expect(200), set);
        }
        for one in [&eve, &spy] {
            one.get(&at).expect(404);
        }
        for nothing in ["nothing", "5f9b4e0c-3d7e-4a64-9a5b-0f2f6f1f9a12"] {
            mia.get(&format!("/v2/customers/{nothing}/conversation-preferences")).expect(404);
        }
    }

    fn whoever_is_preferred_is_active(server: &Server) {
        let desk = server.workspace("desk");
        let (mia, ben) = (server.user(&desk, Kind::Agent, "mia"), server.user(&desk, Kind::Agent, "ben"));
        let (general, other) = (mia.id, ben.id);
        let preferred = move || {
            server.operator(Some(&desk), |cx| preference::preferred(cx, CUSTOMER, GENERAL))
        };
        assert_eq!(preferred(), None);
        let desk = server.operator(None, |cx| parlance_engine::workspace::by_slug(cx, "desk"));
        server.operator(Some(&desk), move |cx| {
            let customer = CUSTOMER.to_owned();
            preference::set(cx, &Preference { customer: customer.clone(), category: None, person: other })?;
            preference::set(cx, &Preference { customer, category: Some(GENERAL), person: general })
        });
        assert_eq!(preferred(), Some(mia.id));
        let away = Change { active: Some(false), ..Change::default() };
        server.operator(Some(&desk), move |cx| person::set(cx, general, &away));
        assert_eq!(preferred(), Some(ben.id));
    }
}
