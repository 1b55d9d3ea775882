import { expect, it } from "vitest";
import { withContents } from "./with-contents.ts";

it("lists chapters with the anchors that GitHub makes, and nothing of code", () => {
  const page = "# Scores\n\nText.\n\n## Scores\n\n```sh\n# no heading\n```\n\n### What goes, and when\n\n## Last\n";
  expect(withContents(page)).toBe(
    page.replace(
      "Text.\n\n",
      "Text.\n\n- [Scores](#scores-1)\n  - [What goes, and when](#what-goes-and-when)\n- [Last](#last)\n\n",
    ),
  );
});
