import { readFileSync } from "node:fs";
import { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { connectionSession, newViewParameter, sessionOf, viewParameterOf } from "./view-session.ts";

const query = (text: string) => new URLSearchParams(text);

describe("the session of a segment", () => {
  it("is what playlists gave out", () => {
    const parameter = newViewParameter();
    expect(parameter).toMatch(/^vsid=[A-Za-z0-9_-]{16}$/);
    expect(newViewParameter()).not.toBe(parameter);
    expect(viewParameterOf(query(parameter))).toBe(parameter);
    expect(sessionOf(query(parameter), {})).toBe(parameter.slice("vsid=".length));
    for (const wrong of [
      "",
      "vsid=",
      "vsid=short",
      `vsid=${"x".repeat(65)}`,
      'vsid=aaaaaaaaaaaaaaa"b',
      "VSID=aaaaaaaaaaaaaaaa",
    ]) {
      expect([viewParameterOf(query(wrong)), sessionOf(query(wrong), {})]).toEqual([null, null]);
    }
  });

  it("is rather what the player calls it", () => {
    const report = `CMCD=${encodeURIComponent('br=1000,sid="6e2fb550-c457",ot=v')}&vsid=aaaaaaaaaaaaaaaa`;
    expect(sessionOf(query(report), {})).toBe("cmcd:6e2fb550-c457");
    expect(sessionOf(query("vsid=aaaaaaaaaaaaaaaa"), { "cmcd-session": 'cid="x",sid="abc"' })).toBe("cmcd:abc");
    expect(sessionOf(query(`CMCD=${encodeURIComponent('xsid="no"')}`), {})).toBeNull();
    expect(sessionOf(query(`CMCD=${encodeURIComponent(`sid="${"x".repeat(65)}"`)}`), {})).toBeNull();
  });

  it("is found in what hls.js sends, in the query and in headers", () => {
    const recorded = (name: string): { path: string; headers: Record<string, string> }[] =>
      readFileSync(new URL(`../../fixtures/cmcd/${name}.ndjson`, import.meta.url), "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line));
    for (const name of ["hlsjs-v1-query", "hlsjs-v1-headers"]) {
      const sessions = recorded(name).map(({ path, headers }) => sessionOf(query(path.split("?")[1] ?? ""), headers));
      expect(sessions.length).toBeGreaterThan(5);
      expect(new Set(sessions.map((session) => session?.slice(0, "cmcd:5f6b9c2e".length)))).toEqual(
        new Set(["cmcd:5f6b9c2e"]),
      );
    }
  });
});

describe("the session of a file that nobody names one for", () => {
  it("is the client at the other end of the connection", () => {
    const [one, other] = [new Socket(), new Socket()];
    const session = (socket: Socket, headers = {}) => connectionSession({ socket, headers });
    expect(session(one)).toMatch(/^connection:[\w-]{22}$/);
    expect(session(one)).toBe(session(one));
    expect(session(other)).not.toBe(session(one));
    const [ann, bob] = ["203.0.113.7", "203.0.113.8"].map((address) => session(one, { "x-forwarded-for": address }));
    expect(new Set([session(one), ann, bob]).size).toBe(3);
    expect(session(one, { "x-forwarded-for": "203.0.113.7" })).toBe(ann);
  });
});
