//! Who somebody is, and who may know it.

use parlance_engine::access::{Caller, Scope};
use parlance_engine::conversation::{self, Source, SourceKind, Start};
use parlance_engine::membership::{self, Aggregate};
use parlance_engine::person::{self, Change, Facts, Kind};
use parlance_engine::workspace::Workspace;
use parlance_engine::{PersonId, Principal};
use serde_json::{Value, json};

use crate::support::{Database, Server, User, on_both};

fn described<'s>(server: &'s Server, desk: &Workspace, kind: Kind, name: &'static str) -> User<'s> {
    let user = server.user(desk, kind, name);
    let facts = Facts {
        name: Some(format!("{name} King")),
        email: Some(format!("{name}@desk.example")),
        phone: Some("+491701234567".into()),
        ..Facts::default()
    };
    let (id, change) = (user.id, Change { facts, ..Change::default() });
    server.operator(Some(desk), move |cx| person::set(cx, id, &change));
    user
}

fn join(
    server: &Server,
    desk: &Workspace,
    person: PersonId,
    (kind, id): (&'static str, &'static str),
    role: &'static str,
) {
    let aggregate = Aggregate { domain: kind.into(), kind: kind.into(), id: id.into() };
    server.operator(Some(desk), move |cx| membership::add(cx, person, &aggregate, role));
}

/// As whom the engine is asked for what this dialect cannot begin.
fn speaking(desk: &Workspace, user: &User<'_>, kind: Kind) -> Principal {
    let (workspace, person) = (desk.id, user.id);
    Caller { workspace, person, kind, can_write: true, token: None, scope: Scope::All }.into()
}

fn at(user: &User<'_>) -> String {
    format!("/v2/users/{}", user.id)
}

on_both! {
    fn everybody_knows_themselves(server: &Server) {
        let desk = server.workspace("desk");
        let ada = described(server, &desk, Kind::Customer, "ada");
        let customer = "5f9b4e0c-3d7e-4a64-9a5b-0f2f6f1f9a11";
        join(server, &desk, ada.id, ("customer", customer), "customer_owner");
        join(server, &desk, ada.id, ("project", "p-1"), "emailadmin");
        join(server, &desk, ada.id, ("extension", "e-1"), "owner");
        let own = ada.get("/v2/users/self").expect(200);
        assert_eq!(own["userId"], ada.id.to_string());
        assert_eq!(own["person"], json!({"firstName": "ada", "lastName": "King"}));
        assert_eq!((&own["email"], &own["phoneNumber"]), (&json!("ada@desk.example"), &json!("+491701234567")));
        assert_eq!(own["isEmployee"], false);
        assert_eq!(own["customerMemberships"][customer]["role"], "owner");
        assert_eq!(own["customerMemberships"][customer]["id"], customer);
        assert_eq!(own["projectMemberships"]["p-1"]["role"], "emailadmin");
        for path in ["/v2/user", &at(&ada), &at(&ada).to_ascii_uppercase().replace("/V2/USERS", "/v2/users")] {
            assert_eq!(ada.get(path).expect(200), own, "{path}");
        }
        assert_eq!(ada.get("/v2/users/self/credentials/email").expect(200), json!({"email": "ada@desk.example"}));
        let mia = server.user(&desk, Kind::Agent, "mia");
        assert_eq!(mia.get("/v2/users/self").expect(200)["isEmployee"], true);
        mia.get("/v2/users/self/credentials/email").expect(404);
    }

    fn others_are_known_where_paths_cross_and_agents_know_everybody(server: &Server) {
        let (desk, shop) = (server.workspace("desk"), server.workspace("shop"));
        let [ada, bob, cy, eve] = ["ada", "bob", "cy", "eve"].map(|n| described(server, &desk, Kind::Customer, n));
        let mia = described(server, &desk, Kind::Agent, "mia");
        let spy = described(server, &shop, Kind::Agent, "spy");
        join(server, &desk, ada.id, ("project", "p-1"), "owner");
        join(server, &desk, bob.id, ("project", "p-1"), "external");
        let start = Start {
            source: Some(Source { kind: SourceKind::Order, id: "o-1".into() }),
            recipient: Some("cy".into()),
            shared_with: None,
            body: "Hello.".into(),
        };
        server.engine.write_blocking(speaking(&desk, &ada, Kind::Customer), move |cx| conversation::start(cx, &start)).unwrap();
        // What mia begins with the project is seen by its members.
        let shared = Aggregate { domain: "project".into(), kind: "project".into(), id: "p-1".into() };
        let start = Start { source: None, recipient: None, shared_with: Some(shared), body: "Hello.".into() };
        let as_mia = speaking(&desk, &mia, Kind::Agent);
        server.engine.write_blocking(as_mia, move |cx| conversation::start(cx, &start)).unwrap();
        // Who asks, about whom, and what of it they see: everything, the name, or nothing.
        for (asker, other, seen) in [
            (&ada, &bob, "name"), (&ada, &cy, "name"), (&ada, &eve, "nothing"), (&ada, &mia, "name"), (&cy, &mia, "nothing"),
            (&ada, &spy, "nothing"), (&bob, &ada, "name"), (&bob, &cy, "nothing"), (&eve, &ada, "nothing"),
            (&mia, &ada, "all"), (&mia, &eve, "all"), (&mia, &spy, "nothing"), (&spy, &ada, "nothing"),
        ] {
            let answer = asker.get(&at(other));
            let what = format!("{} about {}", asker.id, other.id);
            match seen {
                "nothing" => assert_eq!(answer.expect(404)["type"], "NotFoundError", "{what}"),
                seen => {
                    let user = answer.expect(200);
                    assert_eq!(user["userId"], other.id.to_string(), "{what}");
                    assert_eq!(user["email"].is_string() && user["phoneNumber"].is_string(), seen == "all", "{what}");
                    assert!(user.get("customerMemberships").is_none(), "{what}");
                    assert_eq!(user.get("projectMemberships").is_some(), seen == "all" && other.id == ada.id, "{what}");
                }
            }
        }
        for nobody in ["nobody", "0190f3a0-0000-7000-8000-000000000000", "%00", "self%20", "-"] {
            mia.get(&format!("/v2/users/{nobody}")).expect(404);
        }
        server.send(server.request(reqwest::Method::GET, "/v2/users/self")).expect(401);
    }

    fn whoever_has_no_name_and_no_address_is_somebody_all_the_same(server: &Server) {
        let desk = server.workspace("desk");
        let ada = server.customer(&desk, "ada");
        let odd = Facts { email: Some("no address".into()), ..Facts::default() };
        let (id, change) = (ada.id, Change { facts: odd, ..Change::default() });
        server.operator(Some(&desk), move |cx| person::set(cx, id, &change));
        let own = ada.get("/v2/users/self").expect(200);
        assert_eq!(own["person"], json!({"firstName": "ada", "lastName": "-"}));
        assert_eq!(own.get("email"), None::<&Value>);
        ada.get("/v2/users/self/credentials/email").expect(404);
    }
}
