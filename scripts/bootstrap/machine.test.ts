import { describe, expect, it } from "vitest";
import { thisMachine, unsupported } from "./machine.mjs";

const machine = { platform: "linux", arch: "x64", nodeVersion: "18.0.0", isMusl: false };

describe("unsupported", () => {
  it.each([
    machine,
    { ...machine, arch: "arm64", nodeVersion: "26.1.0" },
    { ...machine, platform: "darwin", arch: "arm64" },
    thisMachine(),
  ])("lets %o through", (one) => {
    expect(unsupported(one)).toBeNull();
  });

  it.each([
    { ...machine, platform: "win32" },
    { ...machine, platform: "freebsd" },
    { ...machine, arch: "riscv64" },
    { ...machine, isMusl: true },
    { ...machine, nodeVersion: "16.20.2" },
    { ...machine, nodeVersion: "9.11.0" }, // as text "9" is above "18"
  ])("says in one line why %o cannot run it", (one) => {
    expect(unsupported(one)).toMatch(/^[^\n]+\.?$/);
  });
});
