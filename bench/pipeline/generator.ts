import { Audience } from "./audience.ts";
import type { GeneratorOrder } from "./order.ts";

/** A process of its own, so that its processor time can be told apart. Started by bench/pipeline.ts. */
const PROGRESS_MS = 1_000;

process.on("message", (order: GeneratorOrder) => {
  const audience = new Audience(order);
  const progress = setInterval(() => process.send?.({ progress: audience.progress }), PROGRESS_MS);
  audience.run().then(
    (result) => {
      clearInterval(progress);
      process.send?.({ result });
    },
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.on("disconnect", () => process.exit(0));
process.send?.({ ready: true });
