import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatAddress, parseAddress } from "./address.ts";
import { type Cidr, clientAddress, isInCidr, parseCidr, truncateAddress } from "./client-address.ts";

const cidrs = (...texts: string[]): Cidr[] => texts.map((text) => parseCidr(text) as Cidr);
const trusted = cidrs("127.0.0.0/8", "::1/128", "10.0.0.0/8", "2001:db8:ffff::/48");

describe("parseAddress", () => {
  it.each([
    ["1.2.3.4", "1.2.3.4"],
    ["::ffff:1.2.3.4", "1.2.3.4"],
    ["::FFFF:0102:0304", "1.2.3.4"],
    ["1.2.3.4:8080", "1.2.3.4"],
    ["[2001:DB8::1]:443", "2001:db8::1"],
    ["fe80::1%eth0", "fe80::1"],
    ["::", "::"],
    ["2001:0db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
    ["1:0:3:4:5:6:7:8", "1:0:3:4:5:6:7:8"],
    ["64:ff9b::192.0.2.33", "64:ff9b::c000:221"],
  ])("reads %s as %s", (text, expected) => {
    const address = parseAddress(text);
    expect(address && formatAddress(address)).toBe(expected);
  });

  it.each([
    "",
    "unknown",
    "1.2.3",
    "1.2.3.256",
    "01.2.3.4",
    "0x7f.0.0.1",
    "1:2",
    "1::2::3",
    ":::",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4:5:6:7::8",
    "1.2.3.4::",
    "::1.2.3",
    "12345::",
  ])("refuses %j", (text) => {
    expect(parseAddress(text)).toBeNull();
  });

  it("reads back every address it writes", () => {
    const bytes = (length: number) =>
      fc.array(fc.integer({ min: 0, max: 255 }), { minLength: length, maxLength: length });
    fc.assert(
      fc.property(fc.oneof(bytes(4), bytes(16)), (address) => {
        fc.pre(address.length === 4 || address.slice(0, 10).some((byte) => byte !== 0));
        expect(parseAddress(formatAddress(address))).toEqual(address);
      }),
    );
  });
});

describe("parseCidr", () => {
  it.each([
    ["10.0.0.0/8", "10.255.0.1", true],
    ["10.0.0.0/8", "11.0.0.1", false],
    ["192.168.4.0/22", "192.168.7.255", true],
    ["192.168.4.0/22", "192.168.8.0", false],
    ["0.0.0.0/0", "203.0.113.9", true],
    ["0.0.0.0/0", "2001:db8::1", false],
    ["2001:db8::/32", "2001:db8:1::1", true],
    ["2001:db8::/33", "2001:db8:8000::1", false],
    ["::ffff:10.0.0.0/104", "10.1.2.3", true],
    ["10.0.0.1", "::ffff:10.0.0.1", true],
  ])("%s contains %s: %s", (range, address, expected) => {
    expect(isInCidr(parseAddress(address) ?? [], parseCidr(range) as Cidr)).toBe(expected);
  });

  it.each([
    "",
    "10.0.0.0/33",
    "10.0.0.0/",
    "10.0.0.0/-1",
    "10.0.0.0/8/8",
    "::1/129",
    "::ffff:10.0.0.0/95",
    "localhost",
  ])("refuses %j", (text) => {
    expect(parseCidr(text)).toBeNull();
  });
});

describe("clientAddress", () => {
  it.each([
    ["a stranger's header counts for nothing", "203.0.113.9", "198.51.100.1", "203.0.113.9"],
    ["the hop before a trusted peer", "127.0.0.1", "198.51.100.1", "198.51.100.1"],
    ["the right-most untrusted hop, past trusted ones", "::1", "6.6.6.6, 198.51.100.1, 10.0.0.7", "198.51.100.1"],
    ["IPv4 that the socket tells as IPv6", "::ffff:127.0.0.1", "198.51.100.1:1234", "198.51.100.1"],
    ["IPv6 hops", "2001:db8:ffff::5", "2001:DB8::9", "2001:db8::9"],
    ["no header", "127.0.0.1", undefined, "127.0.0.1"],
    ["an empty header", "127.0.0.1", "", "127.0.0.1"],
    ["all hops trusted: the left-most", "127.0.0.1", "10.0.0.1, 10.0.0.2", "10.0.0.1"],
    ["a hop that is no address ends the walk", "127.0.0.1", "6.6.6.6, unknown, 10.0.0.2", "10.0.0.2"],
    ["a peer that is no address", "", "6.6.6.6", ""],
  ])("%s", (_, peer, header, expected) => {
    expect(clientAddress(peer, header, trusted)).toBe(expected);
  });

  it("never throws and never believes an untrusted peer's header", () => {
    fc.assert(
      fc.property(fc.string(), (header) => {
        expect(clientAddress("203.0.113.9", header, trusted)).toBe("203.0.113.9");
        expect(clientAddress("127.0.0.1", header, trusted)).toBeTypeOf("string");
      }),
    );
  });
});

describe("truncateAddress", () => {
  it.each([
    ["203.0.113.9", "203.0.113.0"],
    ["::ffff:203.0.113.9", "203.0.113.0"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1::"],
    ["not an address", null],
  ])("cuts %s to %s", (address, expected) => {
    expect(truncateAddress(address)).toBe(expected);
  });
});
