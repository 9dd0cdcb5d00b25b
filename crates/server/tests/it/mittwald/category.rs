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
