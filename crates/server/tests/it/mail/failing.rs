//! A mail server that refuses, hangs up, is silent, slow or gone.

use std::time::Duration;

use super::{header, letters, pair, pass, with_mail, write};
use crate::support::{Database, MailServer, Manner, Server, until};

with_mail! {
    fn what_is_refused_for_now_is_sent_later_and_is_the_same_e_mail(server: &Server, post: &MailServer) {
        let shop = server.workspace("shop");
        let (ada, _bob) = pair(server, &shop);
        let passing = [
            Manner::Refuse("MAIL", "451 come back later"),
            Manner::Refuse("RCPT", "450 mailbox busy"),
            Manner::Refuse(".", "452 full"),
            Manner::HangUp("DATA"),
            Manner::HangUp("."),
            Manner::Refuse("MAIL", "535 who are you"),
        ];
        write(&ada, "1", "Hello");
        let mut seconds = 10;
        for manner in passing {
            let tries = post.tries();
            let counts = !matches!(manner, Manner::Refuse("MAIL", _));
            post.behave(manner);
            pass(server, &shop, seconds);
            if counts {
                until("a try", || post.tries() > tries);
            }
            letters(post, 0);
            seconds = if seconds == 10 { 60 } else { seconds * 2 };
        }
        post.behave(Manner::Take);
        pass(server, &shop, 3_600);
        let letters = letters(post, 1);
        assert!(header(&letters[0], "Message-ID").starts_with("<0."));
        pass(server, &shop, 100_000);
        crate::mail::letters(post, 1);
    }

    fn what_is_refused_for_good_is_not_sent_again(server: &Server, post: &MailServer) {
        let shop = server.workspace("shop");
        let (ada, _bob) = pair(server, &shop);
        post.behave(Manner::Refuse("RCPT", "550 no such user"));
        write(&ada, "1", "Hello");
        pass(server, &shop, 10);
        until("the try", || post.tries() == 1);
        post.behave(Manner::Take);
        pass(server, &shop, 100_000);
        letters(post, 0);
        assert_eq!(post.tries(), 1);
        write(&ada, "1", "Try once more");
        pass(server, &shop, 10);
        letters(post, 1);
    }

    fn what_takes_too_long_is_sent_again(server: &Server, post: &MailServer) {
        let shop = server.workspace("shop");
        let (ada, _bob) = pair(server, &shop);
        post.behave(Manner::Silent);
        write(&ada, "1", "Hello");
        pass(server, &shop, 10);
        letters(post, 1);
        post.behave(Manner::Slow(Duration::from_millis(300)));
        pass(server, &shop, 100);
        // It was taken and not said so: then it comes twice, and can be told to be the same.
        let letters = letters(post, 2);
        assert_eq!(header(&letters[0], "Message-ID"), header(&letters[1], "Message-ID"));
    }
}

#[test]
fn a_server_that_stops_lets_what_is_on_its_way_arrive() {
    let post = MailServer::open();
    let server = super::server(Database::sqlite(), &post);
    let shop = server.workspace("shop");
    let (ada, _bob) = pair(&server, &shop);
    post.behave(Manner::Slow(Duration::from_millis(400)));
    write(&ada, "1", "Hello");
    super::owe(&server, &shop);
    server.clock.forward(10);
    until("the try", || post.tries() == 1);
    server.stop();
    letters(&post, 1);
    server.clock.forward(100_000);
    let due = server.operator(None, |cx| parlance_engine::notice::due(cx, 10));
    assert_eq!(due, [], "it is noted as sent");
}
