//! Faults of projects, of their milestones, indicators and partnerships, and of action plans.

use super::{Argument, Message, define_messages};

define_messages! { "project";
    project_code();
    goal();
    is_its_focus_area();
    end_before_start();
    dates_need_reason(first: i32, last: i32);
    another_project();
    no_successor();
    title_taken(project: Argument);
    same_part(parts: Message, record: Argument);
    row_of_file(row: u32);
    undeletable(project: &str, reason: Message);
    has_report();
    has_successor();
    weight();
    partner_or_name_required();
    part_exists(parts: Message);
    part_limit(limit: usize, parts: Message);
    square_kilometres();
    people();
}
