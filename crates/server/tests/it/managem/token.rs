use parlance_engine::credential::token::New;
use reqwest::Method;

use crate::support::{Database, Server, on_both};

on_both! {
    fn a_token_ends_when_it_was_said_to(server: &Server) {
        let shop = server.workspace("shop");
        let ada = server.customer(&shop, "ada");
        let expires_at = Some(server.engine.now().plus_seconds(3_600));
        let token = server.token(&shop, New { person: ada.id, label: None, can_write: true, expires_at });
        let ask = || server.send(server.request(Method::GET, "/conversations").bearer_auth(&token));
        ask().expect(200);
        server.clock.forward(3_601);
        let refusal = ask();
        assert_eq!(refusal.expect(401)["code"], "unauthorized");
        assert_eq!(refusal.headers["www-authenticate"], "Bearer");
    }
}
