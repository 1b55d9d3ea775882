import Mux from "@mux/mux-node";
import Mux12 from "mux-node-12";
import Mux14 from "mux-node-14";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEnvironment, createOtherTenant, createToken } from "../../testing/tenant.ts";
import { caller } from "../../testing/video.ts";
import { type DataServer, startDataServer } from "../testing/data-server.ts";

const PATH = "/data/v1/annotations";
const UNKNOWN = "182bd5e5-6e1a-4fe4-a799-aa6d9a6ab26e";
const MARCH = 1_741_000_000;

let server: DataServer;
let mux: Mux;
let reader: ReturnType<typeof caller>;
let stranger: ReturnType<typeof caller>;

beforeAll(async () => {
  server = await startDataServer();
  mux = new Mux({ ...server.token, baseURL: server.origin });
  reader = caller(server, await createToken(server.db, server.environmentId, ["data:read"]));
  const other = await createOtherTenant(server.db);
  stranger = caller(server, await createToken(server.db, other.environmentId, ["data:read", "data:write"]));
});
afterAll(() => server.stop());

async function listed(query: Mux.Data.AnnotationListParams): Promise<string[]> {
  const notes: string[] = [];
  for await (const { note } of mux.data.annotations.list(query)) notes.push(note);
  return notes;
}

