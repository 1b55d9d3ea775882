import { join } from "node:path";
import { Counter } from "prom-client";
import { openInternalPort } from "../../observability/internal-port.ts";
import { createLogger } from "../../observability/logger.ts";
import { createMetrics } from "../../observability/metrics.ts";
import { Program } from "../../observability/program.ts";
import { Readiness } from "../../observability/readiness.ts";
import { connectHost } from "../origin-at.ts";
import { CERTIFICATE_FILE, type CertificateNames, keepCertificate } from "./certificate.ts";
import { readConfig } from "./config.ts";
import { openTlsFront } from "./front.ts";
import { serviceOf } from "./service-of.ts";

const NAMES: CertificateNames = {
  hosts: ["localhost", "stream.localhost", "image.localhost", "beacon.localhost"],
  addresses: ["127.0.0.1", "::1"],
};
/** A program that runs for a year must not end up with an expired certificate. */
const LOOK_AGAIN_MS = 86_400_000;

const config = readConfig();
const log = createLogger("tls-front", config.logLevel);
const program = new Program(log);
program.watchSignals({ supervised: config.supervised });

try {
  const metrics = createMetrics("tls-front");
  const internal = await openInternalPort(config.hosts, config.internalPort, metrics, new Readiness());
  program.onStop("internal port", () => internal.close());

  const connections = new Counter({
    name: "playhead_tls_connections_total",
    help: "TLS connections by what became of them",
    labelNames: ["outcome"],
    registers: [metrics],
  });
  const host = connectHost(config.hosts);
  const front = await openTlsFront({
    hosts: config.hosts,
    port: config.port,
    certificate: await keepCertificate(config.tlsDir, NAMES, Date.now()),
    targetOf: (serverName) => ({ host, port: config.services[serviceOf(serverName)] }),
    onConnection: (outcome) => connections.inc({ outcome }),
  });
  program.onStop("TLS port", () => front.close());

  const renewal = setInterval(() => {
    keepCertificate(config.tlsDir, NAMES, Date.now()).then(front.renew, (error: unknown) =>
      log.error({ err: error }, "cannot renew the certificate"),
    );
  }, LOOK_AGAIN_MS);
  program.onStop("renewal", () => clearInterval(renewal));
  log.info({ port: front.port, certificate: join(config.tlsDir, CERTIFICATE_FILE) }, "listening");
} catch (error) {
  await program.fail(error);
}
