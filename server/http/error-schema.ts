import { z } from "zod";

/** Body of every failed answer, for the OpenAPI document. */
export const ErrorBody = z.object({
  error: z.object({
    type: z.string().describe("One of a closed list; see the errors page"),
    messages: z.array(z.string()).describe("Sentences for people"),
  }),
});

/** What every guarded route may answer instead. */
export const REFUSALS = {
  400: ErrorBody,
  401: ErrorBody,
  403: ErrorBody,
  404: ErrorBody,
  422: ErrorBody,
  429: ErrorBody,
  503: ErrorBody,
} as const;
