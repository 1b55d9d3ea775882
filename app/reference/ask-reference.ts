import { readConfig } from "../config.ts";
import { askServer, type ServerAnswer } from "../session/ask-server.ts";
import { DocumentWire } from "./document.ts";
import { type Group, groupsOf, refusalsOf } from "./groups.ts";

/** It changes with a release of the server alone. */
const KEPT_MS = 60_000;

export interface Reference {
  /** Where API clients reach the server. */
  origin: string;
  groups: readonly Group[];
  refusals: readonly { type: string; description: string }[];
}

let kept: { answer: Promise<ServerAnswer<Reference>>; untilMs: number } | null = null;

/** The server's own description of its API, shaped for the pages; asked once a minute for everybody. */
export async function askReference(): Promise<ServerAnswer<Reference>> {
  const nowMs = performance.now();
  if (kept === null || kept.untilMs < nowMs) kept = { answer: readReference(), untilMs: nowMs + KEPT_MS };
  const answer = await kept.answer;
  if (answer.kind !== "ok") kept = null;
  return answer;
}

async function readReference(): Promise<ServerAnswer<Reference>> {
  const { apiUrl, apiOrigin } = readConfig();
  const answer = await askServer({ apiUrl, path: "/docs/openapi.json", method: "GET", schema: DocumentWire });
  if (answer.kind !== "ok") return answer;
  const refusals = refusalsOf(answer.value);
  return { kind: "ok", value: { origin: apiOrigin, groups: groupsOf(answer.value), refusals } };
}
