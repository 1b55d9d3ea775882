import { randomUUID } from "node:crypto";
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { DecodedRequest } from "../../../domain/wire/decode-request.ts";
import { decodeCmcdRequest } from "./decode-cmcd.ts";
import { decodeEpasRequest } from "./decode-epas.ts";

/** What is answered to a request that was taken. */
export interface InputReply {
  contentType: string;
  body: string;
}

/** A request of another format than the SDKs' beacons, with its events as if an SDK had sent them. */
export interface DecodedInput {
  request: DecodedRequest;
  reply: InputReply;
}

/** Reads the body of a request in one of the other formats (docs/inputs.md). */
export type Input = (body: string, arrivedAtMs: number) => DecodedInput;

const PATH = /^\/(cmcd|epas)\/([^/?#]{1,128})\/?(?:\?|$)/;
const CMCD_HEADERS = ["cmcd-object", "cmcd-request", "cmcd-session", "cmcd-status"] as const;
const OK: InputReply = { contentType: "text/plain", body: "ok\n" };

/**
 * The format of a request, by its path; null for a beacon, and for a GET that reports nothing: that is the check of a
 * domain. A GET reports what its query or its headers carry.
 */
export function matchInput({ method, url, headers }: IncomingMessage): Input | null {
  const [, format, envKey = ""] = PATH.exec(url ?? "") ?? [];
  if (format === undefined || (method !== "POST" && method !== "GET")) return null;
  if (format === "epas") return method === "POST" ? epas(envKey) : null;
  const carried = carriedReports(url ?? "", headers);
  return method === "POST" || carried.length > 0 ? cmcd(envKey, carried) : null;
}

function cmcd(envKey: string, carried: readonly string[]): Input {
  return (body, arrivedAtMs) => ({ request: decodeCmcdRequest(envKey, body, carried, arrivedAtMs), reply: OK });
}

function epas(envKey: string): Input {
  return (body, arrivedAtMs) => {
    const { request, reply } = decodeEpasRequest(envKey, body, randomUUID, arrivedAtMs);
    return { request, reply: { contentType: "application/json", body: JSON.stringify(reply) } };
  };
}

/** A query holds whole reports; the four headers together are one. */
function carriedReports(url: string, headers: IncomingHttpHeaders): string[] {
  const query = url.includes("?") ? url.slice(url.indexOf("?") + 1) : "";
  const told = CMCD_HEADERS.map((name) => headers[name]).filter((value) => typeof value === "string" && value !== "");
  const reports = [...new URLSearchParams(query).getAll("CMCD"), told.join(",")];
  return reports.filter((report) => report.trim() !== "");
}
