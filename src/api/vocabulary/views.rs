//! The response shapes of the vocabulary.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    api::error::PROBLEMS,
    domain::{
        language::{Language, TextDirection},
        reference::{Country, PlanCycle, Vocabulary, VocabularyTerm},
        value::CurrencyCode,
        wording::{
            self,
            form_fields::{FORMS, FormFieldType},
            value_lists::{FIXED, PROBLEM, ReferenceValueList},
        },
    },
};

/// An allowed value with its texts.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct WordView {
    /// The value in requests and answers, the same in every language.
    #[schema(example = "ongoing")]
    pub value: String,
    /// The label of the value, in the language of the answer.
    #[schema(example = "On-going")]
    pub label: String,
    /// An explanation of the value; null if the label needs none.
    #[schema(required)]
    pub help: Option<String>,
    /// The value that this one belongs to: the focus area of a sub-area, or the country of a national tag. Null for
    /// other values.
    #[schema(required)]
    pub parent: Option<String>,
}

/// A list of allowed values.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct WordListView {
    /// The name of the list, the same in every language.
    #[schema(example = "status")]
    pub list: String,
    /// The label of the list, in the language of the answer.
    #[schema(example = "Status")]
    pub label: String,
    /// An explanation of the list; null if there is none.
    #[schema(required)]
    pub help: Option<String>,
    /// The values, in the order in which a form shows them.
    pub values: Vec<WordView>,
}

/// A field of a form, with its texts.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct FieldHelpView {
    /// The name of the field in the body of the request.
    #[schema(example = "percent_complete")]
    pub field: String,
    /// The label of the field, in the language of the answer.
    #[schema(example = "Percent complete")]
    pub label: String,
    /// A help text for the person who fills in the field; null if there is none.
    #[schema(required)]
    pub help: Option<String>,
    /// The name of the list in `lists` that the value must come from; null if there is none.
    #[schema(required)]
    pub list: Option<String>,
    /// The name of the form in `forms` that the field consists of; null if it is not an object.
    #[schema(required)]
    pub form: Option<String>,
}

/// A form: the fields of a record, or of a part of a record, as in the body of a request.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct FormView {
    /// The name of the form, the same in every language.
    #[schema(example = "report")]
    pub form: String,
    /// The label of the form, in the language of the answer.
    #[schema(example = "Report")]
    pub label: String,
    /// The fields, in the order in which people fill them in.
    pub fields: Vec<FieldHelpView>,
}

/// A language of the network.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct LanguageView {
    /// The BCP 47 tag of the language.
    #[schema(example = "vi")]
    pub tag: String,
    /// The name of the language in itself.
    #[schema(example = "Tiếng Việt")]
    pub name: String,
    /// The name of the language, in the language of the answer.
    #[schema(example = "Vietnamese")]
    pub label: String,
    /// The direction of writing.
    pub direction: TextDirection,
    /// `true` if all texts of this service are translated. Only these languages can be requested with `lang`.
    pub complete: bool,
}

/// Every list of allowed values and every form, with labels and help texts.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct VocabularyView {
    /// The BCP 47 tag of the language of the answer.
    #[schema(example = "en")]
    pub language: String,
    /// The languages of the network, also those that are not complete.
    pub languages: Vec<LanguageView>,
    /// The lists of allowed values.
    pub lists: Vec<WordListView>,
    /// The forms with their fields.
    pub forms: Vec<FormView>,
}

/// The reference data that the lists are made from.
pub(super) struct VocabularySource {
    pub(super) terms: Vocabulary,
    pub(super) countries: Vec<Country>,
    pub(super) plan_cycles: Vec<PlanCycle>,
}

