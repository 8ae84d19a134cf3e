//! Limits how much memory the bodies of requests, or the answers to slow clients, take together.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use super::error::{ApiError, ApiResult};

/// The budgets of the service.
#[derive(Debug, Clone)]
pub struct MemoryBudgets {
    /// For the bodies of all requests that are not answered yet: 64 MiB. The largest body has 20 MiB.
    pub bodies: MemoryBudget,
    /// For long answers in memory that are not cached, while they are sent: 256 MiB.
    pub answers: MemoryBudget,
}

impl Default for MemoryBudgets {
    fn default() -> Self {
        const MIB: usize = 1024 * 1024;
        Self { bodies: MemoryBudget::new(64 * MIB), answers: MemoryBudget::new(256 * MIB) }
    }
}

/// A number of bytes that requests share.
#[derive(Debug, Clone)]
pub struct MemoryBudget {
    limit: usize,
    used: Arc<AtomicUsize>,
}

impl MemoryBudget {
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, used: Arc::default() }
    }

    /// Returns the bytes in use.
    #[must_use]
    pub fn used_bytes(&self) -> usize {
        self.used.load(Ordering::Relaxed)
    }

    /// Returns an empty share.
    pub(super) fn start_share(&self) -> MemoryShare {
        MemoryShare { budget: self.clone(), bytes: 0 }
    }
}

/// The part of a budget that one request uses. It ends with this value.
#[derive(Debug)]
pub(super) struct MemoryShare {
    budget: MemoryBudget,
    bytes: usize,
}

impl MemoryShare {
    /// Enlarges the share to a number of bytes.
    ///
    /// # Errors
    /// [`ApiError::Busy`] if all requests together would use more than the budget.
    pub(super) fn grow_to(&mut self, bytes: usize) -> ApiResult<()> {
        let more = bytes.saturating_sub(self.bytes);
        let used = self.budget.used.fetch_add(more, Ordering::Relaxed);
        self.bytes += more;
        if more > 0 && used.saturating_add(more) > self.budget.limit {
            return Err(ApiError::Busy);
        }
        Ok(())
    }
}

impl Drop for MemoryShare {
    fn drop(&mut self) {
        self.budget.used.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_beyond_the_budget_are_busy_and_return_what_they_used() {
        let budget = MemoryBudget::new(100);
        let (mut one, mut other) = (budget.start_share(), budget.start_share());
        one.grow_to(60).unwrap();
        one.grow_to(50).unwrap();
        other.grow_to(40).unwrap();
        assert_eq!(budget.used_bytes(), 100);
        assert!(matches!(other.grow_to(41), Err(ApiError::Busy)));
        drop(other);
        assert_eq!(budget.used_bytes(), 60);
        one.grow_to(100).unwrap();
        drop(one);
        assert_eq!(budget.used_bytes(), 0);
    }
}
