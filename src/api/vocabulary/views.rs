//! The shapes in which the vocabulary is answered.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    api::error::PROBLEMS,
    domain::{
        language::{Direction, Language},
        reference::{Country, PlanCycle, Vocabulary, VocabularyTerm},
        value::CurrencyCode,
        wording::{
            self,
            form_fields::{FORMS, FormFieldType},
            value_lists::{FIXED, PROBLEM, ReferenceValueList},
        },
    },
};

/// A value that is allowed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct WordView {
    /// What is sent and answered.
    #[schema(example = "ongoing")]
    pub value: String,
    /// What it is called.
    #[schema(example = "On-going")]
    pub label: String,
    /// What it means; null where the label says it all.
    #[schema(required)]
    pub help: Option<String>,
    /// What it belongs to: the focus area of a sub-area, the country of a national tag.
    #[schema(required)]
    pub parent: Option<String>,
}

/// A list of allowed values.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct WordListView {
    /// The name of the list.
    #[schema(example = "status")]
    pub list: String,
    /// What it is called.
    #[schema(example = "Status")]
    pub label: String,
    /// What it is about.
    #[schema(required)]
    pub help: Option<String>,
    /// The values, in order.
    pub values: Vec<WordView>,
}

/// A field of a form.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct FieldHelpView {
    /// The member of the body.
    #[schema(example = "percent_complete")]
    pub field: String,
    /// What it is called.
    #[schema(example = "Percent complete")]
    pub label: String,
    /// What is written in it.
    #[schema(required)]
    pub help: Option<String>,
    /// The list that its values are in.
    #[schema(required)]
    pub list: Option<String>,
    /// The form that it is made of.
    #[schema(required)]
    pub form: Option<String>,
}

/// A form: the body in which a record, or a part of one, is written.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct FormView {
    /// The name of the form.
    #[schema(example = "report")]
    pub form: String,
    /// What it is called.
    #[schema(example = "Report")]
    pub label: String,
    /// Its fields, in the order in which people fill them in.
    pub fields: Vec<FieldHelpView>,
}

/// A language of the network.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct LanguageView {
    /// Its tag of BCP 47.
    #[schema(example = "vi")]
    pub tag: String,
    /// Its name in itself.
    #[schema(example = "Tiếng Việt")]
    pub name: String,
    /// Its name in the language of the answer.
    #[schema(example = "Vietnamese")]
    pub label: String,
    /// In which direction it is written.
    pub direction: Direction,
    /// Whether every word is there in it, so that it can be asked for.
    pub complete: bool,
}

/// Every list of allowed values and every field of the forms, in words.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct VocabularyView {
    /// The language of the answer.
    #[schema(example = "en")]
    pub language: String,
    /// The languages of the network.
    pub languages: Vec<LanguageView>,
    /// The lists of allowed values.
    pub lists: Vec<WordListView>,
    /// The forms with their fields.
    pub forms: Vec<FormView>,
}

/// The reference data that the lists are made of.
pub(super) struct VocabularySource {
    pub(super) terms: Vocabulary,
    pub(super) countries: Vec<Country>,
    pub(super) plan_cycles: Vec<PlanCycle>,
}

fn non_empty_text(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

impl WordView {
    /// A value that this service has a word for; the value itself where it has none.
    fn new(language: Language, list: &str, value: &str) -> Self {
        let word = wording::value_wording(language, list, value);
        Self {
            value: value.to_owned(),
            label: word.map_or(value, |w| w.label.as_str()).to_owned(),
            help: word.and_then(|w| non_empty_text(&w.help)),
            parent: None,
        }
    }

    /// A term that the reference data may have names of its own for.
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

/// A currency of the world that this service has no word for is called as ISO 4217 calls it.
fn name_currency(view: WordView, currency: CurrencyCode) -> WordView {
    if view.label == view.value { WordView { label: currency.name(), ..view } } else { view }
}

/// The kinds of problem: their titles and help are sentences, said where problems are answered as well.
fn list_problem_kinds(language: Language) -> WordListView {
    let view = |kind: &crate::api::error::ProblemKind| WordView {
        value: kind.code.to_owned(),
        label: wording::translate_sentence(language, kind.title).into_owned(),
        help: Some(wording::translate_sentence(language, kind.help).into_owned()),
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
