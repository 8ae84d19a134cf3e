"""Uses the client of openapi-generator's python: `python openapi_generator.py ADDRESS PASSWORD`."""

import datetime
import sys

from ascn_client import (
    ApiClient,
    AuthApi,
    BulkAction,
    Configuration,
    ImportsApi,
    Login,
    NewBulk,
    NewBulkFilter,
    NewProject,
    OneOrMany,
    ProjectPatch,
    ProjectsApi,
    ReleasesApi,
    ReportsApi,
)
from pydantic import SecretStr

address, password = sys.argv[1:]
login = Login(email="officer.da-nang@demo.example", password=SecretStr(password))
tokens = AuthApi(ApiClient(Configuration(host=address))).sign_in(login)
client = ApiClient(Configuration(host=address, access_token=tokens.access_token))
projects, imports = ProjectsApi(client), ImportsApi(client)

listed = projects.list_projects(city=["da-nang"], limit=2)
assert [project.city for project in listed.items] == ["da-nang"] * 2

new_project = NewProject(
    city="da-nang",
    plan_cycle="2018-2025",
    title="Bus lanes, from openapi-generator",
    summary="Two lanes for buses.",
    focus_area="built-infrastructure",
    starts_on=datetime.date(2021, 1, 1),
    ends_on=datetime.date(2025, 12, 31),
)
created = projects.create_project_with_http_info(new_project)
project = created.data
assert project.version == 1
assert project.allowed_actions is not None and project.allowed_actions["edit"].allowed

assert created.headers is not None
patch = ProjectPatch(summary="Three lanes for buses.", budget=None)
edited = projects.edit_project(project.code, created.headers["etag"], patch)
assert (edited.summary, edited.version) == ("Three lanes for buses.", 2)

reports = NewBulkFilter(city=OneOrMany("da-nang"), cycle=OneOrMany("me-2026"))
bulk = ReportsApi(client).change_reports(NewBulk(action=BulkAction.UNCHANGED, filter=reports, dry_run=True))
assert bulk.dry_run and bulk.results

workbook = imports.get_workbook("da-nang", cycle="me-2026")
imported = imports.import_records(bytes(workbook), dry_run=True)
assert imported.totals.unchanged == len(imported.rows)

release = ReleasesApi(client).get_release_data_without_preload_content("latest", format="zip")
assert release.read()[:2] == b"PK"
print("openapi-generator, python: ok")
