import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { DOWNLOAD_HELP, DOWNLOAD_LIMITS, type DownloadFault, statusHelp } from "../../domain/media/download-help.ts";
import { OVERLAY_REFUSALS, overlayTooLarge } from "../../domain/media/overlay-refusals.ts";
import { EXPORT_AGAIN, REFUSALS } from "../../domain/media/refusals.ts";
import { FetchFailedError, FetchRefusedError } from "../../platform/fetching/fetch-errors.ts";

/** The page's table rows as one text each: what is wrong, and what helps. */
const rows = readFileSync(join(import.meta.dirname, "../../docs/refused-files.md"), "utf8")
  .split("\n")
  .filter((line) => line.startsWith("| "))
  .map((line) => line.slice(2, -2).replace(" | ", " "));

describe("docs/refused-files.md", () => {
  it.each(Object.entries({ ...REFUSALS, ...DOWNLOAD_LIMITS, ...OVERLAY_REFUSALS }))("has %s", (_, message) => {
    expect(rows).toContain(message);
  });

  it.each(Object.entries(DOWNLOAD_HELP).filter(([fault]) => fault !== "status"))(
    "has the fault %s of a URL",
    (fault, help) => {
      const reason = fault as Exclude<DownloadFault, "status">;
      const isRefused = ["url", "scheme", "credentials", "port", "private_address", "redirects"].includes(fault);
      const error = isRefused
        ? new FetchRefusedError(reason as FetchRefusedError["reason"])
        : new FetchFailedError(reason as FetchFailedError["reason"]);
      expect(rows).toContain(`${error.message} ${help}`);
    },
  );

  it("says what helps against each status, and against a damaged index", () => {
    for (const status of [403, 404, 503, 418]) expect(rows.some((row) => row.endsWith(statusHelp(status)))).toBe(true);
    expect(rows.some((row) => row.endsWith(EXPORT_AGAIN))).toBe(true);
    expect(rows).toContain(overlayTooLarge(1, 1).replace("1 × 1 ", "… × … "));
  });
});
