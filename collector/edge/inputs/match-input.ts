import { randomUUID } from "node:crypto";
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { REJECTION_REASONS, type RejectionReason } from "../../../domain/messages/rejection-reasons.ts";
import type { DecodedRequest } from "../../../domain/wire/decode-request.ts";
import { decodeCmcdRequest } from "./decode-cmcd.ts";
import { decodeEpasRequest } from "./decode-epas.ts";
import { DecodedEvents } from "./decoded-events.ts";

/** What is answered to a request in one of these formats, taken or not. */
export interface InputReply {
  contentType: string;
  body: string;
}

/** A request of another format than the SDKs' beacons, with its events as if an SDK had sent them. */
export interface DecodedInput {
  request: DecodedRequest;
  /** @param refused why what it says was not taken after all, as when nobody has the key; null where it was */
  replyTo(refused: RejectionReason | null): InputReply;
}

/** Reads the body of a request in one of the other formats (docs/inputs.md). */
export type Input = (body: string, arrivedAtMs: number) => DecodedInput;

const PATH = /^\/(cmcd|epas)(?:\/([^/?#]{0,128}))?\/?(?:\?|$)/;
const CMCD_HEADERS = ["cmcd-object", "cmcd-request", "cmcd-session", "cmcd-status"] as const;
const OK: InputReply = { contentType: "text/plain", body: "ok\n" };

/**
 * The format of a request, by its path; null for a beacon, and for a GET that reports nothing: that is the check of a
 * domain. A GET reports what its query or its headers carry.
 */
export function matchInput({ method, url, headers }: IncomingMessage): Input | null {
  const [, format, envKey = ""] = PATH.exec(url ?? "") ?? [];
  if (format === undefined || (method !== "POST" && method !== "GET")) return null;
  if (envKey === "" && method === "POST") return keyless(format);
  if (envKey === "") return null;
  if (format === "epas") return method === "POST" ? epas(envKey) : null;
  const carried = carriedReports(url ?? "", headers);
  return method === "POST" || carried.length > 0 ? cmcd(envKey, carried) : null;
}

/** Nothing in it is looked at: the key belongs into the path, and the reason says so. */
function keyless(format: string): Input {
  return (body) => {
    const decoded = new DecodedEvents();
    decoded.reject("", "malformed_env_key", body);
    const message = REJECTION_REASONS.malformed_env_key.remedy;
    const reply = format === "epas" ? json({ sessionId: "", valid: false, message }) : OK;
    return { request: decoded.asRequest(), replyTo: () => reply };
  };
}

function json(value: unknown): InputReply {
  return { contentType: "application/json", body: JSON.stringify(value) };
}

function cmcd(envKey: string, carried: readonly string[]): Input {
  return (body, arrivedAtMs) => ({ request: decodeCmcdRequest(envKey, body, carried, arrivedAtMs), replyTo: () => OK });
}

function epas(envKey: string): Input {
  return (body, arrivedAtMs) => {
    const { request, replyTo } = decodeEpasRequest(envKey, body, randomUUID, arrivedAtMs);
    return { request, replyTo: (refused) => json(replyTo(refused)) };
  };
}

/** A query holds whole reports; the four headers together are one. */
function carriedReports(url: string, headers: IncomingHttpHeaders): string[] {
  const query = url.includes("?") ? url.slice(url.indexOf("?") + 1) : "";
  const told = CMCD_HEADERS.map((name) => headers[name]).filter((value) => typeof value === "string" && value !== "");
  const reports = [...new URLSearchParams(query).getAll("CMCD"), told.join(",")];
  return reports.filter((report) => report.trim() !== "");
}
