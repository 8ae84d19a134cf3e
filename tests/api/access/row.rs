//! A row of the matrix: a request, and what it is about.

/// A request, and the operation that it calls.
pub(super) struct Row {
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

pub(super) const fn row(method: &'static str, template: &'static str, path: &'static str) -> Row {
    Row { method, template, path, note: "", body: None, if_match: None }
}

pub(super) const fn get(template: &'static str, path: &'static str) -> Row {
    row("get", template, path)
}

pub(super) const fn post(template: &'static str, path: &'static str) -> Row {
    row("post", template, path).sending("{}")
}

/// An edit of a version that is long gone.
pub(super) const fn patch(template: &'static str, path: &'static str) -> Row {
    row("patch", template, path).sending("{}").stale()
}

/// A deletion of a version that is long gone.
pub(super) const fn delete(template: &'static str, path: &'static str) -> Row {
    row("delete", template, path).stale()
}

impl Row {
    /// Sends a body.
    pub(super) const fn sending(mut self, body: &'static str) -> Self {
        self.body = Some(body);
        self
    }
    /// Names a version that no record has.
    pub(super) const fn stale(mut self) -> Self {
        self.if_match = Some("\"v999\"");
        self
    }
    /// Says what the request is about.
    pub(super) const fn about(mut self, note: &'static str) -> Self {
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
