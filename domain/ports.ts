/** Where every program listens. All numbers move together with the base, so that several Playheads share a machine. */
export interface Ports {
  app: number;
  server: number;
  collector: number;
  delivery: number;
  transcoder: number;
  socket: number;
  clickhouse: number;
  postgres: number;
  tls: number;
}

export const DEFAULT_PORT_BASE = 3000;

/** The health, readiness and metrics port of a program lies this far above its public one. */
const INTERNAL_OFFSET = 100;

export function portsFrom(base: number): Ports {
  return {
    app: base,
    server: base + 1,
    collector: base + 2,
    delivery: base + 3,
    transcoder: base + 4,
    socket: base + 5,
    clickhouse: base + 23,
    postgres: base + 32,
    tls: base + 443,
  };
}

export function internalPort(publicPort: number): number {
  return publicPort + INTERNAL_OFFSET;
}
