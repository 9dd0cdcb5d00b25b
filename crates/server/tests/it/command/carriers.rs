use serde_json::json;

use super::site::{Done, Site, done, on_every_site};

/// Somebody's telephone.
const PHONE: &str = "+33600000001";

/// Writes a text, which may hold spaces, as the owner of a telephone.
fn say(site: &Site, from: &str, to: &str, text: &str) -> Done {
    let line = ["handset", "say", "--json", "--workspace", "shop", "--from", from, "--to", to, text];
    done(site.command(&line), b"")
}

on_every_site! {
    fn a_number_of_ours_is_one_carrier_however_it_is_spelled(site: &Site) {
        site.json("workspace add shop");
        let added = site.json("carrier add --workspace shop --kind handset --address 0700000066");
        assert_eq!(added["address"], "+33700000066");
        for again in ["+33700000066", "0700000066"] {
            let refused = site.run(&format!("carrier add --workspace shop --kind handset --address {again} --json"));
            assert_eq!(refused.error(), ("conflict".into(), "There is already a carrier for \"+33700000066\".".into()));
        }
        assert_eq!(say(site, PHONE, "07 00 00 00 66", "Hello").code(), 0);
        let removed = site.json("carrier remove 0700000066 --workspace shop");
        assert_eq!(removed["removed"], added["id"]);
        assert_eq!(site.json("carrier list --workspace shop"), json!([]));
    }
}
