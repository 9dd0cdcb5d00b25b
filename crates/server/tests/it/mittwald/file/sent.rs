//! What is sent: tokens, forms, pictures of people.

use parlance_engine::person;
use parlance_engine::workspace::Change;
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::json;

use super::{Desk, form, look, png, send, stored, text};
use crate::support::raw::hang_up_after;
use crate::support::{Database, Server, on_both};

on_both! {
    fn a_file_is_asked_for_sent_hung_on_a_message_and_read(server: &Server) {
        let desk = Desk::open(server);
        let path = format!("/v2/conversations/{}/files", desk.ticket);
        let asked = server.send(desk.ada.request(Method::POST, &path));
        let ticket = asked.expect(201);
        assert!(asked.headers["etag"].to_str().unwrap().parse::<i64>().is_ok());
        assert_eq!(ticket["rules"]["maxSizeInKB"], 25 * 1024);
        let token = text(&ticket, "uploadToken");
        assert!(!server.dump().contains(&token), "only its hash is kept");
        let sent = send(server, &token, "Brief an Eve.txt", "Grüße".as_bytes());
        let file = sent.expect(201);
        assert!(sent.headers["etag"].to_str().unwrap().parse::<i64>().is_ok());
        let id = text(&file, "id");
        assert_eq!(file, json!({"id": id, "shortId": "file-1", "name": "Brief an Eve.txt", "mimeType": "text/plain",
            "type": "text/plain", "sizeInBytes": 7, "friendlyUrl": format!("{id}/Brief%20an%20Eve.txt"),
            "friendlyURL": format!("{id}/Brief%20an%20Eve.txt")}));
        desk.say(&desk.ada, json!({"fileIds": [id]})).expect(201);
        let messages = desk.agent.get(&desk.messages()).expect(200);
        let said = messages.as_array().unwrap().iter().rfind(|item| item["type"] == "MESSAGE").unwrap();
        assert_eq!(said["files"], json!([{"id": id, "status": "uploaded", "name": "Brief an Eve.txt", "type": "text/plain"}]));
        let access = desk.agent.get(&desk.access(&file)).expect(200);
        let key = text(&access, "accessToken");
        let read = look(server, &format!("/v2/files/{id}"), &[("token", &key)]);
        assert_eq!(read.expect_bytes(200), "Grüße".as_bytes());
        assert_eq!(look(server, &format!("/v2/files/{id}/meta?token={key}"), &[]).expect(200), file);
    }

    fn a_ticket_is_named_by_its_short_id_and_the_bodies_of_all_clients_ask_for_an_upload(server: &Server) {
        let desk = Desk::open(server);
        for (content_type, body) in [("application/json", "[]"), ("application/json", "{}"), ("application/json", ""), ("application/x-www-form-urlencoded", ""), ("", "")] {
            for id in [desk.ticket.as_str(), "1"] {
                let request = desk.ada.request(Method::POST, &format!("/v2/conversations/{id}/files")).body(body);
                let request = if content_type.is_empty() { request } else { request.header("content-type", content_type) };
                assert_eq!(server.send(request).expect(201)["conversationId"], desk.ticket);
            }
        }
        desk.ada.post(&format!("/v2/conversations/{}/files", desk.ticket), &json!([1])).expect(400);
    }

    fn an_upload_is_asked_for_by_who_sees_the_ticket_and_may_write(server: &Server) {
        let desk = Desk::open(server);
        let mallory = server.customer(&desk.workspace, "mallory");
        let elsewhere = server.workspace("elsewhere");
        let stranger = server.user(&elsewhere, person::Kind::Agent, "stranger");
        let before = server.dump();
        let path = format!("/v2/conversations/{}/files", desk.ticket);
        for (who, status) in [(&mallory, 404), (&stranger, 404)] {
            who.post(&path, &json!({})).expect(status);
        }
        server.send(server.request(Method::POST, &path)).expect(401);
        for id in ["", "x", "2", "00000000-0000-7000-8000-000000000000", "%00"] {
            desk.ada.post(&format!("/v2/conversations/{id}/files"), &json!({})).expect(404);
        }
        assert_eq!(server.dump(), before);
    }

    fn a_message_takes_no_file_of_somebody_else_and_none_twice(server: &Server) {
        let desk = Desk::open(server);
        let (mine, hung, theirs) = (desk.upload(&desk.ada, "a.txt", b"x"), desk.hung("b.txt", b"x"), desk.upload(&desk.agent, "c.txt", b"x"));
        let [mine, hung, theirs] = [&mine, &hung, &theirs].map(|file| text(file, "id"));
        let before = server.dump();
        let unknown = "00000000-0000-7000-8000-000000000000";
        for files in [json!([theirs]), json!([hung]), json!([mine, unknown]), json!([mine, mine]), json!(vec![&mine; 11])] {
            let refused = desk.say(&desk.ada, json!({"messageContent": "x", "fileIds": files})).expect(400);
            assert_eq!(refused["validationErrors"][0]["path"], ".fileIds", "{files}");
        }
        assert_eq!(server.dump(), before);
        desk.say(&desk.ada, json!({"messageContent": "", "fileIds": [mine]})).expect(201);
    }

    fn a_token_is_good_for_one_upload(server: &Server) {
        let desk = Desk::open(server);
        let (used, late) = (desk.token(&desk.ada), desk.token(&desk.ada));
        send(server, &used, "a.txt", b"x").expect(201);
        server.clock.forward(15 * 60);
        let before = server.dump();
        let unknown = "3fa85f64-5717-4562-b3fc-2c963f66afa6";
        for (token, status, words) in [
            (used.as_str(), 422, "token is already used"),
            (&late, 400, "token has expired"),
            (unknown, 422, "token does not exist"),
            ("", 400, "token is invalid"),
            ("jwt", 400, "token is invalid"),
            (&late[1..], 400, "token is invalid"),
        ] {
            let refused = send(server, token, "a.txt", b"x").expect(status);
            assert!(text(&refused, "message").contains(words), "{refused}");
            assert_eq!(refused["validationErrors"][0]["path"], ".Token");
        }
        let missing = server.send(server.request(Method::POST, "/v2/files")).expect(400);
        assert_eq!(missing["validationErrors"][0]["type"], "required");
        assert_eq!((server.dump(), stored(server)), (before, 1));
    }

    fn of_several_uploads_at_once_one_is_taken(server: &Server) {
        let desk = Desk::open(server);
        let token = desk.token(&desk.ada);
        let mut statuses: Vec<u16> = std::thread::scope(|threads| {
            let sending: Vec<_> = (0..6).map(|_| threads.spawn(|| send(server, &token, "a.txt", &b"x".repeat(100_000)))).collect();
            sending.into_iter().map(|sent| sent.join().unwrap().status.as_u16()).collect()
        });
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 422, 422, 422, 422, 422]);
        assert_eq!(stored(server), 1);
    }

    fn a_form_that_is_none_leaves_nothing_behind(server: &Server) {
        let desk = Desk::open(server);
        let token = desk.token(&desk.ada);
        let before = server.dump();
        let part = |name: &str| format!("--b\r\ncontent-disposition: form-data; name=\"{name}\"; filename=\"a.txt\"\r\n\r\nx\r\n");
        let end = "--b--\r\n";
        let multipart = "multipart/form-data; boundary=b";
        for (content_type, body) in [
            ("", String::new()),
            ("application/json", "{\"file\":\"x\"}".into()),
            ("application/x-www-form-urlencoded", "file=x".into()),
            ("multipart/form-data", part("file") + end),
            (multipart, String::new()),
            (multipart, end.into()),
            (multipart, part("other") + end),
            (multipart, part("file") + &part("file") + end),
            (multipart, part("file")),
            (multipart, part("file")[..40].into()),
            (multipart, part("x").repeat(20) + &part("file") + end),
            (multipart, "--b\r\ncontent-disposition: form-data; name=\"file\"\r\n\r\nx\r\n--b--\r\n".into()),
        ] {
            let request = server.request(Method::POST, "/v2/files").header("token", &token);
            let request = if content_type.is_empty() { request } else { request.header("content-type", content_type) };
            let refused = server.send(request.body(body.clone())).expect(400);
            assert_eq!(refused["validationErrors"][0]["path"], ".file", "{body}");
        }
        assert_eq!((server.dump(), stored(server)), (before, 0));
        let more = Form::new().text("note", "x").part("file", Part::bytes(&b"x"[..]).file_name("a.txt")).text("after", "y");
        form(server, &token, more).expect(201);
    }

    fn who_hangs_up_leaves_nothing_behind(server: &Server) {
        let desk = Desk::open(server);
        let token = desk.token(&desk.ada);
        let body = format!("--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\n{}\r\n--b--\r\n", "x".repeat(300));
        let head = format!("POST /v2/files HTTP/1.1\r\nhost: x\r\ntoken: {token}\r\ncontent-type: multipart/form-data; boundary=b\r\ncontent-length: {}\r\n\r\n", body.len());
        let before = server.dump();
        let whole = [head.as_bytes(), body.as_bytes()].concat();
        for length in (0..whole.len() - 1).step_by(7) {
            hang_up_after(server.address(), &whole[..length]);
        }
        send(server, &token, "a.txt", b"x").expect(201);
        server.stop();
        assert_ne!(server.dump(), before);
        assert_eq!(stored(server), 1);
        let scratch = std::fs::read_dir(server.data()).unwrap().filter(|entry| entry.as_ref().unwrap().file_type().unwrap().is_file());
        assert_eq!(scratch.count(), 0, "nothing lies in the data folder itself");
    }

    fn rules_are_told_by_token_and_by_type(server: &Server) {
        let desk = Desk::open(server);
        let token = desk.token(&desk.ada);
        let of_type = |name: &str| look(server, &format!("/v2/file-upload-types/{name}/rules"), &[]).expect(200);
        let rules = of_type("conversation");
        assert_eq!((&rules["maxSizeInBytes"], &rules["maxNameLength"]), (&json!(26_214_400), &json!(150)));
        assert!(rules["fileTypes"].as_array().unwrap().contains(&json!({"mimeType": "image/jpeg", "extensions": [".jpg", ".jpeg", ".jpe"]})));
        assert!(rules["extensions"].as_array().unwrap().contains(&json!(".pdf")));
        for path in [format!("/v2/file-upload-tokens/{token}/rules"), format!("/v2/file-token-rules/{token}"), "/v2/file-type-rules/conversation".into()] {
            assert_eq!(look(server, &path, &[]).expect(200), rules, "{path}");
        }
        assert_eq!(of_type("avatar")["mimeTypes"], json!(["image/png", "image/jpeg", "image/webp", "image/gif"]));
        for name in ["anchorIcon", "x", "%00", "Conversation"] {
            look(server, &format!("/v2/file-upload-types/{name}/rules"), &[]).expect(404);
        }
        look(server, "/v2/file-upload-tokens/3fa85f64-5717-4562-b3fc-2c963f66afa6/rules", &[]).expect(404);
        look(server, "/v2/file-upload-tokens/x/rules", &[]).expect(400);
        let change = Change { file_extensions: Some(Some(vec!["txt".into()])), file_bytes_max: Some(2_000), ..Change::default() };
        server.operator(None, move |cx| parlance_engine::workspace::set(cx, "desk", &change));
        let own = desk.ada.get("/v2/file-upload-types/conversation/rules").expect(200);
        assert_eq!((&own["extensions"], &own["maxSizeInKB"]), (&json!([".txt"]), &json!(1)));
        assert_eq!(of_type("conversation"), rules, "nobody's workspace has no rules of its own");
        let refused = send(server, &token, "a.pdf", b"%PDF-").expect(406);
        assert!(text(&refused, "message").contains("is not allowed, allowed"));
    }

    fn a_picture_of_oneself_is_uploaded_and_seen_by_everybody(server: &Server) {
        let desk = Desk::open(server);
        let ask = |id: &str| server.send(desk.ada.request(Method::POST, &format!("/v2/users/{id}/avatar")));
        let ticket = ask("self").expect(200);
        assert_eq!(ticket["rules"]["maxSizeInBytes"], 5 * 1024 * 1024);
        let refused = send(server, &text(&ticket, "refId"), "me.txt", b"x").expect(406);
        assert!(text(&refused, "message").contains("is not allowed, allowed"));
        let picture = send(server, &text(&ticket, "refId"), "me.png", &png()).expect(201);
        let person = desk.ada.id;
        let who = server.operator(Some(&desk.workspace), move |cx| person::get(cx, person));
        assert_eq!(who.avatar_file.map(|id| json!(id.to_string())), Some(picture["id"].clone()));
        let conversation = desk.agent.get(&format!("/v2/conversations/{}", desk.ticket)).expect(200);
        assert_eq!(conversation["createdBy"]["avatarRefId"], picture["id"]);
        let path = format!("/v2/files/{}", text(&picture, "id"));
        for headers in [&[][..], &[("token", "garbage")], &[("authorization", "Bearer nonsense")]] {
            let seen = look(server, &path, headers);
            assert_eq!((seen.status.as_u16(), &seen.headers["cache-control"]), (200, &"public, max-age=3600".parse().unwrap()));
        }
        let next = ask(&desk.ada.id.to_string()).expect(200);
        send(server, &text(&next, "refId"), "me.png", &png()).expect(201);
        look(server, &path, &[]).expect(401);
        for id in [desk.agent.id.to_string(), "x".into(), "00000000-0000-7000-8000-000000000000".into()] {
            ask(&id).expect(403);
        }
        assert_eq!(ask("self").json()["rules"]["mimeTypes"].as_array().map(Vec::len), Some(4));
    }
}
