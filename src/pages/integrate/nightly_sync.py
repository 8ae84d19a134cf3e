"""Fills the reports of one city from a CSV file of another system. Run it each night; a second run changes nothing."""

import csv
import io
import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

API = os.environ["ASCN_API"]  # such as https://ascn.example/api/v1
CITY, CYCLE = os.environ["ASCN_CITY"], os.environ["ASCN_CYCLE"]


def send(path, query=None, body=None, content_type="application/json", token=None):
    """Sends a request. Waits and sends it again if the service was too busy or cannot be reached."""
    url = f"{API}/{path}?{urllib.parse.urlencode(query or {})}"
    headers = {"Content-Type": content_type, **({"Authorization": f"Bearer {token}"} if token else {})}
    for attempt in range(5):
        try:
            with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=60) as answer:
                return answer.read().decode()
        except urllib.error.HTTPError as error:
            if error.code not in (429, 503) or attempt == 4:
                sys.exit(f"{path}: {error.code} {error.read().decode()}")
            pause = int(error.headers.get("Retry-After", 2**attempt))
        except urllib.error.URLError as error:
            if attempt == 4:
                sys.exit(f"{path}: {error.reason}")
            pause = 2**attempt
        time.sleep(pause)


def fill_in(sheet, source):
    """Returns the sheet with the values of the source: rows are found by `project`, columns by their names."""
    values = {row["project"]: row for row in csv.DictReader(open(source, newline="", encoding="utf-8-sig"))}
    rows = csv.DictReader(io.StringIO(sheet))
    filled = io.StringIO()
    writer = csv.DictWriter(filled, rows.fieldnames)
    writer.writeheader()
    writer.writerows({**row, **values.get(row["project"], {})} for row in rows)
    return filled.getvalue().encode()


login = {"email": os.environ["ASCN_EMAIL"], "password": os.environ["ASCN_PASSWORD"]}
token = json.loads(send("auth/login", body=json.dumps(login).encode()))["access_token"]
sheet = {"cycle": CYCLE, "format": "csv", "sheet": "reports"}
body = fill_in(send(f"cities/{CITY}/workbook", sheet, token=token), sys.argv[1])
query = {"city": CITY, "cycle": CYCLE, "sheet": "reports"}
preview = json.loads(send("imports", {**query, "dry_run": "true"}, body, "text/csv", token))
if preview["faults"]:
    sys.exit(json.dumps(preview["faults"], indent=1))
write = {**query, "dry_run": "false", "digest": preview["digest"], "reason": "nightly sync"}
print(json.loads(send("imports", write, body, "text/csv", token))["totals"])
