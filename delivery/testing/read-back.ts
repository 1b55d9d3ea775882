import { chmod, readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import type { Got, World } from "./world.ts";

/** What a failed answer says; checks what all of them have in common. */
export function errorOf({ headers, body }: Got): { type: string; message: string } {
  expect(headers).toMatchObject({
    "access-control-allow-origin": "*",
    "cache-control": "no-store",
    "content-type": "application/json",
  });
  const { error } = JSON.parse(body.toString());
  return { type: error.type, message: error.messages.join("; ") };
}

/** The file that holds an object's bytes, made writable. */
export async function fileOf(world: World, key: string): Promise<string> {
  const folder = join(world.directory, ...key.split("/").slice(0, -1));
  const part = key.split("/").at(-1);
  const name = (await readdir(folder)).find((entry) => entry.startsWith(`${part}@`) && entry !== `${part}@`);
  const path = join(folder, name ?? "missing");
  await chmod(path, 0o644);
  return path;
}
