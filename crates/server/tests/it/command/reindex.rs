use super::site::{Site, on_every_site};

/// Something that was said, put there past the server: no event tells of it.
const SAID: &str = "INSERT INTO conversation (workspace, id, short_id, locked, created_by, message_count, created_at, updated_at)
        VALUES (1, '01900000-0000-7000-8000-000000000000', 1, 0, '01900000-0000-7000-8000-000000000009', 2, 0, 0);
    INSERT INTO message (workspace, conversation, idx, id, author, body, attachments, created_at) VALUES
        (1, '01900000-0000-7000-8000-000000000000', 1, '01900000-0000-7000-8000-000000000001', '-', 'one', 0, 0),
        (1, '01900000-0000-7000-8000-000000000000', 2, '01900000-0000-7000-8000-000000000002', '-', 'two', 0, 0);
    UPDATE counter SET conversation_seq = 1 WHERE workspace = 1;";

on_every_site! {
    fn a_workspace_is_indexed_anew(site: &Site) {
        site.json("workspace add shop");
        site.json("workspace add cafe");
        site.execute(SAID);
        let of_shop = serde_json::json!({ "workspace": "shop", "conversations": 1, "documents": 3 });
        let of_cafe = serde_json::json!({ "workspace": "cafe", "conversations": 0, "documents": 0 });
        assert_eq!(site.json("reindex"), serde_json::json!([of_shop, of_cafe]));
        assert_eq!(site.json("reindex --workspace shop"), serde_json::json!([of_shop]));
        let (code, message) = site.run("reindex --workspace bar --json").error();
        assert_eq!((code.as_str(), message.as_str()), ("not_found", "There is no workspace \"bar\"."));
    }
}
