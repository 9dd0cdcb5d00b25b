//! What is read: by whom, in which parts, and under which headers.

use parlance_engine::person;
use reqwest::Method;
use serde_json::json;

use super::{Desk, look, png, text};
use crate::support::{Database, Server, on_both};

on_both! {
    fn a_file_is_read_by_who_sees_its_message_and_by_nobody_else(server: &Server) {
        let desk = Desk::open(server);
        let open = desk.hung("a.txt", b"open");
        let waiting = desk.upload(&desk.ada, "b.txt", b"waiting");
        let internal = desk.upload(&desk.agent, "c.txt", b"internal");
        desk.say(&desk.agent, json!({"messageContent": "c", "internal": true, "fileIds": [text(&internal, "id")]})).expect(201);
        let mallory = server.customer(&desk.workspace, "mallory");
        let elsewhere = server.workspace("elsewhere");
        let stranger = server.user(&elsewhere, person::Kind::Agent, "stranger");
        for (file, of_ada, of_agent) in [(&open, 200, 200), (&waiting, 200, 404), (&internal, 404, 200)] {
            for (who, status) in [(&desk.ada, of_ada), (&desk.agent, of_agent), (&mallory, 404), (&stranger, 404)] {
                who.get(&desk.access(file)).expect(status);
            }
            look(server, &desk.access(file), &[]).expect(401);
        }
        for id in ["x", "00000000-0000-7000-8000-000000000000", "file-1"] {
            desk.ada.get(&desk.access(&json!({"id": id}))).expect(404);
        }
    }

    fn a_token_opens_one_file_for_five_minutes(server: &Server) {
        let desk = Desk::open(server);
        let (file, other) = (desk.hung("a.txt", b"one"), desk.hung("b.txt", b"two"));
        let key = desk.key(&desk.agent, &file);
        let id = text(&file, "id");
        let open = |id: &str, key: &str| look(server, &format!("/v2/files/{id}"), &[("token", key)]).status.as_u16();
        assert_eq!(open(&id, &key), 200);
        assert_eq!(open(&id.to_uppercase(), &key), 200);
        assert_eq!(open("file-1", &key), 200);
        for wrong in [&text(&other, "id"), "file-2", "file-01x", "file-", "x", "00000000-0000-7000-8000-000000000000"] {
            assert_eq!(open(wrong, &key), 404, "{wrong}");
        }
        let mut forged = key.clone().into_bytes();
        forged[20] ^= 1;
        for wrong in ["", "jwt", &key[1..], &String::from_utf8(forged).unwrap(), &desk.ada.token] {
            assert_eq!(open(&id, wrong), 401, "{wrong}");
        }
        for unknown in [id.as_str(), "file-1", "00000000-0000-7000-8000-000000000000", "x"] {
            look(server, &format!("/v2/files/{unknown}"), &[]).expect(401);
            look(server, &format!("/v2/files/{unknown}/meta"), &[]).expect(401);
        }
        assert_eq!(desk.ada.get(&format!("/v2/files/{id}")).status, 401, "their API token is no token of the file");
        server.clock.forward(5 * 60);
        assert_eq!(open(&id, &key), 401);
    }

    fn a_file_is_served_as_itself_to_be_saved_and_an_image_within_a_page_if_that_is_asked(server: &Server) {
        let desk = Desk::open(server);
        let file = desk.hung("Übersicht \"1\".csv", b"a;b");
        let (id, key) = (text(&file, "id"), desk.key(&desk.ada, &file));
        let path = format!("/v2/files/{id}");
        let shown = look(server, &path, &[("token", &key), ("accept", "application/json, text/plain, */*")]);
        for (name, value) in [
            ("content-type", "text/csv"),
            ("content-disposition", "attachment; filename=\"_bersicht _1_.csv\"; filename*=UTF-8''%C3%9Cbersicht%20_1_.csv"),
            ("content-length", "3"),
            ("x-content-type-options", "nosniff"),
            ("content-security-policy", "default-src 'none'; sandbox"),
            ("cache-control", "private, no-store"),
            ("accept-ranges", "bytes"),
        ] {
            assert_eq!(shown.headers[name], value, "{name}");
        }
        // What the Python client always asks for.
        let python = "?accept=application%2Foctet-stream&content-disposition=inline";
        let headers = [("token", key.as_str()), ("accept", "application/octet-stream"), ("content-disposition", "inline")];
        let asked = look(server, &format!("{path}{python}"), &headers);
        assert_eq!(asked.headers["content-type"], "application/octet-stream");
        assert!(asked.headers["content-disposition"].to_str().unwrap().starts_with("attachment"));
        let image = desk.hung("a.png", &png());
        let key = desk.key(&desk.ada, &image);
        let path = format!("/v2/files/{}/whatever%2F..%2F%00.html", text(&image, "id"));
        for (query, header, place) in [("", "", "attachment"), ("?content-disposition=inline", "", "inline"), ("", "inline", "inline"), ("?content-disposition=attachment", "inline", "attachment")] {
            let seen = look(server, &format!("{path}{query}"), &[("token", &key), ("content-disposition", header)]);
            assert_eq!(seen.expect_bytes(200).len() as i64, image["sizeInBytes"].as_i64().unwrap());
            let said = format!("{place}; filename=\"a.png\"; filename*=UTF-8''a.png");
            assert_eq!((&seen.headers["content-type"], &seen.headers["content-disposition"]), (&"image/png".parse().unwrap(), &said.parse().unwrap()));
        }
        for query in ["accept=text/html", "content-disposition=x", "accept=application/octet-stream&accept=application/octet-stream"] {
            look(server, &format!("{path}?{query}"), &[("token", &key)]).expect(400);
        }
    }

    fn a_file_is_text_in_base64_for_who_asks_so(server: &Server) {
        let desk = Desk::open(server);
        for length in [1, 2, 3, 100_000, 200_001] {
            let bytes: Vec<u8> = (0..length).map(|n: u32| b"abcdefghijklm"[n as usize % 13]).collect();
            let file = desk.hung("a.txt", &bytes);
            let (path, key) = (format!("/v2/files/{}", text(&file, "id")), desk.key(&desk.ada, &file));
            for (query, accept) in [("?accept=text/plain;base64", "*/*"), ("?accept=text%2Fplain%3Bbase64", ""), ("", "text/plain;base64")] {
                let coded = look(server, &format!("{path}{query}"), &[("token", &key), ("accept", accept), ("range", "bytes=0-1")]);
                assert_eq!(coded.headers["content-type"], "text/plain;base64");
                assert_eq!(coded.headers["content-length"], coded.body.len().to_string());
                assert_eq!(base64::Engine::decode(&base64::engine::general_purpose::STANDARD, coded.expect_bytes(200)).unwrap(), bytes);
            }
        }
    }

    fn a_part_of_a_file_is_served(server: &Server) {
        let desk = Desk::open(server);
        let file = desk.hung("a.txt", b"0123456789");
        let (path, key) = (format!("/v2/files/{}", text(&file, "id")), desk.key(&desk.ada, &file));
        let etag = format!("\"{}\"", text(&file, "id"));
        let part = |range: &str, more: &[(&str, &str)]| look(server, &path, &[&[("token", key.as_str()), ("range", range)], more].concat());
        for (range, place, bytes) in [("bytes=2-4", "bytes 2-4/10", "234"), ("bytes=7-", "bytes 7-9/10", "789"), ("bytes=-2", "bytes 8-9/10", "89"), ("bytes=5-99", "bytes 5-9/10", "56789")] {
            for more in [&[][..], &[("if-range", etag.as_str())]] {
                let answer = part(range, more);
                assert_eq!((answer.status.as_u16(), &answer.headers["content-range"], answer.body.as_slice()), (206, &place.parse().unwrap(), bytes.as_bytes()));
                assert_eq!(answer.headers["content-length"], bytes.len().to_string());
            }
        }
        for range in ["bytes=0-1,4-5", "bytes=4-2", "lines=0-1", "garbage", ""] {
            assert_eq!(part(range, &[]).expect_bytes(200), b"0123456789", "{range}");
        }
        for old in ["\"other\"", "Wed, 21 Oct 2015 07:28:00 GMT", "W/x"] {
            assert_eq!(part("bytes=2-4", &[("if-range", old)]).expect_bytes(200), b"0123456789", "{old}");
        }
        let behind = part("bytes=10-", &[]);
        assert_eq!((behind.status.as_u16(), &behind.headers["content-range"]), (416, &"bytes */10".parse().unwrap()));
        let known = look(server, &path, &[("token", &key), ("if-none-match", &etag)]);
        assert_eq!((known.status.as_u16(), known.body.len(), &known.headers["etag"]), (304, 0, &etag.parse().unwrap()));
        let head = server.send(server.request(Method::HEAD, &path).header("token", &key));
        assert_eq!((head.status.as_u16(), &head.headers["content-length"], head.body.len()), (200, &"10".parse().unwrap(), 0));
    }
}
