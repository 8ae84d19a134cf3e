//! A row of the matrix: a request, and what it is about.

/// A request, and the operation that it calls.
pub(super) struct AccessMatrixRow {
    pub(super) method: &'static str,
    /// The operation's path in the contract, below `/api/v1/` unless it begins with a slash.
    pub(super) template: &'static str,
    /// The path that is called; what stands in braces is filled in from [`super::desk::Desk`].
    pub(super) path: &'static str,
    /// What the request is about, where the operation has several rows.
    note: &'static str,
    pub(super) body: Option<&'static str>,
    pub(super) if_match: Option<&'static str>,
}

pub(super) const fn request_row(
    method: &'static str,
    template: &'static str,
    path: &'static str,
) -> AccessMatrixRow {
    AccessMatrixRow { method, template, path, note: "", body: None, if_match: None }
}

pub(super) const fn get(template: &'static str, path: &'static str) -> AccessMatrixRow {
    request_row("get", template, path)
}

pub(super) const fn post(template: &'static str, path: &'static str) -> AccessMatrixRow {
    request_row("post", template, path).with_body("{}")
}

/// An edit of a version that is long gone.
pub(super) const fn patch(template: &'static str, path: &'static str) -> AccessMatrixRow {
    request_row("patch", template, path).with_body("{}").with_stale_if_match()
}

/// A deletion of a version that is long gone.
pub(super) const fn delete(template: &'static str, path: &'static str) -> AccessMatrixRow {
    request_row("delete", template, path).with_stale_if_match()
}

impl AccessMatrixRow {
    /// Sends a body.
    pub(super) const fn with_body(mut self, body: &'static str) -> Self {
        self.body = Some(body);
        self
    }
    /// Names a version that no record has.
    pub(super) const fn with_stale_if_match(mut self) -> Self {
        self.if_match = Some("\"v999\"");
        self
    }
    /// Says what the request is about.
    pub(super) const fn with_note(mut self, note: &'static str) -> Self {
        self.note = note;
        self
    }
    pub(super) fn operation(&self) -> Operation {
        let below = if self.template.starts_with('/') { "" } else { "/api/v1/" };
        (format!("{below}{}", self.template), self.method.to_owned())
    }
    pub(super) fn name(&self) -> String {
        let method = self.method.to_uppercase();
        let about = if self.note.is_empty() { String::new() } else { format!(" ({})", self.note) };
        format!("{method} {}{about}", self.template)
    }
}

/// A path of the contract and a method.
pub(super) type Operation = (String, String);
