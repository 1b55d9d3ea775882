import { internalPort, type Ports } from "../../domain/ports.ts";
import type { NamedPort } from "./free-ports.ts";

/** The programs of one Playhead, apart from Postgres, which is no program of ours. */
export type ProgramName = "clickhouse" | "server" | "edge" | "views" | "delivery" | "transcoder" | "tls" | "app";

export interface ProgramPlan {
  name: ProgramName;
  script: string;
  /** The port by which people and other programs know it; health lies 100 above. */
  publicPort: keyof Ports;
  /** Listens on loopback whatever HOST says. */
  loopbackOnly?: boolean;
  /** Folders whose changes restart it in the watching mode. */
  watches: readonly string[];
}

export const CLICKHOUSE: ProgramPlan = {
  name: "clickhouse",
  script: "platform/clickhouse/embedded/main.ts",
  publicPort: "clickhouse",
  loopbackOnly: true,
  watches: [],
};

/** Started together once the databases are migrated; each waits for what it needs by itself. */
export const SERVICES: readonly ProgramPlan[] = [
  { name: "server", script: "server/main.ts", publicPort: "server", watches: ["server", "domain", "platform"] },
  {
    name: "edge",
    script: "collector/edge/main.ts",
    publicPort: "collector",
    watches: ["collector", "domain", "platform"],
  },
  {
    name: "views",
    script: "collector/views/main.ts",
    publicPort: "socket",
    watches: ["collector", "domain", "platform"],
  },
  {
    name: "delivery",
    script: "delivery/main.ts",
    publicPort: "delivery",
    watches: ["delivery", "domain", "platform"],
  },
  {
    name: "transcoder",
    script: "transcoder/main.ts",
    publicPort: "transcoder",
    watches: ["transcoder", "domain", "platform"],
  },
  { name: "tls", script: "platform/http/tls-front/main.ts", publicPort: "tls", watches: ["platform"] },
];

/** Started when its build is done as well. In the watching mode Next reloads it by itself. */
export const APP: ProgramPlan = { name: "app", script: "app/main.ts", publicPort: "app", watches: [] };

/** Every port that a start is about to open, named for people. */
export function portsOf(ports: Ports, embedded: { postgres: boolean; clickhouse: boolean }): NamedPort[] {
  const plans = [...(embedded.clickhouse ? [CLICKHOUSE] : []), ...SERVICES, APP];
  return [
    ...(embedded.postgres ? [{ name: "postgres", port: ports.postgres }] : []),
    ...plans.flatMap(({ name, publicPort }) => [
      { name, port: ports[publicPort] },
      { name: `${name}, internal`, port: internalPort(ports[publicPort]) },
    ]),
  ];
}
