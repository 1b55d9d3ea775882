import type { Part } from "./parts.ts";

export type FullArguments =
  | { kind: "run"; parts: readonly Part[]; resume: boolean }
  | { kind: "list" }
  | { kind: "wrong"; complaint: string };

/** No names mean all parts. */
export function parseFullArguments(argv: readonly string[], parts: readonly Part[]): FullArguments {
  if (argv.includes("--list")) return { kind: "list" };
  const names = argv.filter((word) => word !== "--resume");
  const unknown = names.filter((name) => !parts.some((part) => part.name === name));
  if (unknown.length > 0) {
    const known = parts.map(({ name }) => name).join(", ");
    return { kind: "wrong", complaint: `no such part: ${unknown.join(", ")}; there are ${known}` };
  }
  const wanted = names.length === 0 ? parts : parts.filter(({ name }) => names.includes(name));
  return { kind: "run", parts: wanted, resume: argv.includes("--resume") };
}
