//! Categories, with a token and without.

use parlance_engine::category::{self, Change, Reference};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Database, Server, on_both};

const CATEGORIES: &str = "/v2/conversation-categories";

fn names(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|category| category["name"].as_str().unwrap()).collect()
}

on_both! {
    fn a_conversation_is_of_a_category_that_is_offered_and_of_the_general_one_by_default(server: &Server) {
        let desk = server.workspace("desk");
        let ada = server.customer(&desk, "ada");
        let list = ada.get(CATEGORIES).expect(200);
        let of = |name: &str| list.as_array().unwrap().iter().find(|c| c["name"] == name).cloned().unwrap();
        let begin = |body: Value| ada.post("/v2/conversations", &body);
        let id = |answer: Answer| answer.expect(201)["conversationId"].as_str().unwrap().to_owned();
        let shown = |id: &str| ada.get(&format!("/v2/conversations/{id}")).expect(200)["category"].clone();
        let plain = id(begin(json!({"title": "Anything"})));
        assert_eq!(shown(&plain), of("general"));
        let ssh = id(begin(json!({"title": "No shell", "categoryId": of("ssh")["categoryId"]})));
        assert_eq!(shown(&ssh), of("ssh"));
        let listed = ada.get("/v2/conversations?sort=createdAt&order=asc").expect(200);
        assert_eq!((&listed[0]["category"], &listed[1]["category"]), (&of("general"), &of("ssh")));
        server.operator(Some(&desk), |cx| {
            let change = Change { name: Some("shell".into()), active: Some(false), ..Change::default() };
            category::set(cx, "ssh", change)
        });
        assert_eq!(shown(&ssh)["name"], "shell", "one that is no longer offered keeps its conversations");
        let before = server.dump();
        for unknown in [of("ssh")["categoryId"].clone(), json!("0190f3a0-0000-4000-8000-000000000000"), json!("ssh")] {
            let refused = begin(json!({"title": "No shell", "categoryId": unknown})).expect(400);
            assert_eq!(refused["validationErrors"][0]["path"], ".categoryId", "{unknown}");
            let at = format!("/v2/conversations/{plain}");
            let change = ada.request(Method::PUT, &at).json(&json!({"categoryId": unknown}));
            assert_eq!(server.send(change).expect(400)["validationErrors"][0]["path"], ".categoryId", "{unknown}");
        }
        assert_eq!(server.dump(), before);
    }

    fn everybody_sees_those_built_in_and_a_token_those_of_its_workspace(server: &Server) {
        let (desk, shop) = (server.workspace("desk"), server.workspace("shop"));
        let (ada, bob) = (server.customer(&desk, "ada"), server.customer(&shop, "bob"));
        let public = |token: Option<&str>| -> Answer {
            let asked = server.request(Method::GET, CATEGORIES);
            server.send(token.into_iter().fold(asked, |asked, token| asked.header("x-access-token", token)))
        };
        let built_in = public(None).expect(200);
        let known = [
            "apps", "articles", "backups", "contractOwner", "cronjobs", "databases", "domains", "emails", "general",
            "invoices", "payment", "ssh", "workload", "extension",
        ];
        assert_eq!(names(&built_in), known);
        assert_eq!(ada.get(CATEGORIES).expect(200), built_in);
        let added = server.operator(Some(&desk), |cx| {
            let off = Change { active: Some(false), ..Change::default() };
            category::set(cx, "ssh", off)?;
            category::add(cx, "printing", vec![Reference::Project, Reference::Server])
        });
        let own = ada.get(CATEGORIES).expect(200);
        assert_eq!(own.as_array().unwrap().len(), 14);
        let last = json!({"categoryId": added.id.to_string(), "name": "printing", "referenceType": ["project", "server"]});
        assert_eq!(own.as_array().unwrap().last(), Some(&last));
        for token in [None, Some("nonsense"), Some(bob.token.as_str())] {
            assert_eq!(public(token).expect(200), built_in);
        }

        let id = added.id.to_string();
        for reference in [&id, &id.to_ascii_uppercase(), "printing"] {
            assert_eq!(ada.get(&format!("{CATEGORIES}/{reference}")).expect(200), last);
            bob.get(&format!("{CATEGORIES}/{reference}")).expect(404);
        }
        for nothing in ["ssh", "General", "nothing", "%00", "%20"] {
            ada.get(&format!("{CATEGORIES}/{nothing}")).expect(404);
        }
        let ssh = &built_in[11];
        let by_id = server.request(Method::GET, &format!("{CATEGORIES}/{}", ssh["categoryId"].as_str().unwrap()));
        assert_eq!(&server.send(by_id).expect(200), ssh);
    }
}
