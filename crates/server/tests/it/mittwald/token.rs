//! A person's own tokens.

use parlance_engine::credential::token::New;
use parlance_engine::person::Kind;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Database, Server, User, on_both};

const TOKENS: &str = "/v2/users/self/api-tokens";

fn mint(user: &User<'_>, roles: &[&str]) -> String {
    let answer = user.post(TOKENS, &json!({"description": "mine", "roles": roles})).expect(201);
    answer["token"].as_str().unwrap().to_owned()
}

fn ids(list: &Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(|t| t["apiTokenId"].as_str().unwrap().to_owned()).collect()
}

on_both! {
    fn a_person_mints_lists_and_ends_tokens_of_their_own(server: &Server) {
        let desk = server.workspace("desk");
        let (ada, bob) = (server.customer(&desk, "ada"), server.customer(&desk, "bob"));
        let end = json!({"description": "for a day", "roles": ["api_read", "api_write"], "expiresAt": "2199-01-01T00:00:00+02:00"});
        let secret = ada.post(TOKENS, &end).expect(201)["token"].as_str().unwrap().to_owned();
        let list = ada.get(TOKENS).expect(200);
        let made = list.as_array().unwrap().iter().find(|token| token["description"] == "for a day").unwrap();
        assert_eq!(made["roles"], json!(["api_read", "api_write"]));
        assert_eq!(made["expiresAt"], "2198-12-31T22:00:00.000Z");
        assert!(!list.to_string().contains(&secret) && !server.dump().contains(&secret));
        let other = server.bearing(&ada, &secret);
        assert_eq!(other.get("/v2/users/self/sessions/current/status").expect(200)["tokenId"], made["apiTokenId"]);
        let at = format!("{TOKENS}/{}", made["apiTokenId"].as_str().unwrap());
        let before = server.dump();
        bob.delete(&at).expect(404);
        assert_eq!(server.dump(), before);
        let deleted = ada.delete(&at);
        deleted.expect(204);
        assert!(deleted.headers["etag"].to_str().unwrap().parse::<i64>().is_ok());
        other.get(TOKENS).expect(401);
        ada.delete(&at).expect(404);
        assert_eq!(ids(&ada.get(TOKENS).expect(200)).len(), 1);
    }

    fn a_token_that_may_only_read_mints_and_ends_none(server: &Server) {
        let desk = server.workspace("desk");
        let ada = server.customer(&desk, "ada");
        let reader = server.bearing(&ada, &mint(&ada, &["api_read"]));
        let all = ids(&reader.get(TOKENS).expect(200));
        let before = server.dump();
        let refused = reader.post(TOKENS, &json!({"description": "", "roles": ["api_write"]})).expect(403);
        assert_eq!(refused["type"], "ForbiddenError");
        reader.delete(&format!("{TOKENS}/{}", all[0])).expect(403);
        assert_eq!(server.dump(), before);
    }

    fn a_token_is_not_kept_for_a_repetition(server: &Server) {
        let desk = server.workspace("desk");
        let ada = server.customer(&desk, "ada");
        let body = json!({"description": "", "roles": ["api_write"]});
        let once = ada.post_once(TOKENS, "key", &body).expect(201);
        let twice = ada.post_once(TOKENS, "key", &body).expect(201);
        assert_ne!(once["token"], twice["token"]);
        assert!(!server.dump().contains(once["token"].as_str().unwrap()));
    }

    fn nobody_has_tokens_without_end(server: &Server) {
        let desk = server.workspace("desk");
        let ada = server.customer(&desk, "ada");
        for _ in 1..100 {
            mint(&ada, &["api_read"]);
        }
        let refused = ada.post(TOKENS, &json!({"description": "", "roles": ["api_read"]})).expect(400);
        assert_eq!(refused["type"], "ValidationError");
        let long = json!({"description": "x".repeat(201), "roles": ["api_read"]});
        assert_eq!(ada.post(TOKENS, &long).expect(400)["validationErrors"][0]["path"], ".description");
    }

    fn a_page_says_where_it_is_and_how_many_there_are(server: &Server) {
        let desk = server.workspace("desk");
        let ada = server.user(&desk, Kind::Agent, "ada");
        let new = New { person: ada.id, label: None, can_write: true, expires_at: None };
        (0..6).for_each(|_| drop(server.token(&desk, new.clone())));
        let all = ids(&ada.get(TOKENS).expect(200));
        assert_eq!(all.len(), 7);
        // What is asked for; limit, skip and page as they are said; which of the tokens are shown.
        let cases = [
            ("", [100, 0, 1], 0..7),
            ("?limit=3", [3, 0, 1], 0..3),
            ("?limit=3&page=0", [3, 0, 1], 0..3),
            ("?limit=3&page=2", [3, 3, 2], 3..6),
            ("?limit=3&page=2&skip=0", [3, 3, 2], 3..6),
            ("?limit=3&page=2&skip=6", [3, 6, 3], 6..7),
            ("?limit=3&page=3&more=things", [3, 6, 3], 6..7),
            ("?limit=0", [0, 0, 1], 0..0),
            ("?limit=5000", [1000, 0, 1], 0..7),
            ("?limit=3&skip=99999999999999999999", [3, i64::MAX, 3_074_457_345_618_258_603], 0..0),
            ("?limit=3&page=9223372036854775807", [3, i64::MAX, 3_074_457_345_618_258_603], 0..0),
        ];
        for (query, said, shown) in cases {
            let answer = ada.get(&format!("{TOKENS}{query}"));
            assert_eq!(ids(&answer.expect(200)), all[shown], "{query}");
            let header = |name: &str| answer.headers[name].to_str().unwrap().parse::<i64>().unwrap();
            let pages = ["x-pagination-limit", "x-pagination-skip", "x-pagination-page"].map(header);
            assert_eq!(pages, said, "{query}");
            assert_eq!(header("x-pagination-totalcount"), 7, "{query}");
        }
        for (query, path, kind) in [
            ("limit=-1", ".limit", "minimum"),
            ("skip=-7", ".skip", "minimum"),
            ("page=x", ".page", "type"),
            ("limit=", ".limit", "type"),
            ("limit=1.5", ".limit", "type"),
            ("limit=1&limit=2", ".limit", "type"),
            ("skip=%00", ".skip", "type"),
        ] {
            let problem = &ada.get(&format!("{TOKENS}?{query}")).expect(400)["validationErrors"][0];
            assert_eq!((&problem["path"], &problem["type"]), (&json!(path), &json!(kind)), "{query}");
        }
        let head = server.send(ada.request(Method::HEAD, TOKENS));
        assert_eq!(head.headers["x-pagination-totalcount"], "7");
    }
}
