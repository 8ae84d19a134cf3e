use diesel::{debug_query, prelude::*, sqlite::Sqlite};

use super::{BindValue, Condition, ListOrder, RowLink, SideRows, SortColumn};
use crate::store::schema::{project_faces, project_facets};

/// Writes the query of a condition for SQLite, from the word `WHERE` on.
fn to_sql(rows: Condition) -> String {
    let query = project_faces::table.filter(rows).select(project_faces::city);
    let sql = debug_query::<Sqlite, _>(&query).to_string();
    sql.split_once(" WHERE ").unwrap().1.to_owned()
}

#[test]
fn condition_is_sql_with_every_value_as_a_parameter() {
    let cities = Condition::one_of(project_faces::city, ["da-nang", "' or 1 = 1"]);
    let rows = Condition::all([cities, Condition::everything()]);
    assert_eq!(to_sql(rows), r#"`city` IN (?, ?) -- binds: ["da-nang", "' or 1 = 1"]"#);
    assert_eq!(to_sql(Condition::everything()), "1 = 1 -- binds: []");
    assert_eq!(to_sql(Condition::nothing().not()), "NOT (1 = 0) -- binds: []");
    let none: [&str; 0] = [];
    assert_eq!(to_sql(Condition::one_of(project_faces::city, none)), "1 = 0 -- binds: []");
}

#[test]
fn side_rows_are_linked_to_the_queried_row() {
    let facet = Condition::equals(project_facets::kind, "sector");
    let link = RowLink { table: "project_faces", columns: vec![("project_id", "id")] };
    let rows = SideRows::new("project_facets", project_facets::project_id, facet);
    assert_eq!(
        to_sql(Condition::exists(rows, link)),
        "EXISTS (SELECT 1 FROM `project_facets` WHERE `kind` = ? \
         AND `project_facets`.`project_id` = `project_faces`.`id`) -- binds: [\"sector\"]"
    );
}

#[test]
fn rows_after_a_position_include_those_without_a_value() {
    let columns = vec![
        SortColumn::nulls_last(project_faces::starts_on),
        SortColumn::new(project_faces::city),
    ];
    let order = ListOrder::new(columns, false);
    let day = BindValue::Day("2021-01-01".parse().unwrap());
    let city = || Some(BindValue::Text("hue".to_owned()));
    assert_eq!(
        to_sql(order.after(&[Some(day), city()])),
        "(`starts_on` > ? OR (`starts_on` = ? AND `city` > ?) OR `starts_on` IS NULL) \
         -- binds: [2021-01-01, 2021-01-01, \"hue\"]"
    );
    assert_eq!(
        to_sql(order.after(&[None, city()])),
        "(`starts_on` IS NULL AND `city` > ?) -- binds: [\"hue\"]"
    );
}

#[test]
fn rows_after_a_position_begin_with_a_comparison_for_the_index() {
    let columns =
        vec![SortColumn::new(project_faces::city), SortColumn::new(project_faces::number)];
    let position = [Some(BindValue::Text("hue".to_owned())), Some(BindValue::Integer(4))];
    let order = ListOrder::new(columns, true);
    assert_eq!(
        to_sql(order.after(&position)),
        "(`city` <= ? AND (`city` < ? OR (`city` = ? AND `number` < ?))) \
         -- binds: [\"hue\", \"hue\", \"hue\", 4]"
    );
    let query = project_faces::table.order(order).select(project_faces::city);
    let sql = debug_query::<Sqlite, _>(&query).to_string();
    assert!(sql.contains(" ORDER BY `city` DESC, `number` DESC -- "), "{sql}");
}
