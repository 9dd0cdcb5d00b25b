use serde_json::{Value, json};

use super::site::{Site, on_every_site};

fn shop(site: &Site) {
    site.json("workspace add shop");
}

on_every_site! {
    fn from_nothing_to_a_token_and_back(site: &Site) {
        shop(site);
        let ada = site.json("person add --workspace shop --kind customer --external-id u1 --username ada");
        let minted = site.json("token add --workspace shop --person u1 --label phone --read-only --expires 30d");
        assert!(minted["token"].as_str().is_some_and(|token| token.starts_with("plc_")));
        assert_eq!((&minted["personId"], &minted["readOnly"]), (&ada["id"], &json!(true)));
        let id = ada["id"].as_str().unwrap();
        site.json(&format!("token add --workspace shop --person {id} --expires 2100-01-01T00:00:00+01:00"));

        let tokens = site.json("token list --workspace shop --person u1");
        assert_eq!(tokens.as_array().map(Vec::len), Some(2));
        assert_eq!(tokens[0]["token"], Value::Null, "the secret is shown once");
        assert_eq!(tokens[1]["expiresAt"], json!("2099-12-31T23:00:00.000000Z"));
        site.json(&format!("token revoke {} --workspace shop", tokens[0]["id"].as_str().unwrap()));
        let tokens = site.json("token list --workspace shop --person u1");
        assert!(tokens[0]["revokedAt"].is_string() && tokens[1]["revokedAt"].is_null());
    }

    fn a_person_is_added_listed_and_changed(site: &Site) {
        shop(site);
        let added = site.json(
            "person add --workspace shop --kind agent --external-id a1 --name Ada --email ada@shop.example \
             --phone 0612345678 --rating 4.9 --score 87.5 --reviews 3 --sales 2 --purchases 1 \
             --joined 2020-02-29T12:00:00+02:00 --avatar https://shop.example/a.png --active off",
        );
        let expected = json!({
            "id": added["id"], "externalId": "a1", "kind": "agent", "username": null, "name": "Ada",
            "email": "ada@shop.example", "phone": "+33612345678", "avatar": "https://shop.example/a.png",
            "cover": null, "profile": null, "reviews": 3, "rating": 4.9, "score": 87.5, "sales": 2, "purchases": 1,
            "active": false, "joinedAt": "2020-02-29T10:00:00.000000Z",
        });
        assert_eq!(added, expected);
        assert_eq!(site.json("person list --workspace shop"), json!([expected]));
        let set = site.json("person set a1 --workspace shop --active on --external-id a2");
        assert_eq!((&set["active"], &set["externalId"], &set["rating"]), (&json!(true), &json!("a2"), &json!(4.9)));
        assert_eq!(site.run("person set a1 --workspace shop --active on --json").error().0, "not_found");
    }

    fn e_mails_to_a_person_are_ended_and_begun_again(site: &Site) {
        shop(site);
        site.json("person add --workspace shop --external-id u1 --email ada@shop.example");
        for (option, wanted) in [("", true), ("--mail off", false), ("--mail off", false), ("", false), ("--mail on", true), ("--mail on", true), ("", true)] {
            assert_eq!(site.json(&format!("person set u1 --workspace shop {option}"))["mail"], wanted, "{option}");
        }
        assert_eq!(site.run("person set nobody --workspace shop --mail off --json").error().0, "not_found");
        assert_eq!(site.run("person set u1 --workspace shop --mail maybe").code(), 2);
    }

    fn a_person_who_is_there_or_cannot_be_is_refused_and_nothing_changes(site: &Site) {
        shop(site);
        site.json("person add --workspace shop --external-id u1 --username ada");
        site.json("person add --workspace shop --external-id u2");
        let before = site.json("person list --workspace shop");
        for (line, code) in [
            ("person add --workspace shop --external-id u1 --username eve", "conflict"),
            ("person set u2 --workspace shop --external-id u1 --username eve", "conflict"),
            ("person add --workspace shop --phone 12", "invalid"),
            ("person set u1 --workspace shop --phone 12", "invalid"),
            ("person add --workspace nowhere --external-id u9", "not_found"),
            ("person set nobody --workspace shop --name Eve", "not_found"),
        ] {
            let (told, message) = site.run(&format!("{line} --json")).error();
            assert_eq!(told, code, "{line}: {message}");
        }
        assert_eq!(site.json("person list --workspace shop"), before);
    }

    fn a_password_is_set_with_its_person_or_neither_is(site: &Site) {
        shop(site);
        let add = |id: &str, email: &str, password: &str| {
            let line = format!("person add --workspace shop --external-id {id} {email} --password-stdin --json");
            site.run_with(&line, password)
        };
        add("u1", "--email ada@shop.example", "correct horse\n").json(0);
        let before = site.json("person list --workspace shop");
        assert_eq!(add("u2", "--email ADA@shop.example", "correct horse\n").error().0, "conflict");
        assert_eq!(add("u2", "", "correct horse\n").error().0, "invalid");
        assert_eq!(add("u2", "--email bob@shop.example", "short\n").error().0, "invalid");
        assert_eq!(add("u2", "--email bob@shop.example", "").error().0, "invalid");
        assert_eq!(site.json("person list --workspace shop"), before);
        let moved = "person set u1 --workspace shop --email ada@home.example --password-stdin --json";
        site.run_with(moved, "another horse\n").json(0);
        add("u2", "--email ada@shop.example", "correct horse\n").json(0);
    }

    fn memberships_come_and_go(site: &Site) {
        shop(site);
        site.json("person add --workspace shop --external-id u1");
        let which = "--workspace shop --person u1 --domain project --aggregate project --id p-1";
        let added = site.json(&format!("membership add {which} --role owner"));
        assert_eq!((&added["role"], &added["id"]), (&json!("owner"), &json!("p-1")));
        let guest = site.json(&format!("membership add {which} --role guest"));
        let list = || site.json("membership list --workspace shop --person u1");
        assert_eq!(list(), json!([guest]));
        site.json(&format!("membership remove {which}"));
        assert_eq!(list(), json!([]));
        assert_eq!(site.run(&format!("membership remove {which} --json")).error().0, "not_found");
    }

    fn categories_are_added_and_changed_and_those_built_in_too(site: &Site) {
        shop(site);
        let list = || site.json("category list --workspace shop");
        assert_eq!(list().as_array().map(Vec::len), Some(14));
        let added = site.json("category add printing --workspace shop --about project --about server");
        assert_eq!((&added["about"], &added["active"]), (&json!(["project", "server"]), &json!(true)));
        let general = list().as_array().unwrap().iter().find(|c| c["name"] == "general").cloned().unwrap();
        let set = site.json("category set general --workspace shop --name anything --active off");
        assert_eq!((&set["id"], &set["about"]), (&general["id"], &general["about"]));
        assert_eq!(list().as_array().map(Vec::len), Some(15));
        let before = list();
        for (line, code) in [
            ("category add printing --workspace shop", "conflict"),
            ("category add ssh --workspace shop", "conflict"),
            ("category set printing --workspace shop --name ssh", "conflict"),
            ("category add other --workspace shop --about nonsense", "invalid"),
            ("category set general --workspace shop --active on", "not_found"),
            ("category list --workspace nowhere", "not_found"),
        ] {
            assert_eq!(site.run(&format!("{line} --json")).error().0, code, "{line}");
        }
        assert_eq!(list(), before);
    }

    fn preferences_name_an_agent_for_a_customer(site: &Site) {
        shop(site);
        let mia = site.json("person add --workspace shop --external-id mia --kind agent");
        site.json("person add --workspace shop --external-id ada");
        let list = || site.json("preference list --workspace shop");
        let other = site.json("preference set --workspace shop --customer c-1 --person mia");
        assert_eq!((&other["personId"], &other["categoryId"]), (&mia["id"], &Value::Null));
        let ssh = site.json("preference set --workspace shop --customer c-1 --category ssh --person mia");
        assert_eq!(list(), json!([other, ssh]));
        for (line, code) in [
            ("preference set --workspace shop --customer c-1 --person ada", "invalid"),
            ("preference set --workspace shop --customer c-1 --person nobody", "not_found"),
            ("preference set --workspace shop --customer c-1 --category nothing --person mia", "not_found"),
            ("preference remove --workspace shop --customer c-2", "not_found"),
        ] {
            assert_eq!(site.run(&format!("{line} --json")).error().0, code, "{line}");
        }
        assert_eq!(list(), json!([other, ssh]));
        site.json("preference remove --workspace shop --customer c-1 --category ssh");
        assert_eq!(list(), json!([other]));
    }

    fn a_token_is_refused_for_whoever_cannot_have_it(site: &Site) {
        shop(site);
        site.json("person add --workspace shop --external-id u1");
        let add = "token add --workspace shop --json --person";
        assert_eq!(site.run(&format!("{add} nobody")).error().0, "not_found");
        assert_eq!(site.run(&format!("{add} u1 --expires 2020-01-01T00:00:00Z")).error().0, "invalid");
        assert_eq!(site.run("token revoke nonsense --workspace shop --json").error().0, "not_found");
        assert_eq!(site.json("token list --workspace shop --person u1"), json!([]));
    }
}
