use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Database, Server, User, on_both};

/// Ada's first message to Bob, as the path of its attachments.
fn attachments(ada: &User<'_>) -> String {
    let order = json!({"source": {"type": "ORDER", "id": "o-1"}, "recipientId": "bob", "body": "A picture:"});
    let conversation = ada.post("/conversations", &order).expect(201);
    let (id, message) = (&conversation["id"], &conversation["lastMessage"]["id"]);
    format!("/conversations/{}/messages/{}/attachments", id.as_str().unwrap(), message.as_str().unwrap())
}

fn png() -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::RgbImage::new(3, 2).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_else(|| panic!("no {key} in {value}"))
}

on_both! {
    fn an_image_hangs_on_a_message_after_three_steps(server: &Server) {
        let shop = server.workspace("shop");
        let (ada, bob) = (server.customer(&shop, "ada"), server.customer(&shop, "bob"));
        let path = attachments(&ada);
        let draft = ada.post(&path, &json!({})).expect(201);
        let image = json!({"id": draft["id"]});
        assert_eq!(ada.patch(&path, &image).expect(400)["code"], "invalid");

        let upload = || server.request(Method::PUT, text(&draft, "uploadURL")).body(png());
        server.send(upload()).expect(200);
        server.send(upload()).expect(409);
        let attachment = ada.patch(&path, &image).expect(200);
        assert_eq!(ada.patch(&path, &image).expect(200), attachment);

        let page = bob.get("/conversations").expect(200);
        assert_eq!(page[0]["lastMessage"]["attachments"], json!([attachment]));
        let shown = server.send(server.request(Method::GET, text(&attachment, "url")));
        assert_eq!(shown.headers["content-type"], "image/png");
        assert_eq!(shown.headers["x-content-type-options"], "nosniff");
        assert_eq!(shown.headers["content-security-policy"], "default-src 'none'; sandbox");
        assert!(image::load_from_memory(&shown.body).is_ok());

        let one = format!("{path}/{}", text(&attachment, "id"));
        assert_eq!(bob.delete(&one).expect(404)["code"], "not_found");
        ada.delete(&one).expect(204);
        server.send(server.request(Method::GET, text(&attachment, "url"))).expect(404);
        assert_eq!(bob.get("/conversations").expect(200)[0]["lastMessage"]["attachments"], json!([]));
    }

    fn what_is_no_image_is_taken_and_then_rejected_with_reasons(server: &Server) {
        let shop = server.workspace("shop");
        let (ada, _bob) = (server.customer(&shop, "ada"), server.customer(&shop, "bob"));
        let path = attachments(&ada);
        let draft = ada.post(&path, &json!({})).expect(201);
        let form = reqwest::multipart::Form::new().part("file", reqwest::multipart::Part::bytes("<svg/>".as_bytes()));
        server.send(server.request(Method::POST, text(&draft, "uploadURL")).multipart(form)).expect(200);
        let refusal = ada.patch(&path, &json!({"id": draft["id"]})).expect(451);
        assert_eq!(refusal["code"], "rejected");
        assert!(!refusal["reasons"].as_array().unwrap().is_empty());
    }
}
