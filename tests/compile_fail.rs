//! The rights are proofs: what nobody asked the policy about does not compile. Neither does a `PATCH` handler without a
//! precondition. The compiler must refuse each file of `compile_fail/`, in the words of the `.stderr` file beside it;
//! `TRYBUILD=overwrite` writes those anew.
//!
//! The first run on a machine checks every dependency once more, beside what the other tests were built with, because these
//! files are a crate of their own: minutes. Later runs take a second, or as long as it takes to check this crate.

#[test]
fn rules_called_without_the_matching_proof_do_not_compile() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
}
