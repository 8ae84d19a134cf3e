"""Uses the client of openapi-python-client: `python openapi_python_client.py ADDRESS PASSWORD`."""

import datetime
import sys

from ascn_tracker_client import AuthenticatedClient, Client
from ascn_tracker_client.api.auth import sign_in
from ascn_tracker_client.api.imports import get_workbook, import_records
from ascn_tracker_client.api.projects import create_project, edit_project, list_projects
from ascn_tracker_client.api.releases import get_release_data
from ascn_tracker_client.api.reports import change_reports
from ascn_tracker_client.models import (
    BulkAction,
    BulkView,
    ImportView,
    Login,
    NewBulk,
    NewBulkFilter,
    NewProject,
    ProjectList,
    ProjectPatch,
    ProjectView,
    TokensView,
)
from ascn_tracker_client.types import File

address, password = sys.argv[1:]
tokens = sign_in.sync(client=Client(address), body=Login("officer.da-nang@demo.example", password))
assert isinstance(tokens, TokensView), tokens
client = AuthenticatedClient(address, tokens.access_token)

listed = list_projects.sync(client=client, city=["da-nang"], limit=2)
assert isinstance(listed, ProjectList), listed
assert [project.city for project in listed.items] == ["da-nang"] * 2

new_project = NewProject(
    city="da-nang",
    plan_cycle="2018-2025",
    title="Bus lanes, from openapi-python-client",
    summary="Two lanes for buses.",
    focus_area="built-infrastructure",
    starts_on=datetime.date(2021, 1, 1),
    ends_on=datetime.date(2025, 12, 31),
)
created = create_project.sync_detailed(client=client, body=new_project)
project = created.parsed
assert isinstance(project, ProjectView), created.content
assert project.version == 1
assert project.allowed_actions["edit"].allowed

patch = ProjectPatch(summary="Three lanes for buses.", budget=None)
edited = edit_project.sync(project.code, client=client, body=patch, if_match=created.headers["ETag"])
assert isinstance(edited, ProjectView), edited
assert (edited.summary, edited.version) == ("Three lanes for buses.", 2)

reports = NewBulkFilter(city="da-nang", cycle="me-2026")
bulk = change_reports.sync(client=client, body=NewBulk(BulkAction.UNCHANGED, filter_=reports, dry_run=True))
assert isinstance(bulk, BulkView), bulk
assert bulk.dry_run and bulk.results

workbook = get_workbook.sync(city="da-nang", client=client, cycle="me-2026")
assert isinstance(workbook, File), workbook
imported = import_records.sync(client=client, body=workbook, dry_run=True)
assert isinstance(imported, ImportView), imported
assert imported.totals.unchanged == len(imported.rows)

release = get_release_data.sync("latest", client=client)
assert isinstance(release, File), release
assert release.payload.read(2) == b"PK"
print("openapi-python-client: ok")
