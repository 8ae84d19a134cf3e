//! The columns of every sheet: names, roles, titles and help texts in every language. The workbook, CSV files and the
//! importer all use this table.

use super::{
    allowed_values::AllowedList,
    columns::{ColumnKind, ColumnRole, ColumnText, SheetColumn},
};

/// Declares columns: role, name, kind and pointer, then title and help text in each language, in the order of
/// `LANGUAGES`.
macro_rules! sheet_columns {
    ($($(#[$doc:meta])* $table:ident { $($column:tt)* })+) => {
        $($(#[$doc])* pub(crate) const $table: &[SheetColumn] = sheet_columns!(@list [] $($column)*);)+
    };
    (@list [$($done:expr,)*]) => { &[$($done),*] };
    (@list [$($done:expr,)*] use $shared:ident; $($rest:tt)*) => {
        sheet_columns!(@list [$($done,)* $shared,] $($rest)*)
    };
    (@list [$($done:expr,)*] $part:ident $name:literal $kind:ident$(($list:ident))? $pointer:literal
        $($title:literal: $help:literal),+; $($rest:tt)*) => {
        sheet_columns!(@list [$($done,)* sheet_column!($part $name $kind$(($list))? $pointer $($title: $help),+),] $($rest)*)
    };
}
macro_rules! sheet_column {
    ($part:ident $name:literal $kind:ident$(($list:ident))? $pointer:literal $($title:literal: $help:literal),+) => {
        SheetColumn {
            name: $name,
            pointer: $pointer,
            role: ColumnRole::$part,
            kind: ColumnKind::$kind$((AllowedList::$list))?,
            texts: [$(ColumnText { title: $title, help: $help }),+],
        }
    };
}

const PROJECT: SheetColumn = sheet_column!(ParentKey "project" Line "/project"
    "Project code": "The code of the project, such as da-nang-4. A new row names it.",
    "Mã dự án": "Mã của dự án, ví dụ da-nang-4. Dòng mới phải ghi mã này.");
const PROJECT_TITLE: SheetColumn = sheet_column!(ReadOnly "project_title" Line "/project_title"
    "Project": "For reading.",
    "Tên dự án": "Chỉ để đọc.");
const CHECK: SheetColumn = sheet_column!(RowDigest "check" Line ""
    "Check": "By this the row is known when nobody touched it. Leave it as it is.",
    "Mã kiểm tra": "Dùng để nhận biết dòng chưa bị sửa. Để nguyên.");
const REPORT_VERSION: SheetColumn = sheet_column!(Version "version" Whole "/version"
    "Version": "The version of the report that this row was made from. Leave it as it is.",
    "Phiên bản": "Phiên bản của báo cáo khi xuất dòng này. Để nguyên.");

sheet_columns! {
    PROJECTS {
        RecordKey "code" Line "/code"
            "Project code": "Names the project. Empty in a new row: the city's next number is given.",
            "Mã dự án": "Mã của dự án. Để trống ở dòng mới: hệ thống cấp số tiếp theo.";
        Version "version" Whole "/version"
            "Version": "The version of the project that this row was made from. Leave it as it is.",
            "Phiên bản": "Phiên bản của dự án khi xuất dòng này. Để nguyên.";
        Input "title" Line "/title"
            "Title": "In English, one line of at most 300 characters. Required.",
            "Tên dự án (tiếng Anh)": "Một dòng, tối đa 300 ký tự. Bắt buộc.";
        Input "title_local" Line "/title_local"
            "Title in the local language": "One line, in the local language and script.",
            "Tên dự án bằng tiếng địa phương": "Một dòng, bằng ngôn ngữ và chữ viết địa phương.";
        Input "summary" Prose "/summary"
            "Summary": "What it is about, at most 10,000 characters. Required.",
            "Tóm tắt": "Nội dung dự án, tối đa 10.000 ký tự. Bắt buộc.";
        Input "focus_area" Word(FocusAreas) "/focus_area"
            "Focus area": "The one that official tables count it in. Required.",
            "Lĩnh vực trọng tâm": "Lĩnh vực được tính trong các bảng chính thức. Bắt buộc.";
        Input "other_focus_areas" Words(FocusAreas) "/other_focus_areas"
            "Other focus areas": "Any, separated by commas.",
            "Lĩnh vực trọng tâm khác": "Có thể ghi nhiều, cách nhau bằng dấu phẩy.";
        Input "sub_area" Word(SubAreas) "/sub_area"
            "Sub-area": "One of its focus area.",
            "Tiểu lĩnh vực": "Thuộc lĩnh vực trọng tâm đã chọn.";
        Input "outcomes" Words(Outcomes) "/outcomes"
            "Strategic outcomes": "Any, separated by commas.",
            "Kết quả chiến lược": "Có thể ghi nhiều, cách nhau bằng dấu phẩy.";
        Input "enablers" Words(Enablers) "/enablers"
            "Enablers": "Any, separated by commas.",
            "Yếu tố thúc đẩy": "Có thể ghi nhiều, cách nhau bằng dấu phẩy.";
        Input "sectors" Words(Sectors) "/sectors"
            "Sectors": "Any, separated by commas.",
            "Ngành": "Có thể ghi nhiều, cách nhau bằng dấu phẩy.";
        Input "tags" Words(Tags) "/tags"
            "National tags": "Any of the own country's scheme, separated by commas.",
            "Nhãn quốc gia": "Theo danh mục của nước mình, cách nhau bằng dấu phẩy.";
        Input "priority" Flag "/priority"
            "Priority project": "yes or no.",
            "Dự án ưu tiên": "yes (có) hoặc no (không).";
        Input "starts_on" Day "/starts_on"
            "Starts on": "First day, such as 2021-01-01. Required.",
            "Ngày bắt đầu": "Ngày đầu tiên, ví dụ 2021-01-01. Bắt buộc.";
        Input "ends_on" Day "/ends_on"
            "Ends on": "Last day, not before the first. Required.",
            "Ngày kết thúc": "Ngày cuối cùng, không trước ngày bắt đầu. Bắt buộc.";
        Input "dates_reason" Prose "/dates_reason"
            "Reason of the dates": "Required when it starts or ends outside the years of the plan.",
            "Lý do về thời gian": "Bắt buộc nếu dự án nằm ngoài các năm của kế hoạch.";
        Input "budget_minor" Whole "/budget/amount_minor"
            "Budget, minor units": "A whole number of cents, or of dong where a currency has no cents. With its currency.",
            "Ngân sách (đơn vị nhỏ nhất)": "Số nguyên: xu, hoặc đồng nếu tiền không có xu. Ghi kèm loại tiền.";
        Input "budget_currency" Word(Currencies) "/budget/currency"
            "Budget currency": "The ISO 4217 code, such as VND.",
            "Loại tiền ngân sách": "Mã ISO 4217, ví dụ VND.";
        Input "support_required" Prose "/support_required"
            "Support required": "What the city looks for.",
            "Hỗ trợ cần có": "Những gì thành phố cần hỗ trợ.";
        Input "latitude" Degrees "/location/latitude"
            "Latitude": "Degrees north, together with the longitude.",
            "Vĩ độ": "Độ vĩ bắc, ghi cùng kinh độ.";
        Input "longitude" Degrees "/location/longitude"
            "Longitude": "Degrees east, together with the latitude.",
            "Kinh độ": "Độ kinh đông, ghi cùng vĩ độ.";
        Input "place" Line "/location/text"
            "Place": "Where it takes place, in words.",
            "Địa điểm": "Nơi thực hiện, bằng lời.";
        Input "sdgs" Wholes "/sdgs"
            "SDGs": "Numbers from 1 to 17, separated by commas.",
            "Mục tiêu phát triển bền vững": "Các số từ 1 đến 17, cách nhau bằng dấu phẩy.";
        Input "inclusion_note" Prose "/inclusion_note"
            "Rights and inclusion": "Who is reached, who might be left out.",
            "Quyền và hòa nhập": "Ai được hưởng lợi, ai có thể bị bỏ lại.";
        Input "continues" Line "/continues"
            "Continues": "The code of the project that it grew out of.",
            "Tiếp nối dự án": "Mã của dự án mà dự án này tiếp nối.";
        Input "archived" Flag "/archived"
            "Archived": "yes when it is no longer pursued or listed.",
            "Lưu trữ": "yes nếu dự án không còn được theo đuổi hoặc liệt kê.";
        use CHECK;
    }
    /// One row per project of the city. The report of the cycle may not exist yet.
    REPORTS {
        use PROJECT;
        use PROJECT_TITLE;
        ReadOnly "state" Line "/state"
            "State": "Where the report stands. For reading.",
            "Tình trạng báo cáo": "Chỉ để đọc.";
        use REPORT_VERSION;
        Input "status" Word(Statuses) "/status"
            "Status": "Where the project stands.",
            "Trạng thái dự án": "Dự án đang ở giai đoạn nào.";
        Input "status_reason" Prose "/status_reason"
            "Reason of the status": "Required when it goes back, skips ongoing, or becomes suspended or cancelled.",
            "Lý do của trạng thái": "Bắt buộc khi trạng thái lùi lại, bỏ qua ongoing, tạm dừng hoặc hủy.";
        Input "percent_complete" Percent "/percent_complete"
            "Percent complete": "0 to 100, at most two decimals. Empty is unknown, which is not 0.",
            "Phần trăm hoàn thành": "Từ 0 đến 100, tối đa hai chữ số thập phân. Để trống là chưa biết, không phải 0.";
        Input "percent_method" Word(PercentMethods) "/percent_method"
            "Percent method": "How the percentage was found.",
            "Cách tính phần trăm": "Phần trăm được tính bằng cách nào.";
        Input "achievements" Prose "/achievements"
            "Achievements": "What was reached.",
            "Kết quả đạt được": "Những gì đã đạt được.";
        Input "challenges" Prose "/challenges"
            "Challenges": "What stood in the way.",
            "Khó khăn": "Những trở ngại đã gặp.";
        Input "next_steps" Prose "/next_steps"
            "Next steps": "What comes next.",
            "Bước tiếp theo": "Những việc sắp làm.";
        Input "support_needed" Prose "/support_needed"
            "Support needed": "What the city asks for.",
            "Đề nghị hỗ trợ": "Những gì thành phố đề nghị.";
        Input "spent_minor" Whole "/spent/amount_minor"
            "Spent to date, minor units": "A whole number of cents, or of dong where a currency has no cents. With its currency.",
            "Đã chi (đơn vị nhỏ nhất)": "Số nguyên: xu, hoặc đồng nếu tiền không có xu. Ghi kèm loại tiền.";
        Input "spent_currency" Word(Currencies) "/spent/currency"
            "Spent currency": "The ISO 4217 code, such as VND.",
            "Loại tiền đã chi": "Mã ISO 4217, ví dụ VND.";
        Input "unchanged" Flag "/unchanged"
            "Nothing changed": "yes states that nothing changed since the last approved report.",
            "Không thay đổi": "yes: xác nhận không có gì thay đổi từ báo cáo được duyệt gần nhất.";
        use CHECK;
    }
    MILESTONES {
        RecordKey "id" Line "/id"
            "Id": "Names the milestone. Empty in a new row.",
            "Mã": "Mã của cột mốc. Để trống ở dòng mới.";
        use PROJECT;
        Version "version" Whole "/version"
            "Version": "The version of the milestone that this row was made from. Leave it as it is.",
            "Phiên bản": "Phiên bản của cột mốc khi xuất dòng này. Để nguyên.";
        Input "title" Line "/title"
            "Title": "What is reached, one line. Required.",
            "Tên cột mốc": "Nội dung đạt được, một dòng. Bắt buộc.";
        Input "due_on" Day "/due_on"
            "Due on": "By when, such as 2024-06-30. Required.",
            "Hạn": "Đến khi nào, ví dụ 2024-06-30. Bắt buộc.";
        Input "weight" Whole "/weight"
            "Weight": "Its share in the progress, 1 to 1000; 1 when empty.",
            "Trọng số": "Tỷ trọng trong tiến độ, từ 1 đến 1000; để trống là 1.";
        Input "completed_on" Day "/completed_on"
            "Completed on": "When it was reached, on the project's own record.",
            "Ngày hoàn thành": "Ngày đạt được, theo hồ sơ dự án.";
        use CHECK;
    }
    /// The milestone completions that the reports state.
    COMPLETIONS {
        ParentKey "milestone" Line "/milestone"
            "Milestone": "The id of the milestone. Leave it as it is.",
            "Mã cột mốc": "Mã của cột mốc. Để nguyên.";
        use PROJECT;
        ReadOnly "milestone_title" Line "/milestone_title"
            "Milestone": "For reading.",
            "Tên cột mốc": "Chỉ để đọc.";
        use REPORT_VERSION;
        Input "completed_on" Day "/completed_on"
            "Reported as reached on": "The day, as this report states it. Empty when it is not reached.",
            "Ngày đạt được theo báo cáo": "Ngày mà báo cáo này nêu. Để trống nếu chưa đạt.";
        use CHECK;
    }
    INDICATORS {
        RecordKey "id" Line "/id"
            "Id": "Names the indicator. Empty in a new row.",
            "Mã": "Mã của chỉ số. Để trống ở dòng mới.";
        use PROJECT;
        Version "version" Whole "/version"
            "Version": "The version of the indicator that this row was made from. Leave it as it is.",
            "Phiên bản": "Phiên bản của chỉ số khi xuất dòng này. Để nguyên.";
        Input "name" Line "/name"
            "Name": "What is measured, one line; once in a project. Required.",
            "Tên chỉ số": "Nội dung đo lường, một dòng, không trùng trong dự án. Bắt buộc.";
        Input "kind" Word(IndicatorKinds) "/kind"
            "Kind": "output: what was built or done. outcome: what changed for people. Required.",
            "Loại": "output: đầu ra. outcome: kết quả đối với người dân. Bắt buộc.";
        Input "unit" Line "/unit"
            "Unit": "The unit of the values. Required.",
            "Đơn vị": "Đơn vị của giá trị. Bắt buộc.";
        Input "better" Word(Directions) "/better"
            "Better": "The direction in which it gets better. Required.",
            "Hướng tốt": "up: tăng là tốt. down: giảm là tốt. Bắt buộc.";
        Input "baseline_value" Number "/baseline/value"
            "Baseline": "Where it started, with its day.",
            "Giá trị gốc": "Giá trị ban đầu, ghi kèm ngày.";
        Input "baseline_on" Day "/baseline/on"
            "Baseline on": "The day of the baseline.",
            "Ngày của giá trị gốc": "Ngày đo giá trị gốc.";
        Input "target_value" Number "/target/value"
            "Target": "Where it should get, with its day.",
            "Mục tiêu": "Giá trị cần đạt, ghi kèm ngày.";
        Input "target_on" Day "/target/on"
            "Target on": "The day of the target.",
            "Ngày của mục tiêu": "Ngày cần đạt mục tiêu.";
        use CHECK;
    }
    /// The indicator values that the reports state.
    VALUES {
        RecordKey "entry" Whole "/entry"
            "Entry": "The place of the value in the report. Empty in a new row.",
            "Số thứ tự": "Vị trí của giá trị trong báo cáo. Để trống ở dòng mới.";
        ParentKey "indicator" Line "/indicator"
            "Indicator": "The id of the indicator. A new row names it.",
            "Mã chỉ số": "Mã của chỉ số. Dòng mới phải ghi mã này.";
        use PROJECT;
        ReadOnly "indicator_name" Line "/indicator_name"
            "Indicator": "For reading.",
            "Tên chỉ số": "Chỉ để đọc.";
        use REPORT_VERSION;
        Input "value" Number "/value"
            "Value": "What was measured. Empty with its day: the value is taken out.",
            "Giá trị": "Giá trị đo được. Để trống cùng với ngày: bỏ giá trị này.";
        Input "measured_on" Day "/measured_on"
            "Measured on": "When, such as 2026-06-30.",
            "Ngày đo": "Ngày đo, ví dụ 2026-06-30.";
        use CHECK;
    }
    EVIDENCE {
        RecordKey "entry" Whole "/entry"
            "Entry": "The place of the link in the report. Empty in a new row.",
            "Số thứ tự": "Vị trí của liên kết trong báo cáo. Để trống ở dòng mới.";
        use PROJECT;
        use REPORT_VERSION;
        Input "title" Line "/title"
            "Title": "What it shows. Empty with its address: the link is taken out.",
            "Tiêu đề": "Nội dung chứng minh. Để trống cùng địa chỉ: bỏ liên kết này.";
        Input "url" Line "/url"
            "Address": "An https address, at most 2,000 characters.",
            "Địa chỉ": "Địa chỉ https, tối đa 2.000 ký tự.";
        use CHECK;
    }
    PARTNERSHIPS {
        RecordKey "id" Line "/id"
            "Id": "Names the partnership. Empty in a new row.",
            "Mã": "Mã của quan hệ đối tác. Để trống ở dòng mới.";
        use PROJECT;
        Version "version" Whole "/version"
            "Version": "The version of the partnership that this row was made from. Leave it as it is.",
            "Phiên bản": "Phiên bản của quan hệ đối tác khi xuất dòng này. Để nguyên.";
        Input "partner" Line "/partner"
            "Partner": "The key of the partner in the reference data, such as world-bank.",
            "Đối tác": "Mã của đối tác trong dữ liệu tham chiếu, ví dụ world-bank.";
        Input "as_stated" Line "/as_stated"
            "Partner as stated": "Its name, when it is not in the reference data.",
            "Tên đối tác": "Ghi tên nếu đối tác chưa có trong dữ liệu tham chiếu.";
        Input "role" Word(Roles) "/role"
            "Role": "What the partner does. Required.",
            "Vai trò": "Đối tác làm gì. Bắt buộc.";
        Input "stage" Word(Stages) "/stage"
            "Stage": "How far it has come. Required.",
            "Giai đoạn": "Hợp tác đã đến giai đoạn nào. Bắt buộc.";
        Input "amount_minor" Whole "/amount/amount_minor"
            "Amount, minor units": "A whole number of cents, or of dong where a currency has no cents. With its currency.",
            "Số tiền (đơn vị nhỏ nhất)": "Số nguyên: xu, hoặc đồng nếu tiền không có xu. Ghi kèm loại tiền.";
        Input "amount_currency" Word(Currencies) "/amount/currency"
            "Currency": "The ISO 4217 code, such as USD.",
            "Loại tiền": "Mã ISO 4217, ví dụ USD.";
        Input "note" Prose "/note"
            "Note": "What should be known about it.",
            "Ghi chú": "Thông tin cần biết thêm.";
        use CHECK;
    }
}
