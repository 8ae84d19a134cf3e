use super::*;

fn item(project: &str, version: Option<i64>) -> RawBulkItem {
    RawBulkItem { project: Some(project.into()), cycle: Some("me-2026".into()), version }
}

fn raw(action: &str, items: Vec<RawBulkItem>) -> RawBulkRequest {
    RawBulkRequest { action: Some(action.into()), items: Some(items), ..RawBulkRequest::default() }
}

fn faults(order: RawBulkRequest) -> Vec<String> {
    let faults = order.parse().err().unwrap_or_default();
    faults.into_iter().map(|f| format!("{} {}", f.pointer, f.code)).collect()
}

#[test]
fn an_item_names_the_version_that_was_read_unless_something_else_ties_it() {
    let order = || raw("approve", vec![item("da-nang-1", None), item("da-nang-2", Some(0))]);
    assert_eq!(faults(order()), ["/items/0/version required", "/items/1/version range"]);
    let one = || raw("approve", vec![item("da-nang-1", None)]);
    assert!(RawBulkRequest { dry_run: true, ..one() }.parse().is_ok());
    assert!(RawBulkRequest { digest: Some("d".into()), ..one() }.parse().is_ok());
    // There may be no report yet.
    assert!(raw("unchanged", vec![item("da-nang-1", None)]).parse().is_ok());
}

#[test]
fn what_a_filter_finds_is_tied_by_a_rehearsal() {
    let found = RawBulkRequest {
        action: Some("approve".into()),
        filter: Some(RawBulkFilter::default()),
        ..RawBulkRequest::default()
    };
    assert_eq!(faults(found.clone()), ["/digest required"]);
    assert!(RawBulkRequest { dry_run: true, ..found.clone() }.parse().is_ok());
    let unwritten = RawBulkRequest {
        action: Some("unchanged".into()),
        filter: Some(RawBulkFilter { late: Some(true), ..RawBulkFilter::default() }),
        dry_run: true,
        ..found
    };
    assert_eq!(faults(unwritten), ["/filter/cycle required", "/filter/late not_applicable"]);
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let bad = RawBulkItem { project: Some("nowhere".into()), ..RawBulkItem::default() };
    let twice = || item("da-nang-1", Some(1));
    let order = raw("return", vec![bad, twice(), twice()]);
    assert_eq!(
        faults(order),
        [
            "/items/0/project project",
            "/items/0/cycle required",
            "/items/0/version required",
            "/items/2 duplicate",
            "/comment required"
        ]
    );
    let both = RawBulkRequest { filter: Some(RawBulkFilter::default()), ..raw("burn", Vec::new()) };
    assert_eq!(faults(both), ["/action unknown", "/filter exclusive"]);
    assert_eq!(
        faults(RawBulkRequest { action: Some("submit".into()), ..RawBulkRequest::default() }),
        ["/items required"]
    );
    let many = (1..=501).map(|n| item(&format!("da-nang-{n}"), Some(1))).collect();
    assert_eq!(faults(raw("submit", many)), ["/items too_many"]);
}

#[test]
fn a_digest_is_another_when_anything_that_it_covers_is() {
    let key =
        |project: &str| (ProjectCode::parse(project).unwrap(), Slug::parse("me-2026").unwrap());
    let (one, two) = (key("da-nang-1"), key("da-nang-2"));
    let of = |action, items: &[(&(ProjectCode, Slug), Option<i64>, &str)]| {
        let covered = items.iter().map(|(key, version, outcome)| BulkDigestItem {
            key,
            version: *version,
            outcome,
        });
        digest_bulk(action, None, covered)
    };
    let base = of(BulkAction::Approve, &[(&one, Some(2), "done")]);
    assert_eq!(base.len(), 64);
    assert_eq!(base, of(BulkAction::Approve, &[(&one, Some(2), "done")]));
    for other in [
        of(BulkAction::Return, &[(&one, Some(2), "done")]),
        of(BulkAction::Approve, &[(&two, Some(2), "done")]),
        of(BulkAction::Approve, &[(&one, Some(3), "done")]),
        of(BulkAction::Approve, &[(&one, None, "done")]),
        of(BulkAction::Approve, &[(&one, Some(2), "forbidden")]),
        of(BulkAction::Approve, &[(&one, Some(2), "done"), (&two, Some(2), "done")]),
        of(BulkAction::Approve, &[]),
    ] {
        assert_ne!(base, other);
    }
}
