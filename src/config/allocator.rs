//! The setting of the allocator. mimalloc reads the environment before `main` runs, so the program can only set a variable
//! for it by starting again.

use std::env;

/// The time after which the allocator returns free memory to the system, in milliseconds. Its own default is a second:
/// until then the memory of sign-ins (19 MiB each) and of uploaded files adds up.
const PURGE_DELAY: (&str, &str) = ("MIMALLOC_PURGE_DELAY", "10");

/// Sets the purge delay of the allocator, unless the operator has set it: replaces this process by the same program with
/// the same arguments and the variable. The process id stays the same. If the process cannot be replaced, the program
/// continues; it then needs more memory, and nothing else changes.
#[cfg(unix)]
pub(crate) fn set_purge_delay() {
    use std::os::unix::process::CommandExt as _;
    let (name, value) = PURGE_DELAY;
    let mut arguments = env::args_os();
    let (Ok(program), Some(program_name)) = (env::current_exe(), arguments.next()) else { return };
    #[expect(clippy::disallowed_methods, reason = "the variable belongs to the allocator")]
    let is_set = env::var_os(name).is_some();
    if is_set {
        return;
    }
    let mut command = std::process::Command::new(program);
    let error = command.arg0(program_name).args(arguments).env(name, value).exec();
    // `exec` returns only if it failed. Logging has not started yet, so the error is dropped.
    drop(error);
}

/// Does nothing: on this system a process cannot be replaced, and the operator can set the variable.
#[cfg(not(unix))]
pub(crate) const fn set_purge_delay() {}
