import { z } from "zod";
import { DEFAULT_PORT_BASE, internalPort, portsFrom } from "../../../domain/ports.ts";
import { flag, hosts, logLevel, parseEnvironment, portBase } from "../../config/environment.ts";

const Environment = z
  .object({
    /** One address to bind; loopback in both families when unset. The services are reached there too. */
    HOST: hosts,
    /** First of the ports that move together; TLS is at this + 443. */
    PLAYHEAD_PORT_BASE: portBase.default(DEFAULT_PORT_BASE),
    PLAYHEAD_SUPERVISED: flag,
    LOG_LEVEL: logLevel,
    /** Folder of the certificate and its key; made when missing. */
    TLS_DIR: z.string().min(1),
  })
  .transform((env) => {
    const ports = portsFrom(env.PLAYHEAD_PORT_BASE);
    return {
      hosts: env.HOST,
      port: ports.tls,
      internalPort: internalPort(ports.tls),
      services: { stream: ports.delivery, image: ports.delivery, beacon: ports.collector, api: ports.server },
      supervised: env.PLAYHEAD_SUPERVISED,
      logLevel: env.LOG_LEVEL,
      tlsDir: env.TLS_DIR,
    };
  });

export type TlsFrontConfig = Readonly<z.output<typeof Environment>>;

/** Configuration of the TLS front; the only place in it that reads the environment. */
export const readConfig = (environment: NodeJS.ProcessEnv = process.env): TlsFrontConfig =>
  parseEnvironment(Environment, environment);
