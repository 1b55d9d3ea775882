import { z } from "zod";

/** Body of every failed answer, for the OpenAPI document. */
export const ErrorBody = z.object({
  error: z.object({
    type: z.string().describe("One of a closed list; see the errors page"),
    messages: z.array(z.string()).describe("Sentences for people"),
  }),
});