fn non_empty_text(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

impl WordView {
    /// Makes the view of a value. If the service has no label for it, the value itself is the label.
    fn new(language: Language, list: &str, value: &str) -> Self {
        let word = wording::value_wording(language, list, value);
        Self {
            value: value.to_owned(),
            label: word.map_or(value, |w| w.label.as_str()).to_owned(),
            help: word.and_then(|w| non_empty_text(&w.help)),
            parent: None,
        }
    }

    /// Makes the view of a term. The reference data may contain names for it, which have priority.
    fn from_term(language: Language, list: &str, term: &VocabularyTerm) -> Self {
        Self {
            label: wording::reference_label(language, list, &term.names, &term.slug),
            parent: term.parent.clone(),
            ..Self::new(language, list, &term.slug)
        }
    }
}

impl WordListView {
    fn new(language: Language, list: &str, values: Vec<WordView>) -> Self {
        let WordView { label, help, .. } = WordView::new(language, list, "");
        Self { list: list.to_owned(), label, help, values }
    }

    fn from_reference_data(
        language: Language,
        kept: ReferenceValueList,
        source: &VocabularySource,
    ) -> Self {
        let list = kept.as_str();
        let terms = |terms: &[VocabularyTerm]| {
            terms.iter().map(|t| WordView::from_term(language, list, t)).collect()
        };
        let plain = |value: &str| WordView::new(language, list, value);
        let values = match kept {
            ReferenceValueList::FocusArea => terms(&source.terms.focus_areas),
            ReferenceValueList::SubArea => terms(&source.terms.sub_areas),
            ReferenceValueList::Outcome => terms(&source.terms.outcomes),
            ReferenceValueList::Enabler => terms(&source.terms.enablers),
            ReferenceValueList::Sector => terms(&source.terms.sectors),
            ReferenceValueList::Tag => terms(&source.terms.tags),
            ReferenceValueList::PartnerType => {
                source.terms.partner_types.iter().map(|t| plain(t)).collect()
            }
            ReferenceValueList::PlanCycle => {
                source.plan_cycles.iter().map(|p| plain(p.slug.as_str())).collect()
            }
            ReferenceValueList::Country => {
                source.countries.iter().map(|c| view_country(language, list, c)).collect()
            }
            ReferenceValueList::Currency => CurrencyCode::all_active()
                .iter()
                .map(|c| name_currency(plain(c.as_str()), *c))
                .collect(),
        };
        Self::new(language, list, values)
    }
}

fn view_country(language: Language, list: &str, country: &Country) -> WordView {
    let key = country.code.as_str();
    WordView {
        label: wording::reference_label(language, list, &country.names, key),
        ..WordView::new(language, list, key)
    }
}

/// Uses the English name of ISO 4217 for a currency without a label of this service.
fn name_currency(view: WordView, currency: CurrencyCode) -> WordView {
    if view.label == view.value { WordView { label: currency.name(), ..view } } else { view }
}

/// Lists the kinds of problem, with the same texts as in problem documents.
fn list_problem_kinds(language: Language) -> WordListView {
    let view = |kind: &crate::api::error::ProblemKind| WordView {
        value: kind.code.to_owned(),
        label: kind.title().to_text(language),
        help: Some(kind.help().to_text(language)),
        parent: None,
    };
    WordListView::new(language, PROBLEM, PROBLEMS.iter().map(view).collect())
}

impl FormView {
    fn new(language: Language, form: &str, fields: &[(&str, FormFieldType)]) -> Self {
        let word = |field: &str| wording::field_wording(language, form, field);
        let view = |(field, takes): &(&str, FormFieldType)| FieldHelpView {
            field: (*field).to_owned(),
            label: word(field).map_or(*field, |w| w.label.as_str()).to_owned(),
            help: word(field).and_then(|w| non_empty_text(&w.help)),
            list: if let FormFieldType::List(list) = takes { non_empty_text(list) } else { None },
            form: if let FormFieldType::Form(form) = takes { non_empty_text(form) } else { None },
        };
        Self {
            form: form.to_owned(),
            label: word("").map_or(form, |w| w.label.as_str()).to_owned(),
            fields: fields.iter().map(view).collect(),
        }
    }
}

impl LanguageView {
    fn new(language: Language, tagged: Language) -> Self {
        Self {
            tag: tagged.to_string(),
            name: tagged.own_name().to_owned(),
            label: wording::value_label(language, "language", tagged.as_str()).to_owned(),
            direction: tagged.direction(),
            complete: tagged.is_spoken(),
        }
    }
}

impl VocabularyView {
    pub(super) fn new(language: Language, source: &VocabularySource) -> Self {
        let fixed = FIXED.iter().map(|list| {
            let values = (list.values)().into_iter();
            let values = values.map(|value| WordView::new(language, list.name, value)).collect();
            WordListView::new(language, list.name, values)
        });
        let kept = ReferenceValueList::ALL
            .iter()
            .map(|kept| WordListView::from_reference_data(language, *kept, source));
        Self {
            language: language.to_string(),
            languages: Language::ALL.iter().map(|l| LanguageView::new(language, *l)).collect(),
            lists: fixed.chain(kept).chain([list_problem_kinds(language)]).collect(),
            forms: FORMS
                .iter()
                .map(|(form, fields)| FormView::new(language, form, fields))
                .collect(),
        }
    }
}
