import { expect, it } from "vitest";
import { fileSystemOf, namedFileSystem } from "./file-system.ts";

it("tells a disk from a disk of memory, which makes nothing durable", () => {
  expect(namedFileSystem(0xef53)).toEqual({ name: "ext4", isDurable: true });
  expect(namedFileSystem(0x01021994)).toEqual({ name: "tmpfs", isDurable: false });
  expect(namedFileSystem(0x858458f6).isDurable).toBe(false);
});

it.runIf(process.platform === "linux")("knows the memory disk of every Linux", async () => {
  expect(await fileSystemOf("/dev/shm")).toEqual({ name: "tmpfs", isDurable: false });
});
