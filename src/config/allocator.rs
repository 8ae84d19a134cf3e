//! What the allocator is told. It reads the environment before `main`, so that a setting that is not there can only be given to
//! a program that starts anew.

use std::env;

/// After how many milliseconds the allocator gives memory back; its own default is a second, in which sign-ins (19 MiB each)
/// and files that are read add up.
const SETTING: (&str, &str) = ("MIMALLOC_PURGE_DELAY", "10");

/// Starts this program anew, in this process and with the same arguments, where the allocator was not told yet how long it keeps
/// what is free. What the operator set stands. Where a program cannot be replaced it runs on as it is: that costs memory only.
#[cfg(unix)]
pub(crate) fn set_purge_delay() {
    use std::os::unix::process::CommandExt as _;
    let (name, value) = SETTING;
    let mut arguments = env::args_os();
    let (Ok(program), Some(called)) = (env::current_exe(), arguments.next()) else { return };
    #[expect(clippy::disallowed_methods, reason = "it is the allocator's and no setting of ours")]
    let is_set = env::var_os(name).is_some();
    if is_set {
        return;
    }
    let failed =
        std::process::Command::new(program).arg0(called).args(arguments).env(name, value).exec();
    // It comes back only when it failed; the log is not there yet.
    drop(failed);
}

/// Nothing to do: elsewhere a process cannot be replaced, and the setting is the operator's alone.
#[cfg(not(unix))]
pub const fn set_purge_delay() {}
