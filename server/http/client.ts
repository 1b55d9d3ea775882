import type { FastifyRequest } from "fastify";
import { type Cidr, clientAddress } from "../../domain/network/client-address.ts";

/** Whose request this is, past the proxies that are trusted. */
export function requestAddress(request: FastifyRequest, trustedProxies: readonly Cidr[]): string {
  const forwardedFor = request.headers["x-forwarded-for"];
  const header = Array.isArray(forwardedFor) ? forwardedFor.join(",") : forwardedFor;
  return clientAddress(request.socket.remoteAddress ?? "", header, trustedProxies);
}
