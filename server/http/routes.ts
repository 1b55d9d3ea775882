import { accessTokenRoutes } from "../dashboard/access-token-routes.ts";
import { environmentRoutes } from "../dashboard/environment-routes.ts";
import { rejectedRoutes } from "../dashboard/rejected-routes.ts";
import { sessionRoutes } from "../dashboard/session.ts";
import { signInRoute } from "../dashboard/sign-in.ts";
import { annotationRoutes } from "../data/v1/annotations.ts";
import { exportRoutes } from "../data/v1/exports.ts";
import { incidentRoutes } from "../data/v1/incidents.ts";
import { metricRoutes } from "../data/v1/metrics.ts";
import { monitoringRoutes } from "../data/v1/monitoring.ts";
import { queryRoutes } from "../data/v1/query.ts";
import { videoViewRoutes } from "../data/v1/video-views.ts";
import { playbackRoutes } from "../playback/playback-routes.ts";
import { signingKeyRoutes } from "../system/v1/signing-keys.ts";
import { whoamiRoute } from "../system/v1/whoami.ts";
import { uploadUrlRoutes } from "../uploads/upload-url-routes.ts";
import { assetRoutes } from "../video/v1/assets.ts";
import { playbackIdRoutes } from "../video/v1/playback-ids.ts";
import { uploadRoutes } from "../video/v1/uploads.ts";
import type { App } from "./app.ts";
import type { Services } from "./services.ts";

/** Every route of the server, in one place. */
export function addRoutes(app: App, services: Services): void {
  signInRoute(app, services);
  sessionRoutes(app, services);
  environmentRoutes(app, services);
  accessTokenRoutes(app, services);
  rejectedRoutes(app, services);
  whoamiRoute(app, services);
  signingKeyRoutes(app, services);
  assetRoutes(app, services);
  playbackIdRoutes(app, services);
  uploadRoutes(app, services);
  uploadUrlRoutes(app, services);
  playbackRoutes(app, services);
  metricRoutes(app, services);
  queryRoutes(app, services);
  exportRoutes(app, services);
  videoViewRoutes(app, services);
  monitoringRoutes(app, services);
  incidentRoutes(app, services);
  annotationRoutes(app, services);
}
