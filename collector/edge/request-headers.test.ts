import type { IncomingMessage } from "node:http";
import { expect, it } from "vitest";
import { isReplay } from "./request-headers.ts";

const from = (remoteAddress: string | undefined, told: string | undefined) =>
  isReplay({ headers: { "x-playhead-replay": told }, socket: { remoteAddress } } as unknown as IncomingMessage);

it("believes only this machine that a request is sent again", () => {
  for (const own of ["127.0.0.1", "127.8.0.1", "::1", "::ffff:127.0.0.1"]) expect(from(own, "1")).toBe(true);
  for (const other of ["198.51.100.9", "::ffff:198.51.100.9", "::11", "2001:db8::1", "1.127.0.1", undefined]) {
    expect(from(other, "1")).toBe(false);
  }
  expect([from("127.0.0.1", undefined), from("127.0.0.1", "0")]).toEqual([false, false]);
});
