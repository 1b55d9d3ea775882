import Mux from "@mux/mux-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { basic, createEnvironment, createOtherTenant, createToken } from "../../testing/tenant.ts";
import { TEST_START_MS } from "../../testing/test-server.ts";
import { type DataServer, startDataServer } from "../testing/data-server.ts";

let server: DataServer;
let mux: Mux;
let full: string;

beforeAll(async () => {
  server = await startDataServer();
  mux = new Mux({ ...server.token, baseURL: server.origin });
  full = basic(server.token.tokenId, server.token.tokenSecret);
  const broken = { errorTypeId: 11, errorCode: "4", errorMessage: "no source", playbackFailure: true };
  const refused = { errorTypeId: 12, errorCode: "geo/block", errorMessage: "not here", country: "DE" };
  const viewEndMs = TEST_START_MS - 60_000;
  await server.store(
    server.view({ ...broken, viewEndMs }),
    server.view({ ...broken, country: "DE", viewEndMs: viewEndMs - 1_000 }),
    server.view({ errorTypeId: 13, errorCode: "", errorMessage: "" }),
    server.view(refused),
    server.view({}),
    server.view(broken, { environmentId: 2 }),
  );
});
afterAll(() => server.stop());

function send(
  method: "PUT" | "DELETE" | "GET",
  path: string,
  payload?: object,
  authorization = full,
  environment = "",
) {
  const headers = { authorization, ...(environment === "" ? {} : { "x-playhead-environment": environment }) };
  return server.app.inject({ method, url: `/data/v1/${path}`, headers, ...(payload === undefined ? {} : { payload }) });
}

describe("the list of errors", () => {
  it("counts views by code and message, most frequent first, with their share of all", async () => {
    const { data, total_row_count, timeframe } = await mux.data.errors.list();
    expect(data.map(({ id, count, percentage }) => [id, count, percentage])).toEqual([
      [11, 2, 0.4],
      [12, 1, 0.2],
      [13, 1, 0.2],
    ]);
    expect(data[0]).toEqual({
      ...{ id: 11, code: 4, player_error_code: "4", message: "no source", description: null, notes: null },
      ...{ count: 2, percentage: 0.4, last_seen: new Date(TEST_START_MS - 60_000).toISOString(), category: null },
    });
    expect([data[1]?.code, data[1]?.player_error_code]).toEqual([null, "geo/block"]);
    expect([data[2]?.code, data[2]?.player_error_code, data[2]?.message]).toEqual([null, null, null]);
    expect([total_row_count, (timeframe[1] ?? 0) - (timeframe[0] ?? 0)]).toEqual([null, 86_400]);
  });

  it.each([
    [{ filters: ["country:DE"] }, [11, 12]],
    [{ filters: ["country:FR"] }, []],
    [{ timeframe: ["1000000", "1000001"] }, []],
    [{ timeframe: ["0", "7258118400"] }, [11, 12, 13]],
    [{ metric_filters: ["playback_failure_percentage>=1"] }, [11]],
  ])("is of the views that are asked: %j", async (query, ids) => {
    expect((await mux.data.errors.list(query)).data.map(({ id }) => id)).toEqual(ids);
  });

  it.each(["filters[]=colour:red", "timeframe[]=soon", "metric_filters[]=views>1", "weighted=yes"])(
    "refuses %s by the parameter's name",
    async (query) => {
      const { statusCode, body } = await server.get(`/data/v1/errors?${query}`);
      expect(statusCode).toBe(400);
      expect(body.error.messages.join()).toContain(query.split("=")[0]);
    },
  );
});

describe("notes on an error", () => {
  it("are written, written anew, shown in the list, and deleted once", async () => {
    const notes = async () => (await mux.data.errors.list()).data.find(({ id }) => id === 11)?.notes;
    expect((await send("PUT", "errors/11/notes", { notes: "The encoder's fault" })).json()).toEqual({
      data: { id: 11, notes: "The encoder's fault" },
    });
    expect(await notes()).toBe("The encoder's fault");
    await send("PUT", "errors/11/notes", { notes: "Mended" });
    expect(await notes()).toBe("Mended");
    expect((await send("DELETE", "errors/11/notes")).statusCode).toBe(204);
    expect(await notes()).toBe(null);
    expect((await send("DELETE", "errors/11/notes")).statusCode).toBe(404);
  });

  it.each([
    ["errors/11/notes", { notes: "" }, /notes.*empty/],
    ["errors/11/notes", { notes: "x".repeat(5_001) }, /notes.*5000/],
    ["errors/11/notes", { notes: "\0" }, /notes/],
    ["errors/11/notes", {}, /notes/],
    ["errors/0/notes", { notes: "x" }, /error_type_id/],
    ["errors/2147483648/notes", { notes: "x" }, /error_type_id/],
    ["errors/first/notes", { notes: "x" }, /error_type_id/],
  ])("%s with %j is 400", async (path, body, message) => {
    const answer = await send("PUT", path, body);
    expect(answer.statusCode).toBe(400);
    expect(answer.json().error.messages.join()).toMatch(message);
  });
});

