use serde_json::json;

use super::site::{Site, on_every_site};

on_every_site! {
    fn credit_is_added_and_shown(site: &Site) {
        site.json("workspace add shop");
        assert_eq!(site.json("credit show --workspace shop"), json!([]));
        let added = site.json("credit add --workspace shop --amount 100");
        assert_eq!(added, json!({ "workspace": "shop", "balance": 100.0 }));
        assert_eq!(site.json("credit add --workspace shop --amount 0.05 --reason gift")["balance"], json!(100.05));
        let lines = site.json("credit show --workspace shop");
        let told = |line: &serde_json::Value| [&line["line"], &line["amount"], &line["balance"], &line["reason"]].map(Clone::clone);
        assert_eq!(told(&lines[0]), [json!(2), json!(0.05), json!(100.05), json!("gift")]);
        assert_eq!(told(&lines[1]), [json!(1), json!(100.0), json!(100.0), json!("added")]);
        for amount in ["0", "1000000001"] {
            let refused = site.run(&format!("credit add --workspace shop --amount {amount} --json"));
            assert_eq!(refused.error().0, "invalid", "{amount}");
        }
        assert_eq!(site.run("credit add --workspace desk --amount 1 --json").error().0, "not_found");
    }

    fn prices_are_set_listed_and_taken_away(site: &Site) {
        site.json("workspace add shop");
        let set = site.json("price set --workspace shop --product sms_premium --country FR --amount 0.045");
        assert_eq!(set, json!({ "product": "sms_premium", "country": "FR", "amount": 0.045 }));
        let any = site.json("price set --workspace shop --product sms_premium --amount 0.06");
        assert_eq!(any["country"], json!(null));
        assert_eq!(site.json("price list --workspace shop"), json!([any, set]));
        site.json("price remove --workspace shop --product sms_premium --country FR");
        assert_eq!(site.json("price list --workspace shop"), json!([any]));
        let gone = site.run("price remove --workspace shop --product sms_premium --country FR --json");
        assert_eq!(gone.error().0, "not_found");
        for wrong in ["--product fax", "--product rcs --country XX"] {
            let refused = site.run(&format!("price set --workspace shop {wrong} --amount 1 --json"));
            assert_eq!(refused.error().0, "invalid", "{wrong}");
        }
    }

    fn billing_is_switched_off_and_on(site: &Site) {
        assert_eq!(site.json("workspace add shop")["billing"], json!(true));
        assert_eq!(site.json("workspace set shop --billing off")["billing"], json!(false));
        assert_eq!(site.json("workspace list")[0]["billing"], json!(false));
        assert_eq!(site.json("workspace set shop --billing on")["billing"], json!(true));
    }

    fn the_stop_mention_is_demanded_until_that_is_switched_off(site: &Site) {
        assert_eq!(site.json("workspace add shop")["stopMention"], json!(true));
        assert_eq!(site.json("workspace set shop --stop-mention off")["stopMention"], json!(false));
        assert_eq!(site.json("workspace list")[0]["stopMention"], json!(false));
        assert_eq!(site.json("workspace set shop --stop-mention on")["stopMention"], json!(true));
    }
}
