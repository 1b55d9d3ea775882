import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { ApiError } from "../../../domain/errors.ts";
import { MAX_ERROR_CODE_LENGTH } from "../../../domain/view/error-category.ts";
import { requireScope } from "../../auth/access-tokens.ts";
import { allow, callerOf } from "../../auth/api-guard.ts";
import type { App } from "../../http/app.ts";
import { ErrorBody, REFUSALS } from "../../http/error-schema.ts";
import type { Services } from "../../http/services.ts";
import { text } from "../../http/text.ts";
import { deleteCategory, listCategories, putCategory } from "../errors.ts";

export const CategoryWire = z.object({
  code: z.string(),
  severity: z.enum(["fatal", "warning"]).describe("A warning does not end playback"),
  type: z
    .enum(["playback_failure", "business_exception"])
    .describe("business_exception: the viewer was refused on purpose"),
});

const Params = z.object({
  code: text(MAX_ERROR_CODE_LENGTH)
    .refine((code) => code !== "", "must not be empty")
    .refine(({ length }) => length <= MAX_ERROR_CODE_LENGTH, "is longer than any code of an error that is kept"),
});
const Body = CategoryWire.omit({ code: true });
const one = z.object({ data: CategoryWire });
const many = z.object({ data: z.array(CategoryWire) });

const PATH = "/data/v1/error-categories/:code";
const common = { tags: ["Errors"], security: [{ accessToken: [] }] };

/** /data/v1/error-categories: of which kind error codes are (reference data-api.md §9.1); ours. */
export function errorCategoryRoutes(app: App, services: Services): void {
  app.get(
    "/data/v1/error-categories",
    {
      onRequest: allow(services, "data:read"),
      schema: { ...common, summary: "List categories by error code", response: { ...REFUSALS, 200: many } },
    },
    async (request) => ({ data: await listCategories(services.db, callerOf(request).environment.id) }),
  );
  app.put(
    PATH,
    {
      onRequest: allow(services, "data:write"),
      schema: {
        ...common,
        summary: "Categorise an error code",
        description:
          "Overrules what players say of errors with this code that come from now on; what came before stays what it was. Codes that " +
          "were not seen yet may be categorised too. Of people, only admins and owners may.",
        params: Params,
        body: Body,
        response: { ...REFUSALS, 422: ErrorBody, 200: one },
      },
    },
    async (request) => {
      const category = { ...request.params, ...request.body };
      await putCategory(services.db, requireAdmin(request), category, services.now());
      return { data: category };
    },
  );
  app.delete(
    PATH,
    {
      onRequest: allow(services, "data:write"),
      schema: {
        ...common,
        summary: "Leave an error code without a category",
        params: Params,
        response: { ...REFUSALS, 204: z.void() },
      },
    },
    async (request, reply) => {
      const { code } = request.params;
      if (!(await deleteCategory(services.db, requireAdmin(request), code)))
        throw new ApiError("not_found", [`Error code ${code} has no category`]);
      return reply.code(204).send();
    },
  );
}

/** Categories decide what counts as a failure, for everybody: a member's role does not reach so far. Gives the environment. */
function requireAdmin(request: FastifyRequest): string {
  const caller = callerOf(request);
  if (caller.kind === "person") requireScope(caller, "system:write");
  return caller.environment.id;
}
