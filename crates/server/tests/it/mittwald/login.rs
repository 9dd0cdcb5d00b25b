//! An e-mail address and a password become a session.

use parlance_engine::PersonId;
use parlance_engine::credential::password;
use parlance_engine::person::{self, Change};
use parlance_engine::workspace::Workspace;
use serde_json::{Value, json};

use crate::support::{Answer, Database, Server, on_both};

const AUTHENTICATE: &str = "/v2/authenticate";
const PASSWORD: &str = "correct horse battery";

fn login(server: &Server, email: &str, password: &str) -> Answer {
    let sent = server.request(reqwest::Method::POST, AUTHENTICATE);
    server.send(sent.json(&json!({"email": email, "password": password})))
}

fn set_password(server: &Server, desk: &Workspace, person: PersonId, password: &str) {
    let hash = password::hash(password).unwrap();
    server.operator(Some(desk), move |cx| password::set(cx, person, "Ada@Desk.example", &hash));
}

fn secret(session: &Value) -> String {
    session["token"].as_str().unwrap().to_owned()
}

on_both! {
    fn a_password_opens_a_session_that_ends(server: &Server) {
        let desk = server.workspace("desk");
        let ada = server.customer(&desk, "ada");
        set_password(server, &desk, ada.id, PASSWORD);
        let session = login(server, " ada@desk.EXAMPLE ", PASSWORD).expect(200);
        assert_eq!(session["token"], session["refreshToken"]);
        let own = server.bearing(&ada, &secret(&session));
        assert_eq!(own.get("/v2/users/self").expect(200)["userId"], ada.id.to_string());
        assert!(own.get("/v2/users/self").expect(200)["passwordUpdatedAt"].is_string());
        assert_eq!(own.get("/v2/users/self/api-tokens").expect(200).as_array().map(Vec::len), Some(1));
        own.post("/v2/users/self/api-tokens", &json!({"description": "", "roles": ["api_read"]})).expect(201);
        assert!(!server.dump().contains(&secret(&session)));
        server.clock.forward(12 * 60 * 60);
        own.get("/v2/users/self").expect(401);
    }

    fn a_new_password_and_a_deactivation_end_what_the_old_one_opened(server: &Server) {
        let desk = server.workspace("desk");
        let ada = server.customer(&desk, "ada");
        set_password(server, &desk, ada.id, PASSWORD);
        let own = server.bearing(&ada, &secret(&login(server, "ada@desk.example", PASSWORD).expect(200)));
        set_password(server, &desk, ada.id, "another horse");
        own.get("/v2/users/self").expect(401);
        ada.get("/v2/users/self").expect(200);
        login(server, "ada@desk.example", PASSWORD).expect(401);
        let own = server.bearing(&ada, &secret(&login(server, "ada@desk.example", "another horse").expect(200)));
        let (id, change) = (ada.id, Change { active: Some(false), ..Change::default() });
        server.operator(Some(&desk), move |cx| person::set(cx, id, &change));
        own.get("/v2/users/self").expect(401);
        login(server, "ada@desk.example", "another horse").expect(401);
    }

    fn an_unknown_address_and_a_wrong_password_are_the_same(server: &Server) {
        let desk = server.workspace("desk");
        let ada = server.customer(&desk, "ada");
        set_password(server, &desk, ada.id, PASSWORD);
        let before = server.dump();
        let wrong = login(server, "ada@desk.example", "correct horse").expect(401);
        for (email, password) in [
            ("nobody@desk.example", PASSWORD),
            ("", ""),
            ("ada@desk.example", ""),
            ("ada@desk.example", &PASSWORD.to_uppercase()),
            ("ada@desk.example", &"x".repeat(100_000)),
            ("ada", PASSWORD),
        ] {
            assert_eq!(login(server, email, password).expect(401), wrong, "{email}");
        }
        assert_eq!(server.dump(), before);
    }

    fn guessing_is_slow(server: &Server) {
        let desk = server.workspace("desk");
        let ada = server.customer(&desk, "ada");
        set_password(server, &desk, ada.id, PASSWORD);
        for _ in 0..10 {
            login(server, "ada@desk.example", "a guess").expect(401);
        }
        let refused = login(server, "ADA@desk.example", PASSWORD);
        assert_eq!(refused.expect(429)["type"], "RateLimitError");
        assert!(refused.headers.contains_key("retry-after"));
        let statuses: Vec<u16> =
            (0..60).map(|n| login(server, &format!("n{n}@desk.example"), "a guess").status.as_u16()).collect();
        assert!(statuses.contains(&429), "one address of the network guesses at many accounts");
    }

    fn nobody_is_told_that_a_cookie_was_set(server: &Server) {
        let body = json!({"email": "ada@desk.example", "password": PASSWORD});
        let ask = |query: &str| {
            server.send(server.request(reqwest::Method::POST, &format!("{AUTHENTICATE}?{query}")).json(&body))
        };
        for (query, status) in [("cookieOnly=true", 400), ("cookieOnly=perhaps", 400), ("cookieOnly=false", 401)] {
            ask(query).expect(status);
        }
        let missing = server.send(server.request(reqwest::Method::POST, AUTHENTICATE).json(&json!({})));
        assert_eq!(missing.expect(400)["validationErrors"].as_array().map(Vec::len), Some(2));
    }
}
