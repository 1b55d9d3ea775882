import { environmentRoutes } from "../dashboard/environment-routes.ts";
import { sessionRoutes } from "../dashboard/session.ts";
import { signInRoute } from "../dashboard/sign-in.ts";
import { whoamiRoute } from "../system/v1/whoami.ts";
import type { App } from "./app.ts";
import type { Services } from "./services.ts";

/** Every route of the server, in one place. */
export function addRoutes(app: App, services: Services): void {
  signInRoute(app, services);
  sessionRoutes(app, services);
  environmentRoutes(app, services);
  whoamiRoute(app, services);
}
