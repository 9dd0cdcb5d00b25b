//! `fullTextSearch`: tickets by what was said in them.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Database, Server, User, on_both};

const ALL: &str = "/v2/conversations";

on_both! {
    fn what_was_just_said_is_found_by_whoever_waits_for_it(server: &Server) {
        let desk = server.workspace("desk");
        let (ada, bob) = (server.customer(&desk, "ada"), server.customer(&desk, "bob"));
        let first = said(&ada, "The café is closed");
        let other = said(&ada, "The bar is open");
        let found = |who: &User<'_>, query: &str| {
            let request = who.request(Method::GET, &format!("{ALL}?{query}"));
            let answer = who.send(request.header("if-event-reached", &other.1));
            let total = answer.headers["x-pagination-totalcount"].to_str().unwrap().to_owned();
            (titles(&answer), total)
        };
        assert_eq!(found(&ada, "fullTextSearch=CAFE"), (vec![first.0.clone()], "1".into()));
        assert_eq!(found(&ada, "fullTextSearch=%22the+bar%22"), (vec![other.0.clone()], "1".into()));
        assert_eq!(found(&ada, "fullTextSearch=the&sort=title&order=desc&limit=1"), (vec![first.0.clone()], "2".into()));
        assert_eq!(found(&ada, "fullTextSearch=the&fullTextSearch=bar"), (vec![other.0.clone()], "1".into()));
        assert_eq!(found(&ada, "fullTextSearch=the&status=closed"), (vec![], "0".into()));
        assert_eq!(found(&ada, "fullTextSearch=").1, "2", "nothing to look for");
        for nothing in ["*", "%22", "NEAR(the)", "%00", "the+AND+bar", "bar*+x"] {
            assert_eq!(found(&ada, &format!("fullTextSearch={nothing}")), (vec![], "0".into()), "{nothing}");
        }
        assert_eq!(found(&bob, "fullTextSearch=the"), (vec![], "0".into()), "somebody else's");
    }
}

/// A ticket that begins with these words: its title, and the number of what has happened.
fn said(who: &User<'_>, body: &str) -> (String, String) {
    let answer = who.post(ALL, &json!({ "messageContent": body }));
    let etag = answer.headers["etag"].to_str().unwrap().to_owned();
    answer.expect(201);
    (body.to_owned(), etag)
}

fn titles(answer: &Answer) -> Vec<String> {
    let list = answer.json();
    list.as_array()
        .unwrap()
        .iter()
        .map(|ticket: &Value| ticket["title"].as_str().unwrap().to_owned())
        .collect()
}
