//! Who gets which e-mail, and what stands in it.

use parlance_engine::message::{self, Post};
use parlance_engine::person::Kind;
use parlance_engine::{ConversationId, presence};

use super::{header, html, letters, pair, parsed, pass, plain, user, with_mail, write};
use crate::support::{Database, MailServer, Server, until};

with_mail! {
    fn whoever_is_away_gets_an_e_mail_that_says_who_wrote_what(server: &Server, post: &MailServer) {
        let shop = server.workspace("shop");
        let (ada, _bob) = pair(server, &shop);
        write(&ada, "1", "Is it still there?\nI would take it.");
        pass(server, &shop, 10);
        let letter = &letters(post, 1)[0];
        assert_eq!((letter.from.as_str(), &letter.to[..]), ("notices@shop.test", &["bob@home.test".to_owned()][..]));
        assert_eq!(parsed(letter).subject(), Some("[#1] Is it still there?"));
        assert_eq!(header(letter, "From"), "\"The Shop\" <notices@shop.test>");
        assert_eq!(header(letter, "To"), "bob@home.test");
        assert_eq!(header(letter, "Auto-Submitted"), "auto-generated");
        assert_eq!(header(letter, "List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
        let text = plain(letter);
        assert!(text.starts_with("New in “Is it still there?” (#1):"), "{text}");
        assert!(text.contains("\nada, ") && text.contains("\n> Is it still there?\n> I would take it.\n"), "{text}");
        assert!(text.contains("\nRead and answer: https://shop.test\n"), "{text}");
        let html = html(letter);
        assert!(html.contains("Is it still there?<br>\nI would take it."), "{html}");
        assert!(html.contains("<a href=\"https://shop.test\">") && !html.contains("<img"), "{html}");
    }

    fn what_is_said_soon_after_is_one_e_mail_in_the_same_thread(server: &Server, post: &MailServer) {
        let shop = server.workspace("shop");
        let (ada, _bob) = pair(server, &shop);
        write(&ada, "1", "One");
        pass(server, &shop, 10);
        for body in ["Two", "Three"] {
            write(&ada, "1", body);
            pass(server, &shop, 10);
        }
        letters(post, 1);
        pass(server, &shop, 900);
        let letters = letters(post, 2);
        let text = plain(&letters[1]);
        assert!(text.contains("> Two\n") && text.contains("> Three\n") && !text.contains("> One\n"), "{text}");
        let ids = letters.iter().map(|letter| header(letter, "Message-ID")).collect::<Vec<_>>();
        let threads = letters.iter().map(|letter| header(letter, "In-Reply-To")).collect::<Vec<_>>();
        assert!(ids[0] != ids[1] && threads[0] == threads[1]);
        assert_eq!(header(&letters[1], "References"), threads[1]);
        pass(server, &shop, 5_000);
        crate::mail::letters(post, 2);
    }

    fn who_made_a_request_is_there_whoever_vouches_for_them(server: &Server, post: &MailServer) {
        let shop = server.workspace("shop");
        let (ada, bob) = pair(server, &shop);
        bob.get("/user/stats").expect(200);
        let id = bob.id;
        until("presence", || server.operator(Some(&shop), move |cx| presence::last(cx, id)).is_some());
        write(&ada, "1", "Are you there?");
        pass(server, &shop, 10);
        letters(post, 0);
        pass(server, &shop, 300);
        letters(post, 1);
    }

    fn who_has_read_it_gets_nothing(server: &Server, post: &MailServer) {
        let shop = server.workspace("shop");
        let (ada, bob) = pair(server, &shop);
        let id = write(&ada, "1", "Read me");
        bob.get(&format!("/conversations/{id}/messages")).expect(200);
        until("the note", || bob.get("/user/stats").expect(200)["messages"]["unread"] == 0);
        pass(server, &shop, 1_000);
        letters(post, 0);
    }

    fn an_internal_message_reaches_agents_alone(server: &Server, post: &MailServer) {
        let shop = server.workspace("shop");
        let (ada, _bob) = pair(server, &shop);
        let [one, two] = ["one", "two"].map(|name| user(server, &shop, Kind::Agent, name));
        let id: ConversationId = write(&ada, "1", "Help").parse().unwrap();
        let say = |who: &crate::support::User<'_>, body: &str, internal: bool| {
            server.clock.forward(1);
            let new = Post { internal, ..Post::new(id, body.into()) };
            let session = {
                let token = who.token.clone();
                let open = move |cx: &mut parlance_engine::Cx<'_>| parlance_engine::credential::by_token(cx, &token);
                server.engine.read_blocking(parlance_engine::Principal::Nobody, open).unwrap()
            };
            server.engine.write_blocking(session.caller.into(), move |cx| message::post(cx, &new)).unwrap();
        };
        say(&one, "I can help", false);
        pass(server, &shop, 2_000);
        let before = post.letters().len();
        say(&two, "She is angry", true);
        pass(server, &shop, 2_000);
        let letters = letters(post, before + 1);
        assert_eq!(letters[before].to, ["one@home.test"]);
        assert!(plain(&letters[before]).contains("for agents alone"));
    }
}

#[test]
fn without_a_mail_server_nothing_is_written_down() {
    let server = Server::start(Database::sqlite());
    let shop = server.workspace("shop");
    let (ada, bob) = pair(&server, &shop);
    bob.get("/user/stats").expect(200);
    write(&ada, "1", "Hello");
    bob.get("/v2/notification-unread-counts").expect(200);
    server.stop();
    let id = bob.id;
    assert_eq!(server.operator(Some(&shop), move |cx| presence::last(cx, id)), None);
    server.clock.forward(1_000);
    let due = server.operator(None, |cx| parlance_engine::notice::due(cx, 10));
    assert_eq!(due, []);
}

#[test]
fn two_nodes_send_an_e_mail_once() {
    let Some(database) = Database::postgres() else { return };
    let post = MailServer::open();
    let server = super::server(database, &post);
    let _other = server.another_node_with(|config| super::configure(config, post.port()));
    let shop = server.workspace("shop");
    let (ada, _bob) = pair(&server, &shop);
    for order in 0..12 {
        write(&ada, &order.to_string(), "Hello");
    }
    pass(&server, &shop, 10);
    letters(&post, 12);
    pass(&server, &shop, 2_000);
    letters(&post, 12);
}
