//! The link that ends the e-mails: it needs no login, and looking at it ends nothing.

use reqwest::Method;

use super::{html, letters, pair, pass, plain, unsubscribe_path, with_mail, write};
use crate::support::{Database, MailServer, Server};

with_mail! {
    fn a_button_ends_the_e_mails_and_looking_does_not(server: &Server, post: &MailServer) {
        let shop = server.workspace("shop");
        let (ada, _bob) = pair(server, &shop);
        write(&ada, "1", "Hello");
        pass(server, &shop, 10);
        let letter = &letters(post, 1)[0];
        let path = unsubscribe_path(letter);
        let url = format!("{}{path}", crate::mail::HOME);
        assert!(plain(letter).contains(&url) && html(letter).contains(&format!("<a href=\"{url}\">")));
        for method in [Method::GET, Method::HEAD, Method::GET] {
            let page = server.send(server.request(method, &path));
            assert_eq!(page.headers["content-type"], "text/html; charset=utf-8");
            assert_eq!(page.headers["cache-control"], "no-store");
            assert_eq!(page.headers["referrer-policy"], "no-referrer");
            assert!(page.headers["content-security-policy"].to_str().unwrap().starts_with("default-src 'none'"));
            page.expect_bytes(200);
        }
        write(&ada, "2", "Still here");
        pass(server, &shop, 10);
        letters(post, 2);
        // As a mail program does it on its own (RFC 8058).
        let form = server.request(Method::POST, &path).header("content-type", "application/x-www-form-urlencoded");
        let done = server.send(form.body("List-Unsubscribe=One-Click"));
        assert!(String::from_utf8_lossy(done.expect_bytes(200)).contains("no more of these e-mails"));
        server.send(server.request(Method::POST, &path)).expect_bytes(200);
        write(&ada, "3", "Gone");
        write(&ada, "1", "Gone too");
        pass(server, &shop, 2_000);
        letters(post, 2);
    }

    fn a_link_that_is_not_ours_ends_nothing(server: &Server, post: &MailServer) {
        let shop = server.workspace("shop");
        let (ada, _bob) = pair(server, &shop);
        write(&ada, "1", "Hello");
        pass(server, &shop, 10);
        let path = unsubscribe_path(&letters(post, 1)[0]);
        let before = server.dump();
        let end = path.len() - 1;
        let last = if path.ends_with('A') { 'Q' } else { 'A' };
        for forged in [format!("{}{last}", &path[..end]), path[..end].into(), format!("{path}A"), "/unsubscribe/%00".into(), "/unsubscribe/%FF".into(), "/unsubscribe/x".into()] {
            for method in [Method::GET, Method::POST] {
                server.send(server.request(method, &forged)).expect_bytes(404);
            }
        }
        server.send(server.request(Method::DELETE, &path)).expect_bytes(405);
        assert_eq!(server.dump(), before);
        write(&ada, "2", "Still here");
        pass(server, &shop, 10);
        letters(post, 2);
    }
}

#[test]
fn a_link_opens_where_no_mail_is_sent_any_more() {
    let server = Server::start(Database::sqlite());
    let shop = server.workspace("shop");
    let bob = server.customer(&shop, "bob");
    let recipient = parlance_engine::credential::link::Recipient { workspace: shop.id, person: bob.id };
    let link = server.engine.links().sign_unsubscribe(&recipient);
    server.send(server.request(Method::POST, &format!("/unsubscribe/{link}"))).expect_bytes(200);
    let id = bob.id;
    assert!(!server.operator(Some(&shop), move |cx| parlance_engine::notice::is_wanted(cx, id)));
}
