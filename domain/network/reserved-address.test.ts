import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseAddress } from "./address.ts";
import { reservedKind } from "./reserved-address.ts";

const kindOf = (text: string) => {
  const address = parseAddress(text);
  if (address === null) throw new Error(`${text} is no address`);
  return reservedKind(address);
};

describe("reservedKind", () => {
  it.each([
    ["0.0.0.0", "unspecified"],
    ["10.1.2.3", "private"],
    ["100.64.0.1", "shared"],
    ["127.0.0.1", "loopback"],
    ["127.255.255.254", "loopback"],
    ["169.254.169.254", "link_local"],
    ["172.16.0.1", "private"],
    ["172.31.255.255", "private"],
    ["192.0.0.170", "reserved"],
    ["192.0.2.1", "documentation"],
    ["192.88.99.1", "reserved"],
    ["192.168.1.1", "private"],
    ["198.19.255.255", "benchmark"],
    ["198.51.100.7", "documentation"],
    ["203.0.113.7", "documentation"],
    ["224.0.0.1", "multicast"],
    ["255.255.255.255", "reserved"],
    ["::", "unspecified"],
    ["::1", "loopback"],
    ["::127.0.0.1", "reserved"],
    ["::ffff:10.0.0.1", "private"],
    ["::ffff:0:10.0.0.1", "reserved"],
    ["64:ff9b::169.254.169.254", "link_local"],
    ["64:ff9b:1::10.0.0.1", "reserved"],
    ["100::1", "reserved"],
    ["2001::1", "reserved"],
    ["2001:2::1", "benchmark"],
    ["2001:db8::1", "documentation"],
    ["2002:7f00:1::", "loopback"],
    ["2002:a00:1::", "private"],
    ["3fff:fff::1", "documentation"],
    ["fc00::1", "private"],
    ["fd12:3456::1", "private"],
    ["fe80::1%eth0", "link_local"],
    ["fec0::1", "private"],
    ["ff02::1", "multicast"],
  ])("%s is %s", (address, kind) => expect(kindOf(address)).toBe(kind));

  it.each([
    "1.1.1.1",
    "100.128.0.1",
    "172.32.0.1",
    "192.169.0.1",
    "198.20.0.1",
    "223.255.255.255",
    "::ffff:8.8.8.8",
    "64:ff9b::8.8.8.8",
    "2002:808:808::1",
    "2606:4700::1111",
    "2a00:1450:4001::1",
  ])("%s is public", (address) => expect(kindOf(address)).toBeNull());

  it("judges IPv4 the same in every IPv6 form that carries it", () => {
    const byte = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(fc.tuple(byte, byte, byte, byte), (bytes) => {
        const kind = reservedKind(bytes);
        const dotted = bytes.join(".");
        const hex = bytes.map((part) => part.toString(16).padStart(2, "0"));
        expect(kindOf(`::ffff:${dotted}`)).toBe(kind);
        expect(kindOf(`64:ff9b::${dotted}`)).toBe(kind);
        expect(kindOf(`2002:${hex[0]}${hex[1]}:${hex[2]}${hex[3]}::1`)).toBe(kind);
      }),
    );
  });
});
