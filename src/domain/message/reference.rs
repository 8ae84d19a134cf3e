//! Faults of reference data and reporting cycles, and conflicts with records that exist.

use chrono::NaiveDate;

use super::define_messages;

define_messages! { "reference";
    language_key();
    un_locode();
    un_locode_taken(code: &str, city: &str);
    city_exists(city: &str);
    partner_exists(partner: &str);
    year_not_before_first();
    year_not_before_start();
    in_file_already();
    cycle_exists(cycle: &str);
    cut_off_fixed();
    cut_off_taken(cycle: &str);
    due_before_opening();
    review_before_due();
    extension_not_later(due: NaiveDate);
    no_due_day();
    exists();
    depends();
}
