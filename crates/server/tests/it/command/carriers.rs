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

    fn carriers_are_listed_for_people_and_for_programs(site: &Site) {
        site.json("workspace add shop");
        site.json("carrier add --workspace shop --kind handset --address DHL-Info");
        let listed = &site.json("carrier list --workspace shop")[0];
        assert_eq!((&listed["kind"], &listed["url"]), (&json!("handset"), &json!(null)));
        assert_eq!(listed["detail"], json!(null), "nothing is wrong");
        let shown = site.run("carrier list --workspace shop");
        let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let lines: Vec<Vec<String>> = shown.stdout().lines().map(words).collect();
        assert_eq!(lines[0], ["id", "kind", "address", "url", "state", "stateSince", "detail"]);
        assert_eq!((&*lines[1][2], lines[1].len(), lines.len()), ("DHL-Info", 7, 2), "no cell is blank: {}", shown.stdout());
    }

    fn a_telephone_that_can_write_to_nobody_is_not_picked_up(site: &Site) {
        site.json("workspace add shop");
        let held = |phone: &str, to: &str| {
            site.run_with(&format!("handset --workspace shop --phone {phone} --to {to}"), "Hello\n")
        };
        let refused = held(PHONE, "99");
        assert_eq!((refused.code(), refused.stdout()), (1, ""));
        let todo = "parlance carrier add --workspace shop --kind handset --address \"99\"";
        assert!(refused.stderr().ends_with(&format!("{todo}\n")), "{}", refused.stderr());
        assert!(!refused.stderr().contains("press Enter"), "{}", refused.stderr());
        site.json("carrier add --workspace shop --kind handset --address 99");
        assert_eq!(held("abc", "99").code(), 1);
        let spoken = held("0600000001", "99");
        assert_eq!(spoken.code(), 0, "{}", spoken.stderr());
    }

    fn what_no_telephone_can_say_is_refused(site: &Site) {
        site.json("workspace add shop");
        site.json("carrier add --workspace shop --kind handset --address 12345");
        let read = site.run("handset read --workspace shop --phone abc --json").error();
        assert_eq!(say(site, "abc", "12345", "Hello").error(), (read.0, format!("from: {}", read.1)));
        for text in ["", " "] {
            assert_eq!(say(site, PHONE, "12345", text).error().0, "invalid", "{text:?}");
        }
        assert_eq!(say(site, PHONE, "99", "Hello").error().0, "not_found");
        assert_eq!(say(site, "0600000001", "12345", "Hello").code(), 0);
    }
}
