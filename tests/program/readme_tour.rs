//! The tour in the README, word for word: its lines are run by a shell against the real program with `serve --demo`.

use std::process::Command;

use crate::Service;

/// `curl` in the shell's own words, for machines that have none: as much of it as the tour uses.
const CURL: &str = r#"
curl() {
  local method= url= data= file= out=/dev/stdout line; local -a headers=()
  while (($#)); do case $1 in
    -sS) ;;
    -X) method=$2; shift ;;
    -H) headers+=("$2"); shift ;;
    -d) data=$2; : "${method:=POST}"; shift ;;
    --data-binary) file=${2#@}; : "${method:=POST}"; shift ;;
    -o) out=$2; shift ;;
    *) url=$1 ;;
  esac; shift; done
  local rest=${url#http://}; local authority=${rest%%/*} path=/${rest#*/}
  exec 3<>"/dev/tcp/${authority%:*}/${authority#*:}"
  { printf '%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n' "${method:-GET}" "$path" "$authority"
    printf '%s\r\n' "${headers[@]}"
    if [[ $file ]]; then printf 'Content-Length: %s\r\n\r\n' "$(wc -c <"$file")"; cat "$file"
    else printf 'Content-Length: %s\r\n\r\n%s' "$(LC_ALL=C; echo ${#data})" "$data"; fi; } >&3
  while IFS= read -r line <&3 && [[ $line != $'\r' ]]; do :; done
  cat <&3 >"$out"; exec 3>&-
}
"#;

/// The blocks of code in the README with a mark, joined.
fn readme_blocks(mark: &str) -> String {
    let readme = include_str!("../../README.md");
    readme.split("```").filter_map(|block| block.strip_prefix(mark)).collect::<Vec<_>>().join("\n")
}

/// Each part between two dots of a shortened answer, without the space around it.
fn shown_parts(answers: &str) -> Vec<&str> {
    let parts = answers.split(['…', '\n']).map(str::trim);
    parts.filter(|part| part.len() > 4).collect()
}

#[test]
fn readme_tour_runs_against_the_program() {
    let dir = tempfile::TempDir::new().unwrap();
    let service = Service::demo(dir.path());
    let lines = readme_blocks("sh tour\n");
    assert!(lines.contains("http://127.0.0.1:8080"), "the tour names the default address");
    let has_curl = Command::new("curl").arg("--version").output().is_ok_and(|o| o.status.success());
    let script = format!(
        "set -euo pipefail\n{}\n{}",
        if has_curl { "" } else { CURL },
        // The only change: the port is free here, and each answer ends its line.
        lines
            .replace("http://127.0.0.1:8080", &service.address)
            .replace("\ncurl ", "\necho; curl ")
    );
    // A file that the tour saves belongs to nobody's working folder.
    let done =
        Command::new("bash").arg("-c").arg(&script).current_dir(dir.path()).output().unwrap();
    let out = String::from_utf8(done.stdout).unwrap();
    let errors = String::from_utf8(done.stderr).unwrap();
    assert!(done.status.success(), "{out}\n{errors}");
    let answers: Vec<serde_json::Value> = out
        .lines()
        .filter(|l| l.starts_with('{'))
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    let shown = readme_blocks("json answer\n");
    assert!(shown_parts(&shown).len() > 20, "{shown}");
    for part in shown_parts(&shown) {
        assert!(out.contains(part), "the README shows {part}, the service does not answer it");
    }
    let saved = lines.matches("\ncurl -sS -o ").count();
    assert_eq!(answers.len() + saved, lines.matches("\ncurl ").count(), "{out}");
    for answer in &answers {
        assert!(
            answer.get("status").is_none_or(serde_json::Value::is_string),
            "a problem: {answer}"
        );
    }
    let tables: Vec<i64> = answers
        .iter()
        .filter_map(|a| a["total"].as_i64().filter(|_| a["cells"].is_array()))
        .collect();
    let expected = [134, 0, 1, 134];
    assert_eq!(tables, expected, "me-2025, me-2026 before the approval and after it, me-2025");
    let history = answers.iter().find(|a| a["items"][0]["action"].is_string()).unwrap();
    let actions: Vec<&str> =
        history["items"].as_array().unwrap().iter().filter_map(|i| i["action"].as_str()).collect();
    let mut sorted = actions.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, ["approve", "create", "edit", "edit", "return", "submit", "submit"]);
    let import = answers.iter().find(|a| a["totals"]["unchanged"].is_number()).unwrap();
    let changed = ["new", "changed", "refused", "stale"].map(|o| import["totals"][o].as_i64());
    assert_eq!(changed, [Some(0); 4], "an untouched export changes nothing");
    let feed = answers.iter().find(|a| a["caught_up"].is_boolean()).unwrap();
    let numbers: Vec<_> = (0..3).filter_map(|i| feed["items"][i]["feed"].as_i64()).collect();
    assert_eq!((numbers, feed["next"].as_i64()), (vec![1, 2, 3], Some(3)));
    let sitting = answers.iter().find(|a| a["days_left"].is_number()).unwrap();
    assert_eq!(sitting["totals"]["approved"], 1);
    assert!(answers.last().unwrap()["cells"][0]["row_name"].as_str().unwrap().contains("công dân"));
}
