//! Tokens that a workspace's own backend signs with a private key, whose public half it publishes.

use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use parlance_engine::workspace::{self, Jwt};
use serde_json::{Value, json};

use super::signed::{claims, sign};
use crate::support::{Answer, Database, KeyServer, Server, on_both};

/// A private key with its id and the algorithm it is for.
struct Key {
    kid: &'static str,
    algorithm: Algorithm,
    private: EncodingKey,
}

impl Key {
    fn rsa() -> Key {
        let private = EncodingKey::from_rsa_der(include_bytes!("keys/rsa.der"));
        Key { kid: "r1", algorithm: Algorithm::RS256, private }
    }

    fn next_rsa() -> Key {
        let private = EncodingKey::from_rsa_der(include_bytes!("keys/rsa_next.der"));
        Key { kid: "r2", algorithm: Algorithm::RS256, private }
    }

    fn ec() -> Key {
        Key {
            kid: "e1",
            algorithm: Algorithm::ES256,
            private: EncodingKey::from_ec_der(include_bytes!("keys/ec.der")),
        }
    }

    fn ed() -> Key {
        Key {
            kid: "d1",
            algorithm: Algorithm::EdDSA,
            private: EncodingKey::from_ed_der(include_bytes!("keys/ed.der")),
        }
    }

    /// As it stands in a set.
    fn public(&self) -> Value {
        let mut jwk = Jwk::from_encoding_key(&self.private, self.algorithm).expect("a key");
        jwk.common.key_id = Some(self.kid.to_owned());
        serde_json::to_value(jwk).expect("JSON")
    }

    fn token(&self, kid: Option<&str>) -> String {
        let header = Header { kid: kid.map(str::to_owned), ..Header::new(self.algorithm) };
        sign(&header, &claims("ada"), &self.private)
    }

    fn named(&self) -> String {
        self.token(Some(self.kid))
    }
}

fn publish(keys: &KeyServer, set: &[&Key]) {
    let set: Vec<Value> = set.iter().map(|key| key.public()).collect();
    keys.say(json!({ "keys": set }).to_string().as_bytes());
}

fn by_keys(url: String) -> workspace::Change {
    workspace::Change { jwt: Some(Some(Jwt::Jwks(url))), ..workspace::Change::default() }
}

fn ask(server: &Server, token: &str) -> Answer {
    server.send(server.request(reqwest::Method::GET, "/conversations").bearer_auth(token))
}

