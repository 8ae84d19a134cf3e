//! Reads a body and collects every fault of its shape: values of a wrong type, unknown keys, doubled keys.
//!
//! A shape derives `Deserialize`, which stops at the first fault. [`ShapeReader`] stands between the shape and the JSON
//! parser, and learns which type each field expects. If the value has a different type, it notes the fault and passes on
//! an empty value of the expected type, so that reading continues. It passes on neither unknown nor doubled keys.
//!
//! So every member of a shape must be optional. A type that refuses an empty value of its kind, or the absence of a
//! member, ends the reading; its fault is then the last one that is listed.

use std::cell::RefCell;

use crate::{api::error::RequestFault, domain::fault::ValueFault};

mod object;
mod reader;
mod visitor;

pub(super) use reader::ShapeReader;
pub(crate) use reader::TEXT_OR_LIST;

/// The largest number of faults that an answer lists.
pub(crate) const FAULTS_MAX: usize = 100;

/// The faults of a body, in the order of the document.
#[derive(Default)]
pub(super) struct ShapeFaults {
    found: RefCell<Vec<RequestFault>>,
    /// The place at which the reading ended with an error.
    stopped_at: RefCell<Option<String>>,
}

impl ShapeFaults {
    pub(super) fn into_parts(self) -> (Vec<RequestFault>, String) {
        (self.found.into_inner(), self.stopped_at.into_inner().unwrap_or_default())
    }
}

/// A place in the body, and the list of its faults.
#[derive(Clone, Copy)]
pub(super) struct Position<'a> {
    faults: &'a ShapeFaults,
    parent: Option<&'a Position<'a>>,
    step: Step<'a>,
}

/// The last step of the way to a place.
#[derive(Clone, Copy)]
enum Step<'a> {
    Root,
    Field(&'a str),
    Item(usize),
}

impl<'a> Position<'a> {
    pub(super) const fn root(faults: &'a ShapeFaults) -> Self {
        Self { faults, parent: None, step: Step::Root }
    }
    pub(super) const fn field(&'a self, name: &'a str) -> Self {
        Self { faults: self.faults, parent: Some(self), step: Step::Field(name) }
    }
    const fn item(&'a self, index: usize) -> Self {
        Self { faults: self.faults, parent: Some(self), step: Step::Item(index) }
    }

    /// Returns the JSON pointer (RFC 6901) of the place.
    fn to_pointer(self) -> String {
        let before = self.parent.map(|parent| parent.to_pointer()).unwrap_or_default();
        match self.step {
            Step::Root => before,
            Step::Field(name) => {
                format!("{before}/{}", name.replace('~', "~0").replace('/', "~1"))
            }
            Step::Item(index) => format!("{before}/{index}"),
        }
    }

    /// Notes a fault. Faults beyond [`FAULTS_MAX`] are not listed.
    /// The fault is only made if it is listed, so that a body with very many faults costs little.
    pub(super) fn add_fault(self, fault: impl FnOnce() -> ValueFault) {
        let mut found = self.faults.found.borrow_mut();
        if found.len() < FAULTS_MAX {
            found.push(RequestFault::at_pointer(self.to_pointer(), fault()));
        }
    }

    /// Notes that the reading ends here with an error. The first note counts, because it is about the innermost place.
    pub(super) fn note_stop(self) {
        self.faults.stopped_at.borrow_mut().get_or_insert_with(|| self.to_pointer());
    }
}
