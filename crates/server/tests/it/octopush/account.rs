//! What an account says of itself, and the accounts within an account.

use parlance_engine::person::Kind;
use serde_json::{Value, json};

use super::base::error;
use super::inbox::{Agent, Inbox};
use crate::support::{Database, Server, on_both};

const PARAMETERS: &str = "/user/campaign-parameters";
const EDIT: &str = "/user/campaign-parameters/edit";

/// What the parameters are where nothing was said.
fn nothing_said() -> Value {
    json!({
        "sms_campaign_alert_parameters": {
            "alert_type": null, "alert_bound": null, "alert_emails_to": null, "alert_phone_number_to": null,
        },
        "campaign_parameters": {
            "sender_for_sms_premium": null, "sender_for_voice_sms": null, "phone_number_for_test_sms": null,
        },
        "callbacks": {
            "callback_url_for_inbounds": null, "callback_url_for_deliveries": null,
            "callback_url_for_blacklisted_numbers": null, "callback_url_for_visits": null,
            "email_for_inbounds": null, "api_version": null, "use_metadata_node_for_inbound": null,
        },
    })
}

on_both! {
    fn parameters_are_kept_and_shown_under_both_paths(server: &Server) {
        let inbox = Inbox::open(server, "shop");
        let agnes = &inbox.agnes;
        assert_eq!(agnes.get(PARAMETERS).expect(200), nothing_said());
        let said = agnes.patch(EDIT, &json!({
            "sms_campaign_alert_parameters": {"alert_bound": "12000", "alert_emails_to": ["a@example.com", "b@example.com"]},
            "campaign_parameters": {"sender_for_sms_premium": " Shop\u{0} "},
            "callbacks": {
                "callback_url_for_deliveries": "https://hooks.example.com/dlr", "use_metadata_node_for_inbound": true,
                "callback_url_for_inbounds": ["https://hooks.example.com/1", "https://hooks.example.com/2"],
            },
        })).expect(200);
        let mut expected = nothing_said();
        expected["sms_campaign_alert_parameters"]["alert_bound"] = json!(12000);
        expected["sms_campaign_alert_parameters"]["alert_emails_to"] = json!(["a@example.com", "b@example.com"]);
        expected["campaign_parameters"]["sender_for_sms_premium"] = json!("Shop");
        expected["callbacks"]["callback_url_for_deliveries"] = json!("https://hooks.example.com/dlr");
        expected["callbacks"]["use_metadata_node_for_inbound"] = json!(true);
        expected["callbacks"]["callback_url_for_inbounds"] = json!(["https://hooks.example.com/1", "https://hooks.example.com/2"]);
        assert_eq!(said, expected);
        for path in [PARAMETERS, "/campaign/parameters"] {
            assert_eq!(agnes.get(path).expect(200), expected);
        }
    }

    fn a_parameter_changes_alone_and_is_taken_back_by_nothing(server: &Server) {
        let inbox = Inbox::open(server, "shop");
        let agnes = &inbox.agnes;
        let url = |said: &Value| said["callbacks"]["callback_url_for_deliveries"].clone();
        // As they were spelled before, and outside of their groups.
        let flat = json!({"callback_url_for_sms_deliveries": "https://hooks.example.com/old", "payload_type": "json"});
        assert_eq!(url(&agnes.patch(EDIT, &flat).expect(200)), "https://hooks.example.com/old");
        let other = json!({"campaign_parameters": {"sender_for_sms_premium": "Shop"}, "callbacks": {"callback_url_for_deliveries": {}}});
        assert_eq!(url(&agnes.patch(EDIT, &other).expect(200)), "https://hooks.example.com/old");
        for nothing in [json!(null), json!(""), json!(" ")] {
            agnes.patch(EDIT, &flat).expect(200);
            let body = json!({"callbacks": {"callback_url_for_deliveries": nothing}});
            assert_eq!(url(&agnes.patch(EDIT, &body).expect(200)), Value::Null, "{body}");
        }
    }

    fn addresses_and_a_bound_are_read_as_they_are_written_and_nothing_else_is_one(server: &Server) {
        let inbox = Inbox::open(server, "shop");
        let agnes = &inbox.agnes;
        let body = json!({"email_for_inbounds": "desk@shop.test, boss@shop.test;", "alert_email_to": "boss@shop.test", "alert_bound": "12.9"});
        let said = agnes.patch(EDIT, &body).expect(200);
        assert_eq!(said["callbacks"]["email_for_inbounds"], json!(["desk@shop.test", "boss@shop.test"]));
        let alert = &said["sms_campaign_alert_parameters"];
        assert_eq!((&alert["alert_emails_to"], &alert["alert_bound"]), (&json!(["boss@shop.test"]), &json!(12)));
        let before = server.dump();
        for body in [
            json!({"email_for_inbounds": "desk"}), json!({"alert_emails_to": ["a@shop.test", "b"]}), json!({"alert_bound": -1}),
            json!({"email_for_inbounds": ["1@a.test", "2@a.test", "3@a.test", "4@a.test", "5@a.test", "6@a.test"]}),
        ] {
            assert_eq!(error(&agnes.patch(EDIT, &body), 400), 125, "{body}");
        }
        assert_eq!(agnes.patch(EDIT, &json!({"alert_bound": "much"})).expect(200), said);
        assert_eq!(server.dump(), before);
    }

    fn yes_and_no_words_and_numbers_are_read_as_everywhere(server: &Server) {
        let inbox = Inbox::open(server, "shop");
        let agnes = &inbox.agnes;
        let metadata = |said: Value| said["callbacks"]["use_metadata_node_for_inbound"].clone();
        let edit = |value: Value| metadata(agnes.patch(EDIT, &json!({"use_metadata_node_for_inbound": value})).expect(200));
        for (value, flag) in [("on", true), ("No", false), ("yes", true), ("perhaps", true), ("0", false), ("T", true)] {
            assert_eq!(edit(json!(value)), json!(flag), "{value}");
        }
        assert_eq!(edit(Value::Null), Value::Null);
        let body = json!({"alert_type": "SMS_premium", "alert_phone_number_to": "06 12 34 56 78", "phone_number_for_test_sms": 33612345679_i64});
        let said = agnes.patch(EDIT, &body).expect(200);
        let alert = &said["sms_campaign_alert_parameters"];
        assert_eq!((&alert["alert_type"], &alert["alert_phone_number_to"]), (&json!("sms_premium"), &json!("+33612345678")));
        assert_eq!(said["campaign_parameters"]["phone_number_for_test_sms"], "+33612345679");
        let before = server.dump();
        for body in [
            json!({"alert_phone_number_to": "call me"}), json!({"phone_number_for_test_sms": "sender"}), json!({"alert_type": "pigeons"}),
        ] {
            assert_eq!(error(&agnes.patch(EDIT, &body), 400), 125, "{body}");
        }
        assert_eq!(server.dump(), before);
        let long = format!("https://hooks.example.com/{}", "x".repeat(5_000));
        let refused = agnes.patch(EDIT, &json!({"callback_url_for_inbounds": long}));
        assert_eq!(error(&refused, 400), 125);
        assert!(refused.json()["message"].as_str().unwrap().contains("2000 characters"));
    }

    fn a_url_that_is_none_changes_nothing(server: &Server) {
        let inbox = Inbox::open(server, "shop");
        let before = server.dump();
        for url in ["ftp://hooks.example.com", "hooks.example.com", "javascript:alert(1)", "https://a b"] {
            let body = json!({"callbacks": {"callback_url_for_inbounds": url}, "sender_for_sms_premium": "Shop"});
            assert_eq!(error(&inbox.agnes.patch(EDIT, &body), 400), 125, "{url}");
        }
        assert_eq!(server.dump(), before);
        assert_eq!(inbox.agnes.get(PARAMETERS).expect(200), nothing_said());
    }

    fn parameters_are_the_agents_business(server: &Server) {
        let (shop, mall) = (Inbox::open(server, "shop"), Inbox::open(server, "mall"));
        let ada = Agent::of(server, &shop.workspace, Kind::Customer, "ada");
        let body = json!({"sender_for_sms_premium": "Shop"});
        assert_eq!(error(&ada.get(PARAMETERS), 403), 207);
        assert_eq!(error(&ada.patch(EDIT, &body), 403), 207);
        shop.agnes.patch(EDIT, &body).expect(200);
        assert_eq!(mall.agnes.get(PARAMETERS).expect(200), nothing_said());
    }

    fn a_sub_account_has_a_login_a_key_and_parameters_of_its_own(server: &Server) {
        let inbox = Inbox::open(server, "shop");
        let new = json!({
            "email": "Olga@Example.com", "first_name": "Olga", "last_name": "Example", "password": "correct horse battery",
            "company_name": "Shop & Sons", "callbacks": {"callback_url_for_inbounds": "https://olga.example.com/"},
        });
        let made = inbox.agnes.post("/subaccount/create", &new).expect(201);
        let key = made["api_key"].as_str().unwrap().to_owned();
        assert_eq!((&made["first_name"], &made["company_name"]), (&json!("Olga"), &json!("Shop & Sons")));
        assert_eq!(made["callback"]["callback_url_for_inbounds"], "https://olga.example.com/");
        assert_eq!(made["callback"]["email"], "olga@example.com");
        let user = server.bearing(&inbox.agnes.user, &key);
        let olga = Agent { user, login: "olga@example.com".into() };
        olga.get("/conversations").expect(200);
        let own = olga.get(PARAMETERS).expect(200);
        assert_eq!(own["callbacks"]["callback_url_for_inbounds"], "https://olga.example.com/");
        assert_eq!(inbox.agnes.get(PARAMETERS).expect(200), nothing_said());
        let shown = inbox.agnes.get("/subaccount/olga@example.com").expect(200);
        assert_eq!((&shown["last_name"], &shown["api_key"]), (&json!("Example"), &Value::Null), "its key is told once");
        let change = json!({"last_name": "Sample", "callbacks": {"callback_url_for_inbounds": null}});
        let changed = inbox.agnes.patch("/subaccount/olga%40example.com/edit", &change).expect(200);
        assert_eq!((&changed["first_name"], &changed["last_name"]), (&json!("Olga"), &json!("Sample")));
        assert_eq!(changed["callback"]["callback_url_for_inbounds"], Value::Null);
        assert!(!server.dump().contains(&key) && !server.dump().contains("correct horse"));
    }

    fn a_sub_account_that_makes_no_sense_is_none(server: &Server) {
        let inbox = Inbox::open(server, "shop");
        let ada = Agent::of(server, &inbox.workspace, Kind::Customer, "ada");
        let before = server.dump();
        let new = json!({"email": "olga@example.com", "first_name": "Olga"});
        assert_eq!(error(&ada.post("/subaccount/create", &new), 403), 207);
        for (body, code) in [
            (json!({"first_name": "Olga"}), 202),
            (json!({"email": "olga"}), 202),
            (json!({"email": "olga@example.com", "password": "short"}), 125),
            (json!({"email": "olga@example.com", "callbacks": {"callback_url_for_inbounds": "x"}}), 125),
        ] {
            assert_eq!(error(&inbox.agnes.post("/subaccount/create", &body), 400), code, "{body}");
        }
        for path in ["/subaccount/olga@example.com", "/subaccount/agnes@example.com", "/subaccount/%00", "/subaccount/%ff"] {
            assert_eq!(error(&inbox.agnes.get(path), 404), 404, "{path}");
        }
        assert_eq!(error(&inbox.agnes.patch("/subaccount/olga@example.com/edit", &new), 404), 404);
        assert_eq!(server.dump(), before);
    }
}