on_both! {
    fn a_key_of_every_kind_is_found_by_its_id(server: &Server) {
        let keys = KeyServer::start();
        let (rsa, ec, ed) = (Key::rsa(), Key::ec(), Key::ed());
        publish(&keys, &[&rsa, &ec, &ed]);
        server.workspace_with("shop", by_keys(keys.url()));
        for key in [&rsa, &ec, &ed] {
            ask(server, &key.named()).expect(200);
            // Without an id the algorithm tells, where it fits one key.
            ask(server, &key.token(None)).expect(200);
        }
        assert_eq!(keys.asked(), 1);
        for (key, kid) in [(&rsa, "e1"), (&ec, "r1"), (&ed, "r1"), (&rsa, "")] {
            ask(server, &key.token(Some(kid))).expect(401);
        }
        ask(server, &Key { kid: "r1", ..Key::next_rsa() }.named()).expect(401);
        publish(&keys, &[&rsa, &Key::next_rsa()]);
        server.clock.forward(301);
        ask(server, &rsa.named()).expect(200);
        ask(server, &rsa.token(None)).expect(401);
    }

    fn a_new_key_is_asked_for_but_not_more_often_than_every_ten_seconds(server: &Server) {
        let keys = KeyServer::start();
        let (old, new) = (Key::rsa(), Key::next_rsa());
        publish(&keys, &[&old]);
        server.workspace_with("shop", by_keys(keys.url()));
        ask(server, &old.named()).expect(200);
        publish(&keys, &[&new]);
        std::thread::scope(|threads| {
            let asking: Vec<_> = (0..10).map(|_| threads.spawn(|| ask(server, &new.named()).status)).collect();
            assert!(asking.into_iter().all(|asked| asked.join().unwrap() == 401));
        });
        assert_eq!(keys.asked(), 1);
        server.clock.forward(11);
        ask(server, &new.named()).expect(200);
        ask(server, &old.named()).expect(401);
        assert_eq!(keys.asked(), 2);
    }

    fn keys_that_were_had_once_stay_in_use_while_their_server_is_away(server: &Server) {
        let keys = KeyServer::start();
        let (rsa, ec) = (Key::rsa(), Key::ec());
        publish(&keys, &[&rsa]);
        server.workspace_with("shop", by_keys(keys.url()));
        ask(server, &rsa.named()).expect(200);
        for (answer, _why) in [
            (b"HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\n\r\n".to_vec(), "an error"),
            (b"HTTP/1.1 200 OK\r\ncontent-length: 999\r\n\r\n{\"keys\":[".to_vec(), "half an answer"),
            (Vec::new(), "nothing"),
        ] {
            keys.say_raw(answer);
            server.clock.forward(301);
            ask(server, &rsa.named()).expect(200);
            ask(server, &ec.named()).expect(401);
        }
        drop(keys);
        server.clock.forward(301);
        ask(server, &rsa.named()).expect(200);
    }

    fn keys_that_were_never_had_are_503_for_their_workspace_alone(server: &Server) {
        let (gone, keys) = (KeyServer::start(), KeyServer::start());
        let (rsa, ec) = (Key::rsa(), Key::ec());
        publish(&keys, &[&ec]);
        server.workspace_with("down", by_keys(gone.url()));
        drop(gone);
        let shop = server.workspace_with("shop", by_keys(keys.url()));
        let refusal = ask(server, &rsa.named());
        assert_eq!(refusal.expect(503)["code"], "busy");
        assert_eq!(refusal.headers["retry-after"], "1");
        ask(server, &ec.named()).expect(200);
        let bob = server.customer(&shop, "bob");
        bob.get("/conversations").expect(200);
    }

    fn what_is_no_set_of_keys_gives_none(server: &Server) {
        let keys = KeyServer::start();
        let rsa = Key::rsa();
        server.workspace_with("shop", by_keys(keys.url()));
        let big = json!({"keys": [rsa.public()], "padding": "x".repeat(300_000)}).to_string();
        let redirect = format!("HTTP/1.1 302 Found\r\nlocation: {}\r\ncontent-length: 0\r\n\r\n", keys.url());
        let garbage: [&[u8]; 6] = [b"", b"<html>", b"{}", b"[]", b"{\"keys\":{}}", big.as_bytes()];
        for (round, body) in garbage.iter().enumerate() {
            keys.say(body);
            server.clock.forward(11);
            assert_eq!(ask(server, &rsa.named()).status, 503, "round {round}");
        }
        keys.say_raw(redirect.into_bytes());
        server.clock.forward(11);
        ask(server, &rsa.named()).expect(503);
        assert_eq!(keys.asked(), garbage.len() + 1);
        keys.say(b"{\"keys\":[]}");
        server.clock.forward(11);
        ask(server, &rsa.named()).expect(401);
    }

    fn a_public_key_is_no_secret(server: &Server) {
        let keys = KeyServer::start();
        let rsa = Key::rsa();
        let shared = b"0123456789abcdef0123456789abcdef";
        // A symmetric key in a public set is one that everybody has.
        let oct = json!({"kty": "oct", "k": "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY", "kid": "o1", "alg": "HS256"});
        keys.say(json!({"keys": [rsa.public(), oct]}).to_string().as_bytes());
        server.workspace_with("shop", by_keys(keys.url()));
        ask(server, &rsa.named()).expect(200);
        let modulus = rsa.public()["n"].as_str().unwrap().to_owned();
        let guesses: [&[u8]; 4] = [shared, modulus.as_bytes(), rsa.public().to_string().leak().as_bytes(), b""];
        for secret in guesses {
            for kid in [None, Some("r1"), Some("o1")] {
                let header = Header { kid: kid.map(str::to_owned), ..Header::new(Algorithm::HS256) };
                ask(server, &sign(&header, &claims("ada"), &EncodingKey::from_secret(secret))).expect(401);
            }
        }
        assert_eq!(keys.asked(), 1);
    }
}
