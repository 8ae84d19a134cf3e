//! The titles of deadlines in a calendar.

use crate::domain::message::define_messages;

define_messages! { "calendar";
    city_reports_due(cycle: &str, city: &str);
    reports_due(cycle: &str);
    decisions_due(cycle: &str);
}
