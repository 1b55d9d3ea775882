import { describe, expect, it } from "vitest";
import { addressesInHosts } from "./hosts-file.ts";

const HOSTS = `# 10.0.0.1 comment.example
127.0.0.1\tlocalhost
::1   localhost ip6-localhost # one more: hidden.example

10.1.2.3 Receiver.example receiver\r
broken
`;

describe("addressesInHosts", () => {
  it.each([
    ["localhost", ["127.0.0.1", "::1"]],
    ["receiver.example", ["10.1.2.3"]],
    ["RECEIVER.example.", ["10.1.2.3"]],
    ["receiver", ["10.1.2.3"]],
    ["comment.example", []],
    ["hidden.example", []],
    ["broken", []],
    ["127.0.0.1", []],
    ["", []],
  ])("finds %s", (hostname, addresses) => {
    expect(addressesInHosts(HOSTS, hostname)).toEqual(addresses);
  });
});
