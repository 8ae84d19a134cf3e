//! Refusals of an import as a whole, and of its rows.

use crate::domain::message::{Message, define_messages};

define_messages! { "import";
    refused(count: usize);
    differs_from_preview();
    key_required(name: Message);
    key_invalid(cell: &str, name: Message, fault: Message);
    fault_at(place: &str, fault: Message);
    no_such_record();
    record_changed();
    report_changed();
    workbook_or_csv();
    workbook_without_macros_or_csv();
}
