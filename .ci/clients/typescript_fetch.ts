// Uses the client of openapi-generator's typescript-fetch: `node typescript_fetch.js ADDRESS PASSWORD`.
import assert from "node:assert/strict";
import {
  AuthApi,
  BulkAction,
  Configuration,
  ImportsApi,
  ProjectsApi,
  ReleasesApi,
  ReportsApi,
} from "./typescript_fetch/index.js";

const [basePath = "", password = ""] = process.argv.slice(2);
const tokens = await new AuthApi(new Configuration({ basePath })).signIn({
  login: { email: "officer.da-nang@demo.example", password },
});
const configuration = new Configuration({ basePath, accessToken: tokens.accessToken });
const projects = new ProjectsApi(configuration);
const imports = new ImportsApi(configuration);

const listed = await projects.listProjects({ city: ["da-nang"], limit: 2 });
assert.equal(listed.items.length, 2);
assert.equal(listed.items[0]?.city, "da-nang");

const created = await projects.createProjectRaw({
  newProject: {
    city: "da-nang",
    planCycle: "2018-2025",
    title: "Bus lanes, from typescript-fetch",
    summary: "Two lanes for buses.",
    focusArea: "built-infrastructure",
    startsOn: new Date("2021-01-01"),
    endsOn: new Date("2025-12-31"),
  },
});
const project = await created.value();
assert.equal(project.version, 1);
assert.equal(project.allowedActions?.edit?.allowed, true);

const edited = await projects.editProject({
  project: project.code,
  ifMatch: created.raw.headers.get("ETag") ?? "",
  projectPatch: { summary: "Three lanes for buses.", budget: null },
});
assert.equal(edited.summary, "Three lanes for buses.");
assert.equal(edited.version, 2);

const bulk = await new ReportsApi(configuration).changeReports({
  newBulk: { action: BulkAction.Unchanged, filter: { city: "da-nang", cycle: "me-2026" }, dryRun: true },
});
assert(bulk.dryRun);
assert(bulk.results.length > 0);

const workbook = await imports.getWorkbook({ city: "da-nang", cycle: "me-2026" });
const imported = await imports.importRecords({ body: workbook, dryRun: true });
assert.equal(imported.totals.unchanged, imported.rows.length);

const release = await new ReleasesApi(configuration).getReleaseDataRaw({ release: "latest", format: "zip" });
assert.equal(Buffer.from(await release.raw.arrayBuffer()).toString("latin1", 0, 2), "PK");
console.log("openapi-generator, typescript-fetch: ok");
