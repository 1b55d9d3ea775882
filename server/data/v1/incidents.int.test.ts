import Mux from "@mux/mux-node";
import Mux9 from "mux-node-9";
import Mux12 from "mux-node-12";
import Mux14 from "mux-node-14";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type DataServer, startDataServer } from "../testing/data-server.ts";

let server: DataServer;
let mux: Mux;

beforeAll(async () => {
  server = await startDataServer();
  mux = new Mux({ ...server.token, baseURL: server.origin, maxRetries: 0 });
});
afterAll(() => server.stop());

it("lists none, to the end, whatever they are narrowed by", async () => {
  const found = [];
  const query = { status: "open", severity: "alert", order_by: "value", order_direction: "asc", limit: 100 } as const;
  for await (const incident of mux.data.incidents.list(query)) found.push(incident);
  expect(found).toEqual([]);
  const { body } = await server.get("/data/v1/incidents?page=7");
  expect(body).toEqual({ data: [], total_row_count: 0, timeframe: [expect.any(Number), expect.any(Number)] });
});

it("knows no incident by its id, nor what is related to it", async () => {
  await expect(mux.data.incidents.retrieve("abcd1234")).rejects.toMatchObject({
    status: 404,
    error: { error: { type: "not_found", messages: ["There is no incident abcd1234"] } },
  });
  await expect(mux.data.incidents.listRelated("abcd1234")).rejects.toMatchObject({ status: 404 });
});

it("says the same to every client", async () => {
  const options = { ...server.token, baseURL: server.origin, maxRetries: 0 };
  const [{ data: data14 }, { data: data12 }, { data: data9 }] = [
    new Mux14(options),
    new Mux12(options),
    new Mux9(options),
  ];
  const lists = await Promise.all([data14.incidents.list(), data12.incidents.list(), data9.incidents.list()]);
  expect(lists.map(({ data }) => data)).toEqual([[], [], []]);
  const refused = await Promise.allSettled([
    ...[data14.incidents.retrieve("abcd1234"), data14.incidents.listRelated("abcd1234")],
    ...[data12.incidents.retrieve("abcd1234"), data12.incidents.listRelated("abcd1234")],
    ...[data9.incidents.retrieve("abcd1234"), data9.incidents.listRelated("abcd1234")],
  ]);
  for (const answer of refused) expect(answer).toMatchObject({ status: "rejected", reason: { status: 404 } });
});

it.each([
  ["incidents?status=new", /status: .*open/],
  ["incidents?severity=bad", /severity: .*warning/],
  ["incidents?order_by=started_at", /order_by: .*negative_impact/],
  ["incidents?order_direction=down", /order_direction: .*asc/],
  ["incidents?limit=0", /limit/],
  ["incidents?page=0", /page/],
  ["incidents/abcd1234/related?limit=101", /limit/],
  ["incidents/abcd1234/related?order_by=id", /order_by/],
])("%s is refused by name", async (path, message) => {
  const { statusCode, body } = await server.get(`/data/v1/${path}`);
  expect([statusCode, body.error.messages.join()]).toEqual([400, expect.stringMatching(message)]);
});
