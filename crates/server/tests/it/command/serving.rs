use super::site::{Site, on_every_site};

fn refused_beside_a_server(site: &Site) {
    let server = site.serve();
    site.json("workspace add shop");
    let (code, message) = site.run("serve --json").error();
    assert_eq!(code, "unavailable");
    assert!(message.contains("stop it first"), "{message}");
    assert_eq!(site.json("workspace list").as_array().map(Vec::len), Some(1), "the first goes on");
    assert!(server.stop().success());
}

#[test]
fn a_second_server_on_the_same_folder_is_refused_sqlite() {
    refused_beside_a_server(&Site::on_sqlite());
}

#[test]
fn a_second_server_on_the_same_folder_is_refused_postgres() {
    if let Some(site) = Site::on_postgres() {
        refused_beside_a_server(&site);
    }
}

#[test]
fn a_server_that_stops_leaves_no_socket() {
    let site = Site::on_sqlite();
    assert!(site.serve().stop().success());
    assert!(!site.socket().exists());
}

#[test]
fn the_socket_of_a_killed_server_is_passed_by_and_replaced() {
    let site = Site::on_sqlite();
    site.serve().kill();
    assert!(site.socket().exists());
    site.json("workspace add shop");
    let server = site.serve();
    assert_eq!(site.json("workspace list").as_array().map(Vec::len), Some(1));
    assert!(server.stop().success());
}

on_every_site! {
    fn what_one_command_did_the_next_one_finds(site: &Site) {
        site.json("workspace add shop");
        site.json("person add --workspace shop --external-id u1");
        assert_eq!(site.json("person list --workspace shop").as_array().map(Vec::len), Some(1));
    }
}
