use super::site::Site;

const SECRET: &str = "a-secret-that-is-never-shown-1234567890";

#[test]
fn no_secret_is_ever_printed() {
    let site = Site::on_sqlite();
    let mut printed = String::new();
    let mut run = |line: &str| printed.push_str(&site.run_with(line, SECRET).printed());
    for json in ["", " --json"] {
        run(&format!("workspace add shop --jwt-secret {SECRET}{json}"));
        run(&format!("workspace add desk --jwt-secret-stdin{json}"));
        run(&format!("workspace set shop --jwt-secret-stdin{json}"));
        run(&format!("workspace set shop --jwt-secret {SECRET} --no-jwt{json}"));
        run(&format!("workspace add --jwt-secret {SECRET}{json}"));
        run(&format!("workspace list{json}"));
        run(&format!(
            "person add --workspace shop --external-id u1 --email a@b.example --password-stdin{json}"
        ));
        run(&format!("person set u1 --workspace shop --password-stdin{json}"));
        run(&format!("person list --workspace shop{json}"));
        run(&format!("config{json}"));
    }
    assert!(printed.contains("secret"), "that there is a JWT secret is shown: {printed}");
    assert!(!printed.contains(SECRET), "{printed}");
}

#[test]
fn the_password_of_the_database_is_not_printed_when_it_cannot_be_had() {
    let site = Site::on_sqlite();
    for url in [
        format!("postgres://parlance:{SECRET}@127.0.0.1:1/parlance"),
        format!("postgres://parlance:{SECRET}@[nonsense/parlance"),
        format!("postgrse://parlance:{SECRET}@127.0.0.1:1/parlance"),
    ] {
        let mut command = site.command(&["workspace", "list", "--json"]);
        command.env("PARLANCE_DATABASE_URL", &url);
        let done = super::site::done(command, b"");
        assert_ne!(done.code(), 0);
        assert!(!done.printed().contains(SECRET), "{}", done.printed());
    }
}
