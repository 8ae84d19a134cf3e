//! Milestones, indicators and partnerships of projects.
