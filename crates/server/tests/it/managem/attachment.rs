//! Images in three steps (contract §1.7 to §1.10), and everything that can be in the way.

use reqwest::Method;
use serde_json::{Value, json};

use super::talk::{Talk, png, text};
use crate::support::{Answer, Database, Server, User, on_both};

fn put(server: &Server, url: &str, bytes: Vec<u8>) -> Answer {
    server.send(server.request(Method::PUT, url).body(bytes))
}

/// A POST of a body that calls itself a form.
fn post(server: &Server, url: &str, content_type: &str, body: &[u8]) -> Answer {
    server.send(server.request(Method::POST, url).header("content-type", content_type).body(body.to_vec()))
}

fn look(server: &Server, url: &str) -> Answer {
    server.send(server.request(Method::GET, url))
}

fn shown(who: &User<'_>) -> Vec<Value> {
    who.get("/conversations").expect(200)[0]["lastMessage"]["attachments"].as_array().unwrap().clone()
}

on_both! {
    fn an_image_hangs_on_a_message_after_three_steps(server: &Server) {
        let shop = server.workspace("shop");
        let (ada, bob) = (server.customer(&shop, "ada"), server.customer(&shop, "bob"));
        let talk = Talk::begin(server, &ada);
        let (path, image) = (talk.attachments(), json!({"id": talk.draft}));
        assert_eq!(ada.patch(&path, &image).expect(400)["code"], "invalid");
        put(server, &talk.upload_url, png()).expect(200);
        assert_eq!(put(server, &talk.upload_url, png()).expect(409)["code"], "conflict");
        let attachment = ada.patch(&path, &image).expect(200);
        assert_eq!(ada.patch(&path, &image).expect(200), attachment);
        assert_eq!(attachment["id"], attachment["imageId"]);
        assert_eq!(shown(&bob)[1], attachment);

        let view = look(server, &text(&attachment, "url"));
        let headers = [
            ("content-type", "image/png"),
            ("content-disposition", "inline; filename=\"image.png\"; filename*=UTF-8''image.png"),
            ("x-content-type-options", "nosniff"),
            ("content-security-policy", "default-src 'none'; sandbox"),
            ("cache-control", "private, max-age=3600"),
        ];
        headers.iter().for_each(|(name, value)| assert_eq!(view.headers[*name], value, "{name}"));
        assert!(image::load_from_memory(&view.body).is_ok());

        let one = format!("{path}/{}", talk.draft);
        ada.delete(&one).expect(204);
        ada.delete(&one).expect(404);
        look(server, &text(&attachment, "url")).expect(404);
        assert_eq!(ada.patch(&path, &image).expect(404)["code"], "not_found");
        assert_eq!(shown(&bob).len(), 1);
    }

    fn what_is_no_image_is_taken_and_then_rejected_with_reasons_for_good(server: &Server) {
        let shop = server.workspace("shop");
        let (ada, _bob) = (server.customer(&shop, "ada"), server.customer(&shop, "bob"));
        let talk = Talk::begin(server, &ada);
        let bodies: [&[u8]; 6] = [
            b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
            b"<!doctype html><script>alert(1)</script>",
            b"GIF89a/*<script>alert(1)</script>*/",
            b"%PDF-1.7",
            b"\x89PNG\r\n\x1a\n",
            &png()[..40],
        ];
        for body in bodies {
            let draft = ada.post(&talk.attachments(), &json!({})).expect(201);
            put(server, &text(&draft, "uploadURL"), body.to_vec()).expect(200);
            for _ in 0..2 {
                let refusal = ada.patch(&talk.attachments(), &json!({"id": draft["id"]})).expect(451);
                assert_eq!(refusal["code"], "rejected");
                assert!(!refusal["reasons"].as_array().unwrap().is_empty());
            }
            put(server, &text(&draft, "uploadURL"), png()).expect(409);
            ada.delete(&format!("{}/{}", talk.attachments(), text(&draft, "id"))).expect(204);
        }
        assert_eq!(shown(&ada).len(), 1);
    }

    fn a_message_takes_ten_images_and_drafts_that_may_still_come_count(server: &Server) {
        let shop = server.workspace("shop");
        let (ada, _bob) = (server.customer(&shop, "ada"), server.customer(&shop, "bob"));
        let talk = Talk::begin(server, &ada);
        let drafts: Vec<Value> = (0..7).map(|_| ada.post(&talk.attachments(), &json!({})).expect(201)).collect();
        let before = server.dump();
        assert_eq!(ada.post(&talk.attachments(), &json!({})).expect(409)["code"], "conflict");
        assert_eq!(server.dump(), before);
        ada.delete(&format!("{}/{}", talk.attachments(), text(&drafts[0], "id"))).expect(204);
        put(server, &text(&drafts[0], "uploadURL"), png()).expect(409);
        ada.post(&talk.attachments(), &json!({})).expect(201);
        ada.post(&talk.attachments(), &json!({})).expect(409);
        // A draft whose link has ended holds no place any more.
        server.clock.forward(15 * 60 + 1);
        ada.post(&talk.attachments(), &json!({})).expect(201);
    }

    fn an_upload_link_ends_after_a_quarter_of_an_hour(server: &Server) {
        let shop = server.workspace("shop");
        let (ada, _bob) = (server.customer(&shop, "ada"), server.customer(&shop, "bob"));
        let talk = Talk::begin(server, &ada);
        server.clock.forward(14 * 60);
        put(server, &talk.upload_url, Vec::new()).expect(400);
        server.clock.forward(61);
        let before = server.dump();
        assert_eq!(put(server, &talk.upload_url, png()).expect(404)["code"], "not_found");
        assert_eq!(server.dump(), before);
        look(server, &talk.view_url).expect_bytes(200);
    }

    fn a_link_that_was_tampered_with_opens_nothing(server: &Server) {
        let shop = server.workspace("shop");
        let (ada, _bob) = (server.customer(&shop, "ada"), server.customer(&shop, "bob"));
        let talk = Talk::begin(server, &ada);
        let before = server.dump();
        let (folder, link) = talk.view_url.rsplit_once('/').unwrap();
        for at in 0..link.len() {
            let other = if &link[at..=at] == "A" { "B" } else { "A" };
            let tampered = format!("{folder}/{}{other}{}", &link[..at], &link[at + 1..]);
            assert_eq!(look(server, &tampered).expect(404)["code"], "not_found", "at {at}");
        }
        let odd = [&link[1..], &link[..65], "", "A", "%00", "%2e%2e%2f", &format!("{link}A"), &format!("{link}%3D"), &"A".repeat(66)];
        for odd in odd {
            assert_eq!(look(server, &format!("{folder}/{odd}")).expect(404)["code"], "not_found", "{odd}");
            let upload = format!("{}/{odd}", folder.replace("/files", "/uploads"));
            put(server, &upload, png()).expect(404);
        }
        assert_eq!(server.dump(), before);
    }

    fn an_upload_is_no_larger_than_ten_megabytes(server: &Server) {
        let shop = server.workspace("shop");
        let (ada, _bob) = (server.customer(&shop, "ada"), server.customer(&shop, "bob"));
        let talk = Talk::begin(server, &ada);
        let before = server.dump();
        let large = vec![0; 10 * 1024 * 1024 + 1];
        assert_eq!(put(server, &talk.upload_url, large.clone()).expect(413)["code"], "payload_too_large");
        let head = b"--b\r\ncontent-disposition: form-data; name=\"file\"\r\n\r\n".as_slice();
        let form = [head, &large, b"\r\n--b--\r\n"].concat();
        assert_eq!(post(server, &talk.upload_url, "multipart/form-data; boundary=b", &form).expect(413)["code"], "payload_too_large");
        assert_eq!(server.dump(), before);
        put(server, &talk.upload_url, large[1..].to_vec()).expect(200);
    }

    fn a_form_of_the_wrong_shape_is_refused_and_the_link_stays_good(server: &Server) {
        let shop = server.workspace("shop");
        let (ada, _bob) = (server.customer(&shop, "ada"), server.customer(&shop, "bob"));
        let talk = Talk::begin(server, &ada);
        let before = server.dump();
        let form = "multipart/form-data; boundary=b";
        let part = "content-disposition: form-data; name=\"file\"";
        let wrong: [(&str, String); 12] = [
            (form, String::new()),
            (form, "--b--\r\n".into()),
            (form, "no form".into()),
            (form, format!("--b\r\n{part}\r\n\r\n\r\n--b--\r\n")),
            (form, format!("--b\r\n{part}\r\n\r\nhalf")),
            (form, format!("--b\r\n{part}\r\n")),
            (form, "--b\r\ncontent-disposition: form-data; name=\"other\"\r\n\r\nx\r\n--b--\r\n".into()),
            (form, "--b\r\n\r\nx\r\n--b--\r\n".into()),
            (form, format!("--c\r\n{part}\r\n\r\nx\r\n--c--\r\n")),
            ("multipart/form-data", format!("--b\r\n{part}\r\n\r\nx\r\n--b--\r\n")),
            ("image/png", "x".into()),
            ("application/x-www-form-urlencoded", "file=x".into()),
        ];
        for (content_type, body) in &wrong {
            let refusal = post(server, &talk.upload_url, content_type, body.as_bytes());
            assert_eq!(refusal.status, 400, "{content_type} {body:?}");
            assert!(refusal.json()["code"].is_string(), "{content_type} {body:?}");
        }
        put(server, &talk.upload_url, Vec::new()).expect(400);
        assert_eq!(server.dump(), before);
        let with_more = "--b\r\ncontent-disposition: form-data; name=\"other\"\r\n\r\nx\r\n--b\r\n";
        let head = format!("{with_more}{part}; filename=\"../../etc/passwd\"\r\ncontent-type: text/html\r\n\r\n");
        let right = [head.as_bytes(), &png(), b"\r\n--b--\r\n"].concat();
        post(server, &talk.upload_url, form, &right).expect(200);
        ada.patch(&talk.attachments(), &json!({"id": talk.draft})).expect(200);
    }

    fn of_two_uploads_at_once_one_is_taken(server: &Server) {
        let shop = server.workspace("shop");
        let (ada, _bob) = (server.customer(&shop, "ada"), server.customer(&shop, "bob"));
        let talk = Talk::begin(server, &ada);
        let mut statuses: Vec<u16> = std::thread::scope(|threads| {
            let sending: Vec<_> = (0..6).map(|_| threads.spawn(|| put(server, &talk.upload_url, png()).status.as_u16())).collect();
            sending.into_iter().map(|sent| sent.join().unwrap()).collect()
        });
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409, 409, 409, 409, 409]);
    }

    fn an_image_belongs_to_one_message_of_one_person(server: &Server) {
        let shop = server.workspace("shop");
        let (ada, bob) = (server.customer(&shop, "ada"), server.customer(&shop, "bob"));
        let talk = Talk::begin(server, &ada);
        let second = ada.post(&talk.messages(), &json!({"body": "Another"})).expect(201);
        let listing = json!({"source": {"type": "LISTING", "id": "l"}, "recipientId": "bob", "body": "Hi"});
        let other = ada.post("/conversations", &listing).expect(201);
        let of_bob = bob.post(&talk.messages(), &json!({"body": "Mine"})).expect(201);
        let before = server.dump();
        let places = [
            format!("{}/{}/attachments", talk.messages(), text(&second, "id")),
            format!("/conversations/{}/messages/{}/attachments", text(&other, "id"), text(&other["lastMessage"], "id")),
            format!("/conversations/{}/messages/{}/attachments", text(&other, "id"), talk.message),
        ];
        for place in &places {
            for image in [&talk.uploaded, &talk.attached, &talk.draft] {
                ada.patch(place, &json!({"id": image})).expect(404);
                ada.delete(&format!("{place}/{image}")).expect(404);
            }
        }
        let place = format!("{}/{}/attachments", talk.messages(), text(&of_bob, "id"));
        ada.post(&place, &json!({})).expect(404);
        bob.patch(&place, &json!({"id": talk.uploaded})).expect(404);
        for image in ["", "x", &talk.message, &talk.uploaded.to_ascii_uppercase()] {
            ada.patch(&talk.attachments(), &json!({"id": image})).expect(404);
        }
        for body in [json!({}), json!({"id": 1}), json!({"id": null}), json!([talk.uploaded]), json!({"ID": talk.uploaded})] {
            assert_eq!(ada.patch(&talk.attachments(), &body).expect(400)["code"], "invalid", "{body}");
        }
        assert_eq!(server.dump(), before);
    }

    fn a_locked_conversation_takes_no_image(server: &Server) {
        let shop = server.workspace("shop");
        let (ada, bob) = (server.customer(&shop, "ada"), server.customer(&shop, "bob"));
        let talk = Talk::begin(server, &ada);
        bob.post(&format!("/conversations/{}/lock", talk.conversation), &json!({})).expect(200);
        let before = server.dump();
        let refusals = [
            ada.post(&talk.attachments(), &json!({})),
            ada.patch(&talk.attachments(), &json!({"id": talk.uploaded})),
            ada.delete(&format!("{}/{}", talk.attachments(), talk.attached)),
            put(server, &talk.upload_url, png()),
        ];
        refusals.iter().for_each(|refusal| assert_eq!(refusal.expect(409)["code"], "locked"));
        assert_eq!(server.dump(), before);
        look(server, &talk.view_url).expect_bytes(200);
    }

    fn the_link_of_somebody_who_was_deactivated_is_dead(server: &Server) {
        let shop = server.workspace("shop");
        let (ada, _bob) = (server.customer(&shop, "ada"), server.customer(&shop, "bob"));
        let talk = Talk::begin(server, &ada);
        let (id, change) = (ada.id, parlance_engine::person::Change { active: Some(false), ..Default::default() });
        server.operator(Some(&shop), move |cx| parlance_engine::person::set(cx, id, &change));
        let before = server.dump();
        put(server, &talk.upload_url, png()).expect(404);
        assert_eq!(server.dump(), before);
    }
}
