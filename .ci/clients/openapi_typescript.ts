// Uses the types of openapi-typescript with openapi-fetch: `node openapi_typescript.js ADDRESS PASSWORD`.
import assert from "node:assert/strict";
import createClient from "openapi-fetch";
import type { components, paths } from "./openapi_types.js";

const [baseUrl = "", password = ""] = process.argv.slice(2);
const workbookType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const client = createClient<paths>({ baseUrl });

const signedIn = await client.POST("/api/v1/auth/login", { body: { email: "officer.da-nang@demo.example", password } });
assert(signedIn.data);
const token = signedIn.data.access_token;
client.use({ onRequest: ({ request }) => request.headers.set("Authorization", `Bearer ${token}`) });

const listed = await client.GET("/api/v1/projects", { params: { query: { city: ["da-nang"], limit: 2 } } });
// With other formats the answer is text.
assert(typeof listed.data === "object");
assert.equal(listed.data.items.length, 2);
assert.equal(listed.data.items[0]?.city, "da-nang");

const project: components["schemas"]["NewProject"] = {
  city: "da-nang",
  plan_cycle: "2018-2025",
  title: "Bus lanes, from openapi-typescript",
  summary: "Two lanes for buses.",
  focus_area: "built-infrastructure",
  starts_on: "2021-01-01",
  ends_on: "2025-12-31",
};
const created = await client.POST("/api/v1/projects", { body: project });
assert(created.data, JSON.stringify(created.error));
assert.equal(created.data.version, 1);
const edit = created.data.allowed_actions?.edit;
assert.equal(edit?.allowed, true);

const edited = await client.PATCH("/api/v1/projects/{project}", {
  params: { path: { project: created.data.code }, header: { "If-Match": created.response.headers.get("ETag") ?? "" } },
  body: { summary: "Three lanes for buses.", budget: null },
});
assert.equal(edited.data?.summary, "Three lanes for buses.");
assert.equal(edited.data.version, 2);

const bulk = await client.POST("/api/v1/reports/bulk", {
  body: { action: "unchanged", filter: { city: "da-nang", cycle: "me-2026" }, dry_run: true },
});
assert(bulk.data?.dry_run);
assert(bulk.data.results.length > 0);

const path = { city: "da-nang" };
const query = { cycle: "me-2026" };
const workbook = await client.GET("/api/v1/cities/{city}/workbook", { params: { path, query }, parseAs: "blob" });
assert(workbook.data);
const imported = await client.POST("/api/v1/imports", {
  params: { query: { dry_run: true } },
  // The generator has the type string for bytes.
  body: workbook.data as unknown as string,
  bodySerializer: (body) => body,
  headers: { "Content-Type": workbookType },
});
assert(imported.data, JSON.stringify(imported.error));
assert.equal(imported.data.totals.unchanged, imported.data.rows.length);

const release = await client.GET("/api/v1/releases/{release}/data", {
  params: { path: { release: "latest" } },
  parseAs: "arrayBuffer",
});
assert(release.data instanceof ArrayBuffer);
assert.equal(Buffer.from(release.data).toString("latin1", 0, 2), "PK");
console.log("openapi-typescript: ok");
