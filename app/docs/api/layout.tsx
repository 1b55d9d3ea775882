import type { Metadata } from "next";
import type { ReactNode } from "react";
import { ReferenceFrame } from "../../components/reference/reference-frame.tsx";
import { Notice } from "../../components/shell/notice.tsx";
import { askReference } from "../../reference/ask-reference.ts";
import { contentsOf } from "../../reference/contents.ts";

export const metadata: Metadata = { title: { default: "API reference", template: "%s · API reference · Playhead" } };

/** Open to everybody, as the document it shows is. */
export default async function ReferenceLayout({ children }: { children: ReactNode }) {
  const answer = await askReference();
  if (answer.kind !== "ok")
    return (
      <Notice title="The API reference cannot be shown">
        <p>It comes from the Playhead server, which does not answer. Reload this page in a moment.</p>
      </Notice>
    );
  return <ReferenceFrame groups={contentsOf(answer.value.groups)}>{children}</ReferenceFrame>;
}
