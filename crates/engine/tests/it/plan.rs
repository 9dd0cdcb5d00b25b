//! How SQLite finds rows. It knows no sizes by itself, and would rather go through a whole workspace.

use crate::support::House;

/// The indexes that begin with the workspace, each with its table and the column after the workspace.
const INDEXES: &str = "SELECT t.name || ' ' || i.name || ' ' || c.name FROM sqlite_schema t,
        pragma_index_list(t.name) i, pragma_index_info(i.name) w, pragma_index_info(i.name) c
     WHERE t.type = 'table' AND i.origin <> 'pk' AND i.partial = 0 AND w.seqno = 0 AND w.name = 'workspace'
       AND c.seqno = 1 AND c.name NOT IN ('closed', 'kind', 'state')";

#[test]
fn where_an_index_leads_no_workspace_is_gone_through() {
    let house = House::on_sqlite();
    let indexes = house.database.rows(INDEXES);
    assert!(indexes.len() > 10, "{indexes:?}");
    for index in indexes {
        let [table, _, column] = index.split(' ').collect::<Vec<_>>()[..] else { panic!("{index}") };
        let sql = format!("EXPLAIN QUERY PLAN SELECT * FROM {table} WHERE workspace = 1 AND {column} = 'x'");
        let plan = house.database.rows(&sql).join("\n");
        assert!(plan.contains(&format!("workspace=? AND {column}=?")), "{index}: {plan}");
    }
}

#[test]
fn the_estimates_are_written_once_and_change_no_other_start() {
    let house = House::on_sqlite();
    let estimates = "SELECT tbl, idx, stat FROM sqlite_stat1 ORDER BY 1, 2";
    let before = house.database.rows(estimates);
    assert!(before.iter().any(|row| row.contains("file_by_message")), "{before:?}");
    house.database.execute("DELETE FROM sqlite_stat1 WHERE idx = 'file_by_message'");
    let house = house.reopened();
    assert_eq!(house.database.rows(estimates), before, "what is missing comes back");
}
