//! Refusals of an import as a whole, and of its rows.

use crate::domain::message::{Message, define_messages};

define_messages! { "import";
    refused(count: usize);
    differs_from_preview();
    key_required(name: Message);
    key_invalid(cell: &str, name: Message, fault: Message);
    fault_at(place: &str, fault: Message);
    no_such_record();
    no_such_project_but(nearest: &str);
    no_such_partner(name: &str, nearest: &str);
    record_changed();
    report_changed();
    workbook_or_csv();
    workbook_without_macros_or_csv();
    one_file_in_the_form();
    broken_form();
}
