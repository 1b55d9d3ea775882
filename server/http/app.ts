import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  LogController,
  type RawServerDefault,
  type RouteOptions,
} from "fastify";
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from "fastify-type-provider-zod";
import { ApiError } from "../../domain/errors.ts";
import type { Logger } from "../../platform/observability/logger.ts";
import type { Metrics } from "../../platform/observability/metrics.ts";
import { describeApi } from "../openapi/describe-api.ts";
import { answerError, answerFrameworkError } from "./errors.ts";
import { parseJsonBody } from "./json-body.ts";
import { watchRequests } from "./request-log.ts";

export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

export interface AppOptions {
  log: Logger;
  metrics: Metrics;
  /** Origin named in the OpenAPI document. No absolute URL ever comes from a request's Host header. */
  publicApiUrl: string;
  /** Told of each route that is added. */
  onRoute?: (route: RouteOptions) => void;
}

const BODY_LIMIT_BYTES = 1_048_576;
/** Of one part of a path, as it is written: ids of views have up to 255 characters, each up to 12 when escaped. */
const MAX_PARAM_LENGTH = 3_060;

/** What a request id from outside may look like; anything else could forge log lines or grow them without end. */
const SANE_REQUEST_ID = /^[A-Za-z0-9_.:-]{1,128}$/;

/** The HTTP frame without routes: ids, limits, one place for errors, OpenAPI. Routes are added before `ready()`. */
export async function createApp({ log, metrics, publicApiUrl, onRoute }: AppOptions): Promise<App> {
  const loggerInstance: FastifyBaseLogger = log;
  const app: App = Fastify({
    loggerInstance,
    // One line per answer of our own instead of the framework's two.
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: "requestId" }),
    bodyLimit: BODY_LIMIT_BYTES,
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    genReqId: (request) => requestId(request.headers["x-request-id"]),
    frameworkErrors: answerFrameworkError,
  }).withTypeProvider<ZodTypeProvider>();
  if (onRoute !== undefined) app.addHook("onRoute", onRoute);
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(answerError);
  app.setNotFoundHandler((request) => {
    throw new ApiError("not_found", [`There is no ${request.method} ${request.url.split("?", 1)[0]}`]);
  });
  parseJsonBody(app);
  watchRequests(app, metrics);
  await describeApi(app, publicApiUrl);
  return app;
}

function requestId(given: string | string[] | undefined): string {
  return typeof given === "string" && SANE_REQUEST_ID.test(given) ? given : randomUUID();
}