describe("categories of error codes", () => {
  const category = { severity: "warning", type: "business_exception" };

  it("are set for codes seen or not, shown in the list of errors, changed and deleted", async () => {
    const code = encodeURIComponent("geo/block");
    expect((await send("PUT", `error-categories/${code}`, category)).json()).toEqual({
      data: { code: "geo/block", ...category },
    });
    await send("PUT", "error-categories/unseen", { severity: "fatal", type: "playback_failure" });
    const shown = async () => {
      const { data } = await mux.data.errors.list();
      return data.map((row) => (row as unknown as { category: unknown }).category);
    };
    expect(await shown()).toEqual([null, category, null]);
    await send("PUT", `error-categories/${code}`, { ...category, severity: "fatal" });
    expect((await send("GET", "error-categories")).json().data).toEqual([
      { code: "geo/block", ...category, severity: "fatal" },
      { code: "unseen", severity: "fatal", type: "playback_failure" },
    ]);
    expect((await send("DELETE", `error-categories/${code}`)).statusCode).toBe(204);
    expect((await send("DELETE", `error-categories/${code}`)).statusCode).toBe(404);
    expect(await shown()).toEqual([null, null, null]);
  });

  it.each([
    ["error-categories/4", { severity: "bad", type: "playback_failure" }, /severity/],
    ["error-categories/4", { severity: "fatal" }, /type/],
    [`error-categories/${"x".repeat(129)}`, category, /code/],
    [`error-categories/${encodeURIComponent("\u{1f6ab}".repeat(65))}`, category, /code/],
    ["error-categories/%00", category, /code/],
  ])("%s with %j is 400", async (path, body, message) => {
    const answer = await send("PUT", path, body);
    expect(answer.statusCode).toBe(400);
    expect(answer.json().error.messages.join()).toMatch(message);
  });

  it("are of one environment, and so are notes", async () => {
    const other = await createOtherTenant(server.db);
    const theirs = await createToken(server.db, other.environmentId, ["data:read", "data:write"]);
    await send("PUT", "error-categories/4", category);
    await send("PUT", "errors/11/notes", { notes: "ours" });
    expect((await send("GET", "error-categories", undefined, theirs)).json().data).toEqual([]);
    const [row] = (await send("GET", "errors", undefined, theirs)).json().data;
    expect([row.id, row.notes, row.category]).toEqual([11, null, null]);
    expect((await send("DELETE", "error-categories/4", undefined, theirs)).statusCode).toBe(404);
    expect((await send("DELETE", "errors/11/notes", undefined, theirs)).statusCode).toBe(404);
  });

  it("are written with data:write, of people by admins and owners", async () => {
    const reader = await createToken(server.db, server.environmentId, ["data:read"]);
    expect((await send("PUT", "error-categories/4", category, reader)).statusCode).toBe(403);
    expect((await send("PUT", "errors/11/notes", { notes: "x" }, reader)).statusCode).toBe(403);
    const payload = { email: "ada@example.com", password: "correct horse" };
    const signedIn = await server.app.inject({ method: "POST", url: "/dashboard/v1/sign-in", payload });
    const session = `Bearer ${signedIn.json().session_token}`;
    for (const [role, status] of [
      ["admin", 200],
      ["member", 403],
    ] as const) {
      await server.db.updateTable("memberships").set({ role }).execute();
      const { environmentId } = server;
      expect((await send("PUT", "error-categories/5", category, session, environmentId)).statusCode).toBe(status);
      expect((await send("PUT", "errors/11/notes", { notes: role }, session, environmentId)).statusCode).toBe(200);
    }
  });
});

describe("how many there may be", () => {
  const count = (most: number) => Array.from({ length: most }, (_, at) => at + 1);

  it("is 1,000 categories of an environment; those that are there can be changed", async () => {
    const environmentId = await createEnvironment(server.db, "many1x");
    const token = await createToken(server.db, environmentId, ["data:write"]);
    const category = { severity: "warning", type: "playback_failure" } as const;
    const rows = count(999).map((code) => ({ environment_id: environmentId, code: `${code}`, ...category }));
    await server.db
      .insertInto("error_categories")
      .values(rows.map((row) => ({ ...row, updated_at: new Date(0) })))
      .execute();
    const put = async (code: string) => (await send("PUT", `error-categories/${code}`, category, token)).statusCode;
    expect((await Promise.all(["a", "b", "c"].map(put))).sort()).toEqual([200, 422, 422]);
    expect([await put("1"), await put("d")]).toEqual([200, 422]);
    expect((await send("DELETE", "error-categories/2", undefined, token)).statusCode).toBe(204);
    expect(await put("d")).toBe(200);
    const old = () =>
      server.db.selectFrom("error_categories").select("code").where("updated_at", "=", new Date(0)).execute();
    expect(await old()).toHaveLength(998); // also "1", which was put as it was
  });

  it("is 1,000 errors with notes, likewise", async () => {
    const environmentId = await createEnvironment(server.db, "many2x");
    const token = await createToken(server.db, environmentId, ["data:write"]);
    const rows = count(1_000).map((id) => ({ environment_id: environmentId, error_type_id: id, note: "x" }));
    await server.db
      .insertInto("error_notes")
      .values(rows.map((row) => ({ ...row, updated_at: new Date(0) })))
      .execute();
    const put = (id: number) => send("PUT", `errors/${id}/notes`, { notes: "new" }, token);
    expect((await put(1)).statusCode).toBe(200);
    expect((await put(1_001)).json().error.messages).toEqual([expect.stringMatching(/1000 errors with notes/)]);
  });
});