describe("/data/v1/annotations", () => {
  it("takes Unix seconds, gives a date, and wraps one", async () => {
    const made = await mux.data.annotations.create({ date: MARCH, note: "Release 7", sub_property_id: "123" });
    const told = {
      id: made.id,
      date: new Date(MARCH * 1_000).toISOString(),
      note: "Release 7",
      sub_property_id: "123",
    };
    expect(made).toEqual(told);
    expect(await mux.data.annotations.retrieve(made.id)).toEqual(told);
    expect((await server.get(`${PATH}/${made.id}`)).body).toEqual({ data: told });
  });

  it.each([
    ["14", () => new Mux14({ ...server.token, baseURL: server.origin }).data.annotations],
    ["12", () => new Mux12({ ...server.token, baseURL: server.origin }).data.annotations],
  ] as const)("serves mux-node %s", async (version, annotationsOf) => {
    const annotations = annotationsOf();
    const note = `By ${version}`;
    const { id } = await annotations.create({ date: MARCH - 10_000, note });
    expect(await annotations.retrieve(id)).toMatchObject({ id, note, sub_property_id: null });
    const timeframe = [String(MARCH - 10_000), String(MARCH - 9_999)];
    const notes: string[] = [];
    for await (const each of annotations.list({ timeframe, limit: 1 })) notes.push(each.note);
    expect(notes).toEqual([note]);
    expect(await annotations.update(id, { date: MARCH - 10_000, note: "New" })).toMatchObject({ id, note: "New" });
    await annotations.delete(id);
    await expect(annotations.retrieve(id)).rejects.toMatchObject({ status: 404 });
  });

  it("changes date and note; the sub-property stays unless it is told", async () => {
    const mux14 = new Mux14({ ...server.token, baseURL: server.origin });
    const { id } = await mux14.data.annotations.create({ date: MARCH, note: "Before", sub_property_id: "a" });
    expect(await mux14.data.annotations.update(id, { date: MARCH + 1, note: "After" })).toMatchObject({
      date: new Date((MARCH + 1) * 1_000).toISOString(),
      note: "After",
      sub_property_id: "a",
    });
    const cleared = await mux14.data.annotations.update(id, { date: MARCH, note: "After", sub_property_id: "" });
    expect(cleared.sub_property_id).toBeNull();
    await expect(mux.data.annotations.update(id, { date: MARCH } as never)).rejects.toMatchObject({ status: 400 });
  });

  it("deletes with an empty answer, once", async () => {
    const { id } = await mux.data.annotations.create({ date: MARCH, note: "Short-lived" });
    const answer = await mux.data.annotations.delete(id).asResponse();
    expect([answer.status, await answer.text()]).toEqual([204, ""]);
    await expect(mux.data.annotations.delete(id)).rejects.toMatchObject({ status: 404 });
    await expect(mux.data.annotations.retrieve(id)).rejects.toMatchObject({ status: 404 });
  });

  it.each(["asc", "desc"] as const)(
    "gives each once, %s, while others come before it and go",
    async (order_direction) => {
      const fromS = order_direction === "asc" ? 1_200_000_000 : 1_300_000_000;
      const made: string[] = [];
      for (let at = 0; at < 7; at += 1)
        made.push((await mux.data.annotations.create({ date: fromS + 100 + at, note: `note ${at}` })).id);
      const seen: string[] = [];
      const query = { timeframe: [`${fromS}`, `${fromS + 1_000}`], order_direction, limit: 1 };
      for await (const { note } of mux.data.annotations.list(query)) {
        seen.push(note);
        // in front of all in either order; and the next but one is deleted, which leaves its page without any
        await mux.data.annotations.create({ date: order_direction === "asc" ? fromS : fromS + 900, note: "newcomer" });
        const gone = order_direction === "asc" ? made[2] : made[4];
        if (seen.length === 1) await mux.data.annotations.delete(gone ?? "");
      }
      const left = [0, 1, 2, 3, 4, 5, 6].map((at) => `note ${at}`);
      expect(seen).toEqual(order_direction === "asc" ? left.toSpliced(2, 1) : left.toSpliced(4, 1).toReversed());
    },
  );

  it("lists what there was, in order of dates, and ends behind the last", async () => {
    const fromS = 1_600_000_000;
    const notes = ["one", "two", "three", "four", "five"];
    for (const [at, note] of notes.entries()) await mux.data.annotations.create({ date: fromS + at, note });
    const timeframe = [`${fromS}`, `${fromS + 1_000}`];
    const seen: string[] = [];
    for await (const { note } of mux.data.annotations.list({ timeframe, limit: 2 })) {
      seen.push(note);
      if (seen.length === 1) await mux.data.annotations.create({ date: fromS + 500, note: "six" });
    }
    expect(seen).toEqual(notes); // as it was when it began
    expect(await listed({ timeframe, limit: 3, order_direction: "desc" })).toEqual(["six", ...notes.toReversed()]);
    expect(await listed({ timeframe: [`${fromS + 1}`, `${fromS + 3}`] })).toEqual(["two", "three"]);
    const behind = await server.get(`${PATH}?timeframe[]=${fromS}&timeframe[]=${fromS + 1_000}&page=9`);
    expect(behind.body).toEqual({ data: [], total_row_count: 6, timeframe: [fromS, fromS + 1_000] });
  });

  it("lists annotations of all times unless a range is named", async () => {
    await mux.data.annotations.create({ date: 0, note: "The first second" });
    await mux.data.annotations.create({ date: 7_258_118_400, note: "The last" });
    const all = await listed({});
    expect([all.at(0), all.at(-1)]).toEqual(["The first second", "The last"]);
    const { body } = await server.get(PATH);
    expect([body.total_row_count, body.timeframe]).toEqual([all.length, [0, 7_258_118_400]]);
  });

  it.each([
    ["date", { date: 1.5, note: "x" }],
    ["date", { date: -1, note: "x" }],
    ["date", { date: MARCH * 1_000, note: "x" }],
    ["date", { date: "2025-01-01", note: "x" }],
    ["date", { note: "x" }],
    ["note", { date: MARCH }],
    ["note", { date: MARCH, note: "" }],
    ["note", { date: MARCH, note: "\ud800" }],
    ["note", { date: MARCH, note: "x".repeat(5_001) }],
    ["sub_property_id", { date: MARCH, note: "x", sub_property_id: 7 }],
    ["sub_property_id", { date: MARCH, note: "x", sub_property_id: "x".repeat(256) }],
  ])("names %s of a body that is wrong in it", async (name, payload) => {
    const ask = caller(server, await authorization());
    for (const [method, path] of [
      ["POST", PATH],
      ["PATCH", `${PATH}/${UNKNOWN}`],
    ] as const) {
      const answer = await ask(method, path, payload);
      expect([answer.statusCode, answer.json().error.messages]).toEqual([400, [expect.stringContaining(`${name}: `)]]);
    }
  });

  it.each([
    ["limit", "limit=0"],
    ["limit", "limit=101"],
    ["page", "page=0"],
    ["order_direction", "order_direction=up"],
    ["timeframe[]", "timeframe[]=yesterday"],
    ["timeframe[]", "timeframe[]=2&timeframe[]=1"],
  ])("names the parameter %s of ?%s", async (name, query) => {
    const { statusCode, body } = await server.get(`${PATH}?${query}`);
    expect([statusCode, body.error.messages]).toEqual([400, [expect.stringContaining(name)]]);
  });

  it("shows nothing of it to another environment, and lets nobody write without the right", async () => {
    const { id } = await mux.data.annotations.create({ date: MARCH, note: "Ours" });
    const change = { date: MARCH, note: "Theirs" };
    for (const wrong of [id, UNKNOWN, "7", "x".repeat(90)])
      for (const method of ["GET", "PATCH", "DELETE"] as const) {
        const answer = await stranger(method, `${PATH}/${wrong}`, method === "PATCH" ? change : undefined);
        expect([answer.statusCode, answer.json().error.type]).toEqual([404, "not_found"]);
      }
    expect((await stranger("GET", PATH)).json()).toMatchObject({ data: [], total_row_count: 0 });
    for (const [method, path] of [
      ["POST", PATH],
      ["PATCH", `${PATH}/${id}`],
      ["DELETE", `${PATH}/${id}`],
    ] as const)
      expect((await reader(method, path, method === "DELETE" ? undefined : change)).statusCode).toBe(403);
    expect((await reader("GET", `${PATH}/${id}`)).json().data.note).toBe("Ours");
  });
});

it("there are 10,000 annotations of an environment at the most", async () => {
  const environment_id = await createEnvironment(server.db, "many1x");
  const write = caller(server, await createToken(server.db, environment_id, ["data:write"]));
  const row = { environment_id, date: new Date(0), note: "x", created_at: new Date(0) };
  await server.db
    .insertInto("annotations")
    .values(Array.from({ length: 9_999 }, () => row))
    .execute();
  const body = { date: MARCH, note: "y" };
  expect((await write("POST", PATH, body)).statusCode).toBe(201);
  const refused = await write("POST", PATH, body);
  expect([refused.statusCode, refused.json().error.type]).toEqual([422, "limit_reached"]);
});

const authorization = () => createToken(server.db, server.environmentId, ["data:write"]);
