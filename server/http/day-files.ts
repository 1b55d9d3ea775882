import { z } from "zod";
import { ApiError } from "../../domain/errors.ts";
import type { App } from "./app.ts";
import { isLivingSignature, signLink } from "./link-signature.ts";
import type { Services } from "./services.ts";

/** A file of an environment, by its public id and day. */
export interface DayFile {
  environmentId: string;
  /** Of UTC, such as 2026-01-31. */
  day: string;
}

/** Files of environments, one for each day, which links with an end give to whoever has them. */
export interface DayFiles {
  /** What links are signed for; no two kinds have the same. */
  purpose: string;
  /** Where links lead, without environment and day. */
  route: string;
  /** Below an environment's prefix, where no asset has this id. */
  folder: string;
  ending: string;
  contentType: string;
  /** What a browser calls a file, before environment and day. */
  name: string;
  /** Where a new link is found. */
  list: string;
}

/** Where a file's bytes are. */
export function dayFileKey({ folder, ending }: DayFiles, { environmentId, day }: DayFile): string {
  return `${environmentId}/${folder}/${day}.${ending}`;
}

/**
 * Path and query under which anybody may have the file until then.
 *
 * @param expires Unix seconds
 */
export function dayFileLink(kind: DayFiles, file: DayFile, secret: Uint8Array, expires: number): string {
  const signature = signLink(secret, kind.purpose, nameOf(file), expires);
  return `${kind.route}/${nameOf(file)}.${kind.ending}?expires=${expires}&signature=${signature}`;
}

const FileParams = z.object({ environment_id: z.string(), day: z.string() });
const FileQuery = z.object({
  expires: z.coerce.number().int().min(0).max(1e11).catch(0),
  signature: z.string().catch(""),
});

/** The link is all that is needed; what it does not allow is 403 whether or not there is such a file. */
export function dayFileRoute(app: App, services: Services, kind: DayFiles): void {
  app.get(
    `${kind.route}/:environment_id/:day.${kind.ending}`,
    { schema: { hide: true, params: FileParams, querystring: FileQuery } },
    async (request, reply) => {
      const { environment_id: environmentId, day } = request.params;
      const file = { environmentId, day };
      const asked = { secret: services.socketTokenSecret, purpose: kind.purpose, named: nameOf(file) };
      if (!isLivingSignature(request.query, { ...asked, nowMs: services.now() }))
        throw new ApiError("forbidden", [`This link does not serve any more; list the ${kind.list} for a new one`]);
      const found = await services.objects.read(dayFileKey(kind, file));
      if (found === null) throw new ApiError("not_found", [`There is no file of ${day} any more`]);
      return reply
        .headers({
          "content-type": kind.contentType,
          "content-length": String(found.info.sizeBytes),
          "content-disposition": `attachment; filename="${kind.name}-${environmentId}-${day}.${kind.ending}"`,
          "cache-control": "private, no-store",
          etag: `"${found.info.sha256}"`,
        })
        .send(found.body);
    },
  );
}

function nameOf({ environmentId, day }: DayFile): string {
  return `${environmentId}/${day}`;
}
