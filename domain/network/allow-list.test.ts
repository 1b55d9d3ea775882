import { describe, expect, it } from "vitest";
import { parseAddress } from "./address.ts";
import { ALLOW_NOTHING, isAllowed, parseAllowList } from "./allow-list.ts";

const TEXT = "localhost:8080, 10.0.0.0/8, [::1]:90,127.0.0.1:91, 192.168.4.4, fd00::/8,";
const { list, mistakes } = parseAllowList(TEXT);

describe("parseAllowList", () => {
  it("reads hosts with ports, ranges and single addresses", () => {
    expect(mistakes).toEqual([]);
    expect(list.hosts).toEqual([
      { host: "localhost", port: 8080 },
      { host: "::1", port: 90 },
      { host: "127.0.0.1", port: 91 },
    ]);
    expect(list.ranges.map(({ prefixBits }) => prefixBits)).toEqual([8, 32, 8]);
  });

  it("allows nothing when empty", () => expect(parseAllowList(" , ")).toEqual({ list: ALLOW_NOTHING, mistakes: [] }));

  it.each(["localhost", "host:0", "host:65536", "*:80", "http://a:80", "10.0.0.0/33", "[host]:80", "a b:1"])(
    "names %j as a mistake",
    (part) => expect(parseAllowList(`10.0.0.0/8,${part}`).mistakes).toEqual([part]),
  );
});

describe("isAllowed", () => {
  it.each([
    ["localhost", 8080, "127.0.0.1", true],
    ["LOCALHOST", 8080, "::1", true],
    ["localhost", 8081, "127.0.0.1", false],
    ["127.0.0.1", 8080, "127.0.0.1", false],
    ["::1", 90, "::1", true],
    ["0:0::1", 90, "::1", true],
    ["127.0.0.1", 91, "127.0.0.1", true],
    ["anything.example", 91, "127.0.0.1", false],
    ["anything.example", 1, "10.9.9.9", true],
    ["anything.example", 1, "11.9.9.9", false],
    ["files.lan", 443, "192.168.4.4", true],
    ["files.lan", 443, "fd00::5", true],
  ])("%s:%i at %s: %s", (host, port, address, allowed) => {
    expect(isAllowed(list, host, port, parseAddress(address) ?? [])).toBe(allowed);
  });
});
