use serde_json::json;

use super::site::{Site, on_every_site};

on_every_site! {
    fn a_workspace_is_added_listed_and_changed(site: &Site) {
        let added = site.json("workspace add shop --country DE --remove-emoji off");
        assert_eq!((&added["id"], &added["slug"]), (&json!(1), &json!("shop")));
        assert_eq!((&added["removeLinks"], &added["removeEmoji"]), (&json!(true), &json!(false)));
        let set = site.json("workspace set shop --name Shop --remove-emoji on --jwks-url https://shop.example/jwks");
        assert_eq!((&set["country"], &set["jwt"]), (&json!("DE"), &json!("jwks")));
        site.json("workspace add desk");
        let list = site.json("workspace list");
        assert_eq!(list.as_array().map(Vec::len), Some(2));
        assert_eq!(list[0], set);
        assert_eq!(site.json("workspace set shop --no-jwt")["jwksUrl"], json!(null));
    }

    fn a_slug_that_is_taken_is_refused_and_nothing_changes(site: &Site) {
        site.json("workspace add shop");
        let before = site.json("workspace list");
        let refused = site.run("workspace add shop --country DE --remove-links off --json");
        assert_eq!(refused.error().0, "conflict");
        let told = site.run("workspace add shop");
        assert_eq!((told.code(), told.stdout()), (1, ""));
        assert_eq!(told.stderr(), "error: There is already a workspace \"shop\".\n");
        assert_eq!(site.json("workspace list"), before);
    }

    fn what_cannot_be_a_workspace_is_refused_and_nothing_changes(site: &Site) {
        site.json("workspace add shop");
        let before = site.json("workspace list");
        for line in [
            "workspace add Shop", "workspace add -- -shop", "workspace set shop --country fra",
            "workspace set shop --country ZZ", "workspace add desk --country ZZ",
            "workspace add desk --jwt-secret short", "workspace set shop --jwks-url ftp://shop.example",
        ] {
            let refused = site.run(&line.replacen("workspace", "--json workspace", 1));
            assert_eq!(refused.error().0, "invalid", "{line}");
        }
        assert_eq!(site.run("workspace set desk --country DE --json").error().0, "not_found");
        assert_eq!(site.json("workspace list"), before);
    }
}
